using System.Text.Json;

namespace Kayse.Core.Calls;

/// <summary>One value of an analysis' own data.</summary>
/// <param name="Key">The key as the voice platform has it, e.g. <c>_custom1234</c>.</param>
/// <param name="Value">The value as JSON.</param>
public sealed record CustomDatum(string Key, JsonElement Value)
{
    /// <summary>Every value whose key begins with <c>_custom</c> and that is not null.</summary>
    public static IReadOnlyList<CustomDatum> ReadAll(JsonElement analysis) =>
        JsonText.Property(analysis, "custom_analysis_data") is { ValueKind: JsonValueKind.Object } data
            ? [.. data.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null && Name(property).StartsWith("_custom", StringComparison.OrdinalIgnoreCase)).Select(property => new CustomDatum(property.Name, property.Value))]
            : [];

    /// <summary>The property's name; blank for one that is no Unicode text (a lone surrogate), which .NET refuses to read.</summary>
    private static string Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return string.Empty;
        }
    }

    /// <summary>The value as text: booleans as the given words, numbers in the invariant culture, lists joined by commas, the rest as it is.</summary>
    public string Text(string yes, string no) => Text(Value, yes, no);

    /// <summary>The value's texts: those of a list, else its own.</summary>
    public IReadOnlyList<string> Texts(string yes, string no) => Value.ValueKind == JsonValueKind.Array
        ? [.. Value.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.Null).Select(item => Text(item, yes, no))]
        : [Text(yes, no)];

    private static string Text(JsonElement value, string yes, string no) => value.ValueKind switch
    {
        JsonValueKind.True => yes,
        JsonValueKind.False => no,
        JsonValueKind.String => JsonText.String(value) ?? string.Empty,
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.Null).Select(item => Text(item, yes, no))),
        _ => value.GetRawText(),
    };
}
