namespace Kayse.Core.Sync;

/// <summary>A request of a CRM's as it came, and what became of it.</summary>
public sealed record InboundRequest
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The CRM.</summary>
    public required string Crm { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary><c>received</c>, <c>processed</c>, <c>rejected</c>, <c>test</c>, <c>queued</c>, <c>failed</c>, <c>duplicate</c>, <c>ignored</c> or <c>unauthorized</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why, when it was rejected; or what else to know.</summary>
    public string? Reason { get; init; }

    /// <summary>The request's content type.</summary>
    public string? ContentType { get; init; }

    /// <summary>The name of the event that it tells of, where the CRM names it.</summary>
    public string? EventType { get; init; }

    /// <summary>The CRM's id of the event, where it has one.</summary>
    public string? EventId { get; init; }

    /// <summary>The request's headers, where they are kept: what a signature was made over cannot be checked without them. Never a cookie or a key.</summary>
    public IReadOnlyList<InboundField>? Headers { get; init; }

    /// <summary>The fields, in order: from the URL (without its token) first, then from the body; null when they are in <see cref="Blob"/>.</summary>
    public IReadOnlyList<InboundField>? Fields { get; init; }

    /// <summary>Where the fields are when they are above 32 kB.</summary>
    public string? Blob { get; init; }

    /// <summary>The files that came with it.</summary>
    public IReadOnlyList<InboundFile> Files { get; init; } = [];

    /// <summary>The body as text, where it is kept so: the first bytes of one that was not processed, or the whole of one that has no fields; null when it is in <see cref="RawBlob"/>.</summary>
    public string? Raw { get; init; }

    /// <summary>Where the body is when it is too large for a row.</summary>
    public string? RawBlob { get; init; }

    /// <summary>True when <see cref="Raw"/> is not the whole body.</summary>
    public bool Cut { get; init; }

    /// <summary>The case it led to.</summary>
    public string? CaseId { get; init; }

    /// <summary>What was odd about it.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>A field of an inbound request.</summary>
/// <param name="Name">The key as it was sent.</param>
/// <param name="Value">The value as it was sent.</param>
/// <param name="FromUrl">True when it stood in the URL.</param>
public sealed record InboundField(string Name, string Value, bool FromUrl);

/// <summary>A file of an inbound request.</summary>
/// <param name="Name">The form part's name.</param>
/// <param name="FileName">The file's name as it was sent.</param>
/// <param name="ContentType">Its content type as it was sent.</param>
/// <param name="Size">Bytes kept.</param>
/// <param name="Blob">Where it is kept; null when it was too large.</param>
public sealed record InboundFile(string Name, string FileName, string ContentType, long Size, string? Blob);
