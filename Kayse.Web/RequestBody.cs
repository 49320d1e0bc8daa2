using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kayse.Core;
using Microsoft.AspNetCore.Http;

namespace Kayse.Web;

/// <summary>Reads request bodies, bounded.</summary>
public static class RequestBody
{
    /// <summary>The most that a management request may have.</summary>
    public const int MaxManagementBytes = 256 * 1024;

    /// <summary>The body's bytes, or null when it has more than <paramref name="maxBytes"/>.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.ContentLength > maxBytes)
        {
            return null;
        }

        if (request.ContentLength is { } length)
        {
            var whole = new byte[length];
            await request.Body.ReadExactlyAsync(whole, cancellationToken);
            return whole;
        }

        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > maxBytes)
            {
                return null;
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    /// <summary>The body as an object; or the answer that names what is wrong with it.</summary>
    public static async Task<(T? Value, IResult? Problem)> ReadJsonAsync<T>(HttpContext context, JsonTypeInfo<T> type, int maxBytes = MaxManagementBytes, T? whenEmpty = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(context);
        var bytes = await ReadAsync(context.Request, maxBytes, context.RequestAborted);
        if (bytes is null)
        {
            return (null, Problems.TooLarge(maxBytes));
        }

        if (bytes.Length == 0 && whenEmpty is not null)
        {
            return (whenEmpty, null);
        }

        try
        {
            var value = JsonSerializer.Deserialize(bytes, type);
            return value is null ? (null, NotAnObject()) : (value, null);
        }
        catch (JsonException fault)
        {
            return (null, fault.Path is { Length: > 2 } path ? Problems.Invalid(new FieldError(path[2..], "This value is not of the type that is expected here.")) : NotAnObject());
        }
        catch (InvalidOperationException)
        {
            return (null, Problems.Invalid(new FieldError("body", "A text in it is not valid Unicode.")));
        }
    }

    private static IResult NotAnObject() => Problems.Invalid(new FieldError("body", "Expected a JSON object."));
}
