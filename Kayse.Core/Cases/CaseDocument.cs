namespace Kayse.Core.Cases;

/// <summary>A document on a case that a CRM keeps.</summary>
public sealed record CaseDocument
{
    /// <summary>Its id within the case.</summary>
    public required string Id { get; init; }

    /// <summary>The CRM it came from, e.g. <c>lawruler</c>.</summary>
    public required string ExternalSource { get; init; }

    /// <summary>The CRM's id of the document.</summary>
    public required string ExternalSourceId { get; init; }

    /// <summary>Its file name; one made of the id where the CRM gives none.</summary>
    public required string Name { get; init; }

    /// <summary>The CRM's folder, or null.</summary>
    public string? Folder { get; init; }

    /// <summary>Why it could not be fetched; null when its content is here.</summary>
    public string? Problem { get; init; }

    /// <summary>When it came to Kayse.</summary>
    public DateTimeOffset ReceivedAt { get; init; }
}
