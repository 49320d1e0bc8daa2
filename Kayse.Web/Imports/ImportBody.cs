using System.Text;
using Kayse.Core;
using Kayse.Core.Cases.Import;
using Kayse.Core.Companies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Kayse.Web.Imports;

/// <summary>Takes the file of an import out of a request: a part of a form, pasted text in JSON, or the body itself.</summary>
internal static class ImportBody
{
    private const int MaxTextBytes = 16 * 1024 * 1024;

    // What stands around a file in a form.
    private const long FormBytes = 1024 * 1024;
    private const int MaxFileName = 200;

    /// <summary>Reads the file; or says what is wrong with it.</summary>
    public static async Task<(CaseImport? Import, IResult? Problem)> ReadAsync(HttpContext context, CompanyId company, ImportUpload upload)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        if (context.Request.ContentLength > ImportLimits.MaxUploadBytes + FormBytes)
        {
            return (null, Problems.TooLarge(ImportLimits.MaxUploadBytes));
        }

        var type = context.Request.ContentType ?? string.Empty;
        return type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) ? await ReadFormAsync(context, company, upload)
            : type.Contains("json", StringComparison.OrdinalIgnoreCase) ? await ReadTextAsync(context, company, upload)
            : Answer("body", await upload.ReadAsync(company, context.Request.Body, null, context.RequestAborted));
    }

    private static async Task<(CaseImport? Import, IResult? Problem)> ReadTextAsync(HttpContext context, CompanyId company, ImportUpload upload)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.ImportTextBody, MaxTextBytes);
        if (body?.Text is not { Length: > 0 } text)
        {
            return (null, problem ?? Problems.Invalid(new FieldError("text", "Expected the rows that were pasted, with the columns' names first.")));
        }

        using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return Answer("text", await upload.ReadAsync(company, bytes, null, context.RequestAborted));
    }

    private static async Task<(CaseImport? Import, IResult? Problem)> ReadFormAsync(HttpContext context, CompanyId company, ImportUpload upload)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 200 } boundary)
        {
            return Invalid("body", "The multipart body has no boundary in its content type.");
        }

        try
        {
            var reader = new MultipartReader(boundary, context.Request.Body) { HeadersCountLimit = 20, HeadersLengthLimit = 16 * 1024, BodyLengthLimit = ImportLimits.MaxUploadBytes + FormBytes };
            while (await reader.ReadNextSectionAsync(context.RequestAborted) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                {
                    continue;
                }

                var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? string.Empty;
                var fileName = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value;
                if (fileName is { Length: > 0 } || name == "text")
                {
                    return Answer(name, await upload.ReadAsync(company, section.Body, Shown(fileName), context.RequestAborted));
                }
            }

            return Invalid("file", "Expected a part with a file, or a part «text» with pasted rows.");
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException and not BadHttpRequestException)
        {
            return Invalid("body", "The multipart body is broken off or not well formed.");
        }
    }

    private static string? Shown(string? fileName) =>
        string.IsNullOrEmpty(fileName) ? null : fileName.Length > MaxFileName ? string.Concat(fileName.EnumerateRunes().Take(MaxFileName / 2)) : fileName;

    private static (CaseImport? Import, IResult? Problem) Invalid(string field, string message) => (null, Problems.Invalid(new FieldError(field, message)));

    private static (CaseImport? Import, IResult? Problem) Answer(string field, ImportReading reading) =>
        reading.IsTooLarge ? (null, Problems.TooLarge(ImportLimits.MaxUploadBytes))
        : reading.Problem is { } problem ? Invalid(field, problem)
        : (reading.Import, null);
}

/// <summary>Pasted rows as they are sent.</summary>
/// <param name="Text">The rows, with the columns' names first.</param>
public sealed record ImportTextBody(string? Text);
