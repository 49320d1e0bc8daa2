namespace Kayse.Core.Cases;

/// <summary>A note or message on a case that a CRM keeps. Personal data: it never goes into a log, a workflow's payload or an event.</summary>
public sealed record Note
{
    /// <summary>Its id within the case; newer notes sort first.</summary>
    public required string Id { get; init; }

    /// <summary>The CRM it came from, e.g. <c>lawruler</c>.</summary>
    public required string ExternalSource { get; init; }

    /// <summary>The CRM's id of the note.</summary>
    public required string ExternalSourceId { get; init; }

    /// <summary>The kind that the CRM files it under, e.g. <c>Client Communication</c>; or null.</summary>
    public string? Category { get; init; }

    /// <summary>Its title, or null.</summary>
    public string? Title { get; init; }

    /// <summary>The text; of one above 32 kB that is listed only the beginning.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>True when <see cref="Text"/> is only the beginning: the note by itself has the whole.</summary>
    public bool IsCut { get; init; }

    /// <summary>When it was written, as the CRM says; when it came, where the CRM says nothing.</summary>
    public DateTimeOffset WrittenAt { get; init; }

    /// <summary>When it came to Kayse.</summary>
    public DateTimeOffset ReceivedAt { get; init; }
}
