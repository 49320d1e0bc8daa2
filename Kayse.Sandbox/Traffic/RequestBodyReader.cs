using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Kayse.Sandbox.Traffic;

/// <summary>Reads a request to its end. Files stream through a hash; text must fit in <see cref="MaxText"/> bytes.</summary>
internal static class RequestBodyReader
{
    /// <summary>The most bytes of text in one body or one field.</summary>
    public const int MaxText = 32 * 1024 * 1024;

    /// <summary>RFC 2046, 5.1.1.</summary>
    private const int MaxBoundary = 70;

    private const int ChunkSize = 64 * 1024;

    /// <exception cref="InvalidDataException">The body is not what its content type says, or is too large.</exception>
    public static async Task<RequestBody> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            return new RequestBody { Text = await TextAsync(request.Body, ct) };
        }

        if (type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
            return string.IsNullOrEmpty(boundary) || boundary.Length > MaxBoundary
                ? throw new InvalidDataException("The multipart body names no boundary, or one of over 70 characters.")
                : await MultipartAsync(new MultipartReader(boundary, request.Body), ct);
        }

        var text = await TextAsync(request.Body, ct);
        var isForm = type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
        return new RequestBody { Text = text, Fields = isForm ? Pairs(text) : [] };
    }

    /// <summary>The pairs of a query string or an urlencoded body, in order and with repeats.</summary>
    public static List<KeyValuePair<string, string>> Pairs(string encoded)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var pair in encoded.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? pair : pair[..equals];
            pairs.Add(new(Decode(name), equals < 0 ? "" : Decode(pair[(equals + 1)..])));
        }

        return pairs;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static async Task<RequestBody> MultipartAsync(MultipartReader reader, CancellationToken ct)
    {
        var fields = new List<KeyValuePair<string, string>>();
        var files = new List<FilePart>();
        while (await reader.ReadNextSectionAsync(ct) is { } section)
        {
            var disposition = section.GetContentDispositionHeader();
            var name = HeaderUtilities.RemoveQuotes(disposition?.Name ?? default).Value ?? "";
            if (FileName(disposition) is { } fileName)
            {
                files.Add(await FileAsync(section, name, fileName, ct));
            }
            else
            {
                fields.Add(new(name, await TextAsync(section.Body, ct)));
            }
        }

        return new RequestBody { Fields = fields, Files = files, IsMultipart = true };
    }

    private static string? FileName(ContentDispositionHeaderValue? disposition)
    {
        if (disposition is null)
        {
            return null;
        }

        return disposition.FileNameStar.HasValue
            ? disposition.FileNameStar.Value
            : HeaderUtilities.RemoveQuotes(disposition.FileName).Value;
    }

    private static async Task<FilePart> FileAsync(MultipartSection section, string name, string fileName, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            long size = 0;
            int read;
            while ((read = await section.Body.ReadAsync(chunk, ct)) > 0)
            {
                hash.AppendData(chunk, 0, read);
                size += read;
            }

            return new FilePart(name, fileName, section.ContentType, size, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static async Task<string> TextAsync(Stream body, CancellationToken ct)
    {
        using var text = new MemoryStream();
        var chunk = new byte[4096];
        int read;
        while ((read = await body.ReadAsync(chunk, ct)) > 0)
        {
            if (text.Length + read > MaxText)
            {
                throw new InvalidDataException($"More than {MaxText} bytes of text.");
            }

            text.Write(chunk, 0, read);
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }
}
