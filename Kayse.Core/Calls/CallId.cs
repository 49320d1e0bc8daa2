using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Kayse.Core.Storage;

namespace Kayse.Core.Calls;

/// <summary>An AI call, by the voice platform's id (call_id).</summary>
[JsonConverter(typeof(IdJsonConverter<CallId>))]
public readonly record struct CallId : IParsable<CallId>
{
    private readonly string? _value;

    private CallId(string value) => _value = value;

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static CallId Parse(string s) => Parse(s, null);

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static CallId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException("An id has 1 to 64 letters, digits, hyphens and underscores.");

    /// <summary>Reads an id; false when it is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out CallId result)
    {
        var valid = Ids.IsValid(s);
        result = valid ? new CallId(s!) : default;
        return valid;
    }

    /// <summary>The id's text.</summary>
    public override string ToString() => _value ?? string.Empty;
}
