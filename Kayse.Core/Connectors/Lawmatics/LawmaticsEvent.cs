using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>A webhook of Lawmatics': ids only, what they stand for is read (docs.lawmatics.com: <c>{event_id, firm_id, event_type, version, timestamp, data}</c>).</summary>
/// <param name="Id">The event's id, by which it is known again.</param>
/// <param name="Type">Its name, as Lawmatics or the customer's guide has it.</param>
/// <param name="FirmId">Lawmatics' id of the firm, or null.</param>
/// <param name="MatterId">The matter that it is about, or null.</param>
/// <param name="ContactId">The contact that it is about, or null.</param>
public sealed record LawmaticsEvent(string Id, string Type, string? FirmId, string? MatterId, string? ContactId)
{
    private const int MaxType = 100;
    private const int MaxId = 200;

    /// <summary>Reads a body; or says what is wrong with it, by the field's name.</summary>
    /// <param name="body">The body as it came.</param>
    /// <param name="headerId">The event's id as a header says it, for a body that does not: the signature covers the body alone.</param>
    /// <param name="settings">Which event a name means.</param>
    public static (LawmaticsEvent? Event, FieldError? Error) Read(ReadOnlyMemory<byte> body, string? headerId, LawmaticsWebhookSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!TryParse(body, out var json))
        {
            return (null, new FieldError("body", "Expected a JSON object."));
        }

        if (JsonText.Text(json, "event_type") is not { Length: > 0 and <= MaxType } type || type.Any(char.IsControl))
        {
            return (null, new FieldError("event_type", $"Expected a text of at most {MaxType} characters."));
        }

        // What has no id of its own is known again by its content.
        var id = First(JsonText.Text(json, "event_id"), headerId) ?? Convert.ToHexStringLower(SHA256.HashData(body.Span));
        var data = JsonText.Property(json, "data") ?? default;
        var kind = settings.EventOf(type) ?? type;
        return (new LawmaticsEvent(
            // It stands in rows: one that is longer than any of Lawmatics' is known again by its hash.
            id.Length <= MaxId ? id : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id))), type, JsonText.Text(json, "firm_id"),
            RecordId(data, "matter_id", "prospect_id", kind.StartsWith("matter.", StringComparison.OrdinalIgnoreCase)),
            RecordId(data, "contact_id", null, kind.StartsWith("contact.", StringComparison.OrdinalIgnoreCase))), null);
    }

    /// <summary>The row key by which the event is known again, whatever its id looks like.</summary>
    public string Key => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Id)));

    /// <summary>False when it is about another Lawmatics firm than a connection's.</summary>
    public bool IsOf(LawmaticsConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return connection.Account?.FirmId is not { } own || FirmId is not { } firm || firm == own;
    }

    private static string? RecordId(JsonElement data, string name, string? other, bool isSubject) =>
        First(JsonText.Text(data, name), other is null ? null : JsonText.Text(data, other), isSubject ? JsonText.Text(data, "id") : null) is { } id && Ids.IsValid(id) ? id : null;

    private static string? First(params ReadOnlySpan<string?> texts)
    {
        foreach (var text in texts)
        {
            if (!string.IsNullOrWhiteSpace(text))
            {
                return text;
            }
        }

        return null;
    }

    private static bool TryParse(ReadOnlyMemory<byte> body, out JsonElement json)
    {
        json = default;
        try
        {
            using var document = JsonDocument.Parse(body);
            json = document.RootElement.Clone();
            return json.ValueKind == JsonValueKind.Object && JsonText.IsUnicode(body.Span);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
