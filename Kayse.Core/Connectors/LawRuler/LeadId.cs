using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>A lead of Law Ruler's: numeric in practice, 5 to 8 digits seen, taken as any id that may stand in a key.</summary>
[JsonConverter(typeof(IdJsonConverter<LeadId>))]
public readonly record struct LeadId : IParsable<LeadId>
{
    private readonly string? _value;

    private LeadId(string value) => _value = value;

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static LeadId Parse(string s) => Parse(s, null);

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static LeadId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException("An id has 1 to 64 letters, digits, hyphens and underscores.");

    /// <summary>Reads an id; false when it is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out LeadId result)
    {
        var valid = Ids.IsValid(s);
        result = valid ? new LeadId(s!) : default;
        return valid;
    }

    /// <summary>The id's text.</summary>
    public override string ToString() => _value ?? string.Empty;
}
