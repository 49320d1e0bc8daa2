namespace Kayse.Core.Mapping;

/// <summary>A value of Kayse's before it is converted for a field.</summary>
/// <param name="Items">Its texts; several where it is a list.</param>
public sealed record GivenValue(IReadOnlyList<string> Items)
{
    /// <summary>The date, where Kayse keeps it as one.</summary>
    public DateOnly? Date { get; init; }

    /// <summary>True when there is nothing to send.</summary>
    public bool IsBlank => Date is null && Items.All(string.IsNullOrWhiteSpace);

    /// <summary>A text, or null for none.</summary>
    public static GivenValue? Of(string? text) => text is null ? null : new GivenValue([text]);

    /// <summary>A date, or null for none.</summary>
    public static GivenValue? Of(DateOnly? date) => date is { } known ? new GivenValue([]) { Date = known } : null;

    /// <summary>The value as one text.</summary>
    /// <param name="dateFormat">How a date is written.</param>
    public string Text(string dateFormat) => Date is { } date ? date.ToString(dateFormat) : string.Join(", ", Items);
}
