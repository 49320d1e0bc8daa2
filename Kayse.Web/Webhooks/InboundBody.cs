using System.Text;
using System.Text.Json;
using Kayse.Core;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Kayse.Web.Webhooks;

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

        if (await RequestBody.ReadAsync(request, MaxFieldBytes, cancellationToken) is not { } bytes)
        {
            return new InboundForm(request.ContentType, [], [], $"The body has more than {MaxFieldBytes} bytes.", null, true, []);
        }

        var problem = Add(fields, bytes, type);
        return problem is null
            ? new InboundForm(request.ContentType, fields, [], null, null, false, [])
            : new InboundForm(request.ContentType, [], [], problem, Start(bytes), bytes.Length > MaxKeptBytes, []);
    }

    /// <summary>The first bytes of a request that was not authenticated, as text.</summary>
    public static async Task<(string Raw, bool Cut)> ReadStartAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var buffer = new byte[MaxKeptBytes + 1];
        var length = 0;
        int read;
        while (length < buffer.Length && (read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0)
        {
            length += read;
        }

        return (Encoding.UTF8.GetString(buffer, 0, Math.Min(length, MaxKeptBytes)), length > MaxKeptBytes);
    }

    private static string Start(byte[] bytes) => Encoding.UTF8.GetString(bytes, 0, Math.Min(bytes.Length, MaxKeptBytes));

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
