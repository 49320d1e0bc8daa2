using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Kayse.Core;

/// <summary>Reads JSON of outsiders without ever throwing for its contents.</summary>
public static class JsonText
{
    // It never stands within HTML; six bytes for a letter beyond ASCII would make large what is not.
    private static readonly JsonWriterOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The text of a JSON string, or null for anything else, and for a string that is no Unicode text (a lone surrogate).</summary>
    public static string? String(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>True when every name and text of well-formed JSON is Unicode: no bytes that are no UTF-8, no half of a surrogate pair. What is not cannot be written again.</summary>
    public static bool IsUnicode(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        // Within valid UTF-8, half of a pair can only be an escape.
        if (json.IndexOf("\\u"u8) < 0)
        {
            return true;
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
        try
        {
            while (reader.Read())
            {
                if (reader.ValueIsEscaped)
                {
                    reader.GetString();
                }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>A property of an object, or null where there is none, it is null, or <paramref name="json"/> is no object.</summary>
    public static JsonElement? Property(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A property's text: strings as they are, numbers and booleans as JSON writes them; null otherwise.</summary>
    public static string? Text(JsonElement json, string name) => Property(json, name) is { } value
        ? value.ValueKind switch
        {
            JsonValueKind.String => String(value),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => null,
        }
        : null;

    /// <summary>True when a property is the JSON value true.</summary>
    public static bool IsTrue(JsonElement json, string name) => Property(json, name)?.ValueKind == JsonValueKind.True;

    /// <summary>A property as a time in Unix milliseconds up to the year 2100, or null when it is none.</summary>
    public static DateTimeOffset? UnixMilliseconds(JsonElement json, string name) =>
        Property(json, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var ms) && ms is >= 0 and <= 4_102_444_800_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : null;

    /// <summary>A property as a number, or null.</summary>
    public static double? Number(JsonElement json, string name) =>
        Property(json, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    /// <summary>The same JSON without white space, its texts escaped only where they must be, so that the same content has the same bytes.</summary>
    public static byte[] Compact(JsonElement json)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, s_compact);
        json.WriteTo(writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A whole number in the invariant culture.</summary>
    public static string Invariant(long value) => value.ToString(CultureInfo.InvariantCulture);
}
