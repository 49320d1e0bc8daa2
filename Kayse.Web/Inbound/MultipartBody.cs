using System.Text;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Kayse.Web.Inbound;

/// <summary>Reads one multipart body: fields up to 1 MB, files streamed to blobs. A file that is too large is reported and dropped; the fields count all the same.</summary>
internal sealed class MultipartBody(IBlobStore blobs, CompanyId company, string id)
{
    private const long MaxFileBytes = 25 * 1024 * 1024;
    private const long MaxAllFileBytes = 100 * 1024 * 1024;
    private const int MaxFields = 5000;
    private const int MaxFiles = 100;
    private const int MaxShown = 200;
    private const string TooManyFiles = "Files were not kept: there are too many, or they are too large together.";

    private readonly List<InboundFile> _files = [];
    private readonly List<string> _warnings = [];
    private int _fieldBytes;
    private long _fileBytes;

    public async Task<InboundForm> ReadAsync(HttpRequest request, List<InboundField> fields, CancellationToken cancellationToken)
    {
        var problem = await TryReadAsync(request, fields, cancellationToken);
        return problem is null
            ? new InboundForm(request.ContentType, fields, _files, null, null, false, _warnings)
            : new InboundForm(request.ContentType, [], _files, problem, Start(fields), true, _warnings);
    }

    /// <summary>What could be read before the problem, as a line a field.</summary>
    private static string Start(List<InboundField> fields)
    {
        var text = string.Join('\n', fields.Select(field => $"{field.Name}={field.Value}"));
        return InboundBody.Start(Encoding.UTF8.GetBytes(text));
    }

    private async Task<string?> TryReadAsync(HttpRequest request, List<InboundField> fields, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 200 } boundary)
        {
            return "The multipart body has no boundary in its content type.";
        }

        try
        {
            var reader = new MultipartReader(boundary, request.Body) { HeadersCountLimit = 20, HeadersLengthLimit = 16 * 1024 };
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (await ReadSectionAsync(section, fields, cancellationToken) is { } problem)
                {
                    return problem;
                }
            }

            return null;
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException and not BadHttpRequestException)
        {
            return "The multipart body is broken off or not well formed.";
        }
    }

    private async Task<string?> ReadSectionAsync(MultipartSection section, List<InboundField> fields, CancellationToken cancellationToken)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
        {
            return null;
        }

        var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? string.Empty;
        var fileName = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value;
        if (fileName is { Length: > 0 })
        {
            await ReadFileAsync(section, name, fileName, cancellationToken);
            return null;
        }

        if (fields.Count >= MaxFields)
        {
            return $"The request has more than {MaxFields} fields.";
        }

        using var value = new MemoryStream();
        await using var bounded = new BoundedStream(section.Body, InboundBody.MaxFieldBytes - _fieldBytes);
        try
        {
            await bounded.CopyToAsync(value, cancellationToken);
        }
        catch (StreamTooLongException)
        {
            return $"The fields have more than {InboundBody.MaxFieldBytes} bytes.";
        }

        _fieldBytes += (int)value.Length + name.Length;
        fields.Add(new InboundField(name, Encoding.UTF8.GetString(value.GetBuffer(), 0, (int)value.Length), false));
        return null;
    }

    private async Task ReadFileAsync(MultipartSection section, string name, string fileName, CancellationToken cancellationToken)
    {
        var (part, shown) = (Cut(name), Cut(fileName));
        var contentType = section.ContentType is { Length: > 0 and <= MaxShown } given ? given : "application/octet-stream";
        var left = Math.Min(MaxFileBytes, MaxAllFileBytes - _fileBytes);
        if (_files.Count >= MaxFiles || left <= 0)
        {
            // Once: a request may have very many.
            _warnings.AddRange(_warnings.Contains(TooManyFiles) ? [] : [TooManyFiles]);
            if (_files.Count < MaxFiles)
            {
                _files.Add(new InboundFile(part, shown, contentType, 0, null));
            }

            return;
        }

        var blob = $"{company}/inbound/{id}-file{_files.Count + 1}";
        await using var bounded = new BoundedStream(section.Body, left);
        try
        {
            await blobs.CreateAsync(blob, contentType, bounded, cancellationToken);
            _fileBytes += bounded.Position;
            _files.Add(new InboundFile(part, shown, contentType, bounded.Position, blob));
        }
        catch (StreamTooLongException)
        {
            _files.Add(new InboundFile(part, shown, contentType, 0, null));
            _warnings.Add($"File {_files.Count} is larger than {MaxFileBytes / (1024 * 1024)} MB, or all together than {MaxAllFileBytes / (1024 * 1024)} MB; it was not kept.");
        }
    }
    private static string Cut(string text) => text.Length > MaxShown ? text[..MaxShown] : text;
}
