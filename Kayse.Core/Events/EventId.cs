using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Kayse.Core.Storage;

namespace Kayse.Core.Events;

/// <summary>A platform event, by the id its sender gave it.</summary>
[JsonConverter(typeof(IdJsonConverter<EventId>))]
public readonly record struct EventId : IParsable<EventId>
{
    private readonly string? _value;

    private EventId(string value) => _value = value;

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static EventId Parse(string s) => Parse(s, null);

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static EventId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException("An id has 1 to 64 letters, digits, hyphens and underscores.");

    /// <summary>Reads an id; false when it is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out EventId result)
    {
        var valid = Ids.IsValid(s);
        result = valid ? new EventId(s!) : default;
        return valid;
    }

    /// <summary>The id's text.</summary>
    public override string ToString() => _value ?? string.Empty;
}
