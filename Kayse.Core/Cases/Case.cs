namespace Kayse.Core.Cases;

/// <summary>A firm's case. Texts are as the CRM gave them; null is unknown.</summary>
public sealed record Case
{
    /// <summary>Our id.</summary>
    public required CaseId Id { get; init; }

    /// <summary>The CRM it came from, e.g. <c>lawruler</c>.</summary>
    public required string ExternalSource { get; init; }

    /// <summary>The CRM's id, e.g. the Lead ID.</summary>
    public required string ExternalSourceId { get; init; }

    /// <summary>The client.</summary>
    public required ClientId ClientId { get; init; }

    /// <summary>What it is called: the client's name and the case type, where the CRM gives none.</summary>
    public string? Name { get; init; }

    /// <summary>A description.</summary>
    public string? Description { get; init; }

    /// <summary>The case type's name.</summary>
    public string? CaseType { get; init; }

    /// <summary>The CRM's id of the case type.</summary>
    public string? CaseTypeId { get; init; }

    /// <summary>The status, as the case's CRM names it; what Lawmatics told of stands here by Kayse's name.</summary>
    public string? Status { get; init; }

    /// <summary>The CRM's id of the status.</summary>
    public string? StatusId { get; init; }

    /// <summary>Who set the status last: <c>lawruler</c>, <c>lawmatics</c> or <c>kayse</c>.</summary>
    public string? StatusOrigin { get; init; }

    /// <summary>When the status changed last.</summary>
    public DateTimeOffset? StatusAt { get; init; }

    /// <summary>When the newest of the CRM's posts that told of a status came: an older one that is taken up later has no say in it.</summary>
    public DateTimeOffset? StatusPostedAt { get; init; }

    /// <summary>How often the status has changed since the case came.</summary>
    public int StatusChanges { get; init; }

    /// <summary>The changes whose <c>case_status_changed</c> has not been accepted as an event yet, in order.</summary>
    public IReadOnlyList<StatusChange> StatusEventsDue { get; init; } = [];

    /// <summary>The statuses that Kayse is writing to the CRM, one of each writer: their echo is no change.</summary>
    public IReadOnlyList<StatusWrite> StatusesBeingWritten { get; init => field = value ?? []; } = [];

    /// <summary>The status that the CRM was last known to have; null while nothing is known.</summary>
    public string? StatusInCrm { get; init; }

    /// <summary>When a status of Kayse's was last written to the CRM: what it told before that is old.</summary>
    public DateTimeOffset? StatusWrittenAt { get; init; }

    /// <summary>The last status that was set in Kayse; null while there was none.</summary>
    public KayseStatus? StatusByKayse { get; init; }

    /// <summary>True until the lists' rules for cases that have just arrived were applied to it.</summary>
    public bool FirstListsDue { get; init; }

    /// <summary>When the CRM says that the case was created.</summary>
    public DateTimeOffset? ExternalCreatedAt { get; init; }

    /// <summary>The campaign it is associated with.</summary>
    public string? CampaignId { get; init; }

    /// <summary>What else the CRM sent, by its own names.</summary>
    public SortedFields Fields { get; init; } = SortedFields.Empty;

    /// <summary>When the newest of the CRM's data that changed this came: older data that is taken up later fills in blanks alone.</summary>
    public DateTimeOffset? FieldsPostedAt { get; init; }

    /// <summary>When the case came to Kayse.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}
