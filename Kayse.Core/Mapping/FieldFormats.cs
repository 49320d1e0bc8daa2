namespace Kayse.Core.Mapping;

/// <summary>How a CRM wants values written.</summary>
/// <param name="Yes">The word for yes.</param>
/// <param name="No">The word for no.</param>
/// <param name="DateFormat">How dates are written (.NET custom format).</param>
/// <param name="Separator">What stands between several options.</param>
public sealed record FieldFormats(string Yes, string No, string DateFormat, string Separator);
