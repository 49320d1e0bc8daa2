using System.Text;
using System.Text.Json;
using Kayse.Core;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Kayse.Web.Inbound;

/// <summary>Reads a webhook's body whatever its form: multipart, urlencoded, JSON, or nothing but the query. Everything is bounded, and what cannot be read is said, not thrown.</summary>
/// <param name="blobs">Where files go.</param>
public sealed class InboundBody(IBlobStore blobs)
{
    /// <summary>Bytes of fields.</summary>
    public const int MaxFieldBytes = 1024 * 1024;

    /// <summary>Bytes kept of a body that was refused.</summary>
    public const int MaxKeptBytes = 16 * 1024;

    private const int MaxFields = 5000;

    /// <summary>Reads an authenticated request.</summary>
    public async Task<InboundForm> ReadAsync(HttpRequest request, CompanyId company, string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var fields = Pairs(request.QueryString.Value, fromUrl: true).Where(field => !field.Name.Equals("token", StringComparison.OrdinalIgnoreCase)).Take(MaxFields).ToList();
        var type = request.ContentType ?? string.Empty;
        if (type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
        {
            return await new MultipartBody(blobs, company, id).ReadAsync(request, fields, cancellationToken);
        }

        var (bytes, isWhole) = await ReadAsync(request, MaxFieldBytes, cancellationToken);
        if (!isWhole)
        {
            return new InboundForm(request.ContentType, [], [], $"The body has more than {MaxFieldBytes} bytes.", Start(bytes), true, []);
        }

        // A byte order mark is no part of the text.
        bytes = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        var problem = Add(fields, bytes, type);
        return problem is null
            ? new InboundForm(request.ContentType, fields, [], null, null, false, [])
            : new InboundForm(request.ContentType, [], [], problem, Start(bytes), bytes.Length > MaxKeptBytes, []);
    }

    /// <summary>The first bytes of a request that was not authenticated, as text.</summary>
    public static async Task<(string Raw, bool Cut)> ReadStartAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (bytes, isWhole) = await ReadAsync(request, MaxKeptBytes, cancellationToken);
        return (Encoding.UTF8.GetString(bytes), !isWhole);
    }

    /// <summary>The body's bytes as they came, <see cref="MaxFieldBytes"/> at the most; false when there are more.</summary>
    internal static Task<(byte[] Bytes, bool IsWhole)> ReadBytesAsync(HttpRequest request, CancellationToken cancellationToken) => ReadAsync(request, MaxFieldBytes, cancellationToken);

    /// <summary>The first bytes of a body as text, as many as are kept of one that was refused.</summary>
    internal static string Start(byte[] bytes) => Encoding.UTF8.GetString(bytes, 0, Math.Min(bytes.Length, MaxKeptBytes));

    private static async Task<(byte[] Bytes, bool IsWhole)> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            var kept = (int)Math.Min(read, maxBytes - bytes.Length);
            bytes.Write(buffer, 0, kept);
            if (kept < read)
            {
                return (bytes.ToArray(), false);
            }
        }

        return (bytes.ToArray(), true);
    }

    private static string? Add(List<InboundField> fields, byte[] bytes, string type)
    {
        var text = Encoding.UTF8.GetString(bytes);
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (type.Contains("json", StringComparison.OrdinalIgnoreCase) || text.TrimStart() is ['{', ..] or ['[', ..])
        {
            return AddJson(fields, bytes);
        }

        if (!text.Contains('=', StringComparison.Ordinal))
        {
            return "The body is neither a form nor JSON.";
        }

        fields.AddRange(Pairs(text, fromUrl: false).Take(MaxFields + 1));
        return fields.Count > MaxFields ? $"The request has more than {MaxFields} fields." : null;
    }

    private static string? AddJson(List<InboundField> fields, byte[] bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                return "Expected a JSON object with the lead's fields.";
            }

            AddObject(fields, json.RootElement);
            return fields.Count > MaxFields ? $"The request has more than {MaxFields} fields." : null;
        }
        catch (JsonException)
        {
            return "The body is not valid JSON.";
        }
    }

    private static void AddObject(List<InboundField> fields, JsonElement json)
    {
        foreach (var property in json.EnumerateObject())
        {
            AddValue(fields, SafeName(property), property.Value);
        }
    }

    private static string SafeName(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            // A name that is no Unicode text; the value is kept under a name of ours.
            return "unreadable";
        }
    }

    private static void AddValue(List<InboundField> fields, string name, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                AddObject(fields, value);
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    AddValue(fields, name, item);
                }

                break;
            case JsonValueKind.Null:
                fields.Add(new InboundField(name, string.Empty, false));
                break;
            default:
                fields.Add(new InboundField(name, JsonText.String(value) ?? (value.ValueKind == JsonValueKind.String ? string.Empty : value.GetRawText()), false));
                break;
        }
    }

    private static IEnumerable<InboundField> Pairs(string? text, bool fromUrl)
    {
        foreach (var pair in new QueryStringEnumerable(text))
        {
            yield return new InboundField(pair.DecodeName().ToString(), pair.DecodeValue().ToString(), fromUrl);
        }
    }
}
