using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Kayse.Core.Storage;

namespace Kayse.Core.Companies;

/// <summary>A firm: 1 to 32 lower-case letters and digits.</summary>
[JsonConverter(typeof(IdJsonConverter<CompanyId>))]
public readonly record struct CompanyId : IParsable<CompanyId>
{
    private static readonly SearchValues<char> s_allowed = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz");

    private readonly string? _value;

    private CompanyId(string value) => _value = value;

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static CompanyId Parse(string s) => Parse(s, null);

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static CompanyId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException("A company id has 1 to 32 lower-case letters and digits.");

    /// <summary>Reads an id; false when it is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out CompanyId result)
    {
        var valid = s is { Length: >= 1 and <= 32 } && !s.AsSpan().ContainsAnyExcept(s_allowed);
        result = valid ? new CompanyId(s!) : default;
        return valid;
    }

    /// <summary>The id's text.</summary>
    public override string ToString() => _value ?? string.Empty;
}
