using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Kayse.Core.Webhooks;

/// <summary>The body of a delivery, made of the event's envelope: <c>{id, type, timestamp, company_id, campaign_id?, case?, data, test?}</c>.</summary>
public static class WebhookBody
{
    private const string Link = "transcript_url";

    private static readonly JsonDocumentOptions s_reading = new() { MaxDepth = 64 };

    private static readonly string[] s_transcripts = ["transcript", "transcript_object", "transcript_with_tool_calls"];

    /// <summary>Makes the body.</summary>
    /// <param name="envelope">The event as it is stored.</param>
    /// <param name="maxBytes">Above so many bytes the transcript is replaced by a link.</param>
    /// <param name="link">Makes the link to the event's transcript.</param>
    public static async Task<byte[]> RenderAsync(ReadOnlyMemory<byte> envelope, int maxBytes, Func<Task<string>> link)
    {
        ArgumentNullException.ThrowIfNull(link);
        using var json = JsonDocument.Parse(envelope, s_reading);
        var whole = Write(json.RootElement, null);
        return whole.Length > maxBytes && Places(json.RootElement).Any(HasTranscript) ? Write(json.RootElement, await link()) : whole;
    }

    /// <summary>The transcript of an event as JSON, or null when it has none.</summary>
    public static byte[]? Transcript(ReadOnlyMemory<byte> envelope)
    {
        using var json = JsonDocument.Parse(envelope, s_reading);
        if (!Places(json.RootElement).Any(HasTranscript))
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        foreach (var name in s_transcripts)
        {
            WriteRaw(writer, name, Places(json.RootElement).Select(place => JsonText.Property(place, name)).FirstOrDefault(found => found is not null));
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    // A transcript stands within the call, or beside it.
    private static IEnumerable<JsonElement> Places(JsonElement envelope)
    {
        var data = envelope.GetProperty("data");
        return JsonText.Property(data, "call") is { ValueKind: JsonValueKind.Object } call ? [call, data] : [data];
    }

    private static bool HasTranscript(JsonElement place) => s_transcripts.Any(name => JsonText.Property(place, name) is not null);

    private static byte[] Write(JsonElement envelope, string? transcript)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer);
        var data = envelope.GetProperty("data");
        writer.WriteStartObject();
        WriteRaw(writer, "id", envelope.GetProperty("id"));
        WriteRaw(writer, "type", envelope.GetProperty("type"));
        // In one form, whichever the platform chose.
        writer.WriteString("timestamp", DateTimeOffset.Parse(envelope.GetProperty("occurredAt").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).UtcDateTime);
        WriteRaw(writer, "company_id", envelope.GetProperty("companyId"));
        WriteRaw(writer, "campaign_id", JsonText.Property(data, "campaign") is { } campaign ? JsonText.Property(campaign, "id") : null);
        WriteRaw(writer, "case", JsonText.Property(envelope, "case"));
        if (transcript is null)
        {
            WriteRaw(writer, "data", data);
        }
        else
        {
            WriteWithLink(writer, data, transcript);
        }

        if (JsonText.IsTrue(envelope, "test"))
        {
            writer.WriteBoolean("test", true);
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteWithLink(Utf8JsonWriter writer, JsonElement data, string transcript)
    {
        writer.WriteStartObject("data");
        foreach (var property in data.EnumerateObject().Where(property => !s_transcripts.Contains(property.Name)))
        {
            if (property is not { Name: "call", Value.ValueKind: JsonValueKind.Object })
            {
                WriteRaw(writer, property.Name, property.Value);
                continue;
            }

            writer.WriteStartObject("call");
            foreach (var inner in property.Value.EnumerateObject().Where(inner => !s_transcripts.Contains(inner.Name)))
            {
                WriteRaw(writer, inner.Name, inner.Value);
            }

            writer.WriteString(Link, transcript);
            writer.WriteEndObject();
        }

        if (JsonText.Property(data, "call") is not { ValueKind: JsonValueKind.Object })
        {
            writer.WriteString(Link, transcript);
        }

        writer.WriteEndObject();
    }

    private static void WriteRaw(Utf8JsonWriter writer, string name, JsonElement? value)
    {
        if (value is { } given)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(given), skipInputValidation: true);
        }
    }
}
