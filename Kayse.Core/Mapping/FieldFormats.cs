namespace Kayse.Core.Mapping;

/// <summary>How a CRM wants values written.</summary>
/// <param name="Yes">The word for yes.</param>
/// <param name="No">The word for no.</param>
/// <param name="DateFormat">How dates are written (.NET custom format).</param>
/// <param name="Separator">What stands between several options.</param>
public sealed record FieldFormats(string Yes, string No, string DateFormat, string Separator)
{
    /// <summary>The zone of a time that names none.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;
}
