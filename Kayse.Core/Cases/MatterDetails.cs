using System.Text.Json.Serialization;

namespace Kayse.Core.Cases;

/// <summary>What Kayse's intake knows of a case besides what the case itself says. Null is unknown.</summary>
public sealed record MatterDetails
{
    /// <summary>The platform's id of the matter.</summary>
    public string? MatterId { get; init; }

    /// <summary>Its title.</summary>
    public string? Title { get; init; }

    /// <summary>Its practice area.</summary>
    public string? PracticeArea { get; init; }

    /// <summary>Where the firm's people see it.</summary>
    public string? PortalUrl { get; init; }

    /// <summary>When the newest of what is known was told: what happened earlier fills in blanks only.</summary>
    public DateTimeOffset ToldAt { get; init; }

    /// <summary>When the client last completed an intake form.</summary>
    public DateTimeOffset? IntakeAt { get; init; }

    /// <summary>The documents of it that were approved; they are kept with the answers.</summary>
    [JsonIgnore]
    public IReadOnlyList<ApprovedDocument> Documents { get; init; } = [];

    /// <summary>The blob with what was submitted (<see cref="MatterSubmission"/>), which a row is too small for; null for nothing.</summary>
    public string? Submitted { get; init; }

    /// <summary>A hash of the answers, to tell whether they are others than before.</summary>
    public string? AnswersHash { get; init; }

    /// <summary>True when there is an intake to tell of.</summary>
    [JsonIgnore]
    public bool IsIntakeComplete => IntakeAt is not null || Documents.Count > 0;

    /// <summary>Never the contents.</summary>
    public override string ToString() => $"MatterDetails {{ {MatterId} }}";
}

/// <summary>A document that was approved.</summary>
/// <param name="Id">The platform's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="ContentType">Its media type, or null.</param>
/// <param name="Url">Where it can be fetched, or null.</param>
/// <param name="At">When it was approved.</param>
public sealed record ApprovedDocument(string Id, string Name, string? ContentType, string? Url, DateTimeOffset At)
{
    /// <summary>Never the name.</summary>
    public override string ToString() => $"ApprovedDocument {{ {Id} }}";
}

/// <summary>What a client answered.</summary>
/// <param name="Key">The question's key.</param>
/// <param name="Label">The question.</param>
/// <param name="Values">The answer; several where it is a list.</param>
public sealed record ClientAnswer(string Key, string Label, IReadOnlyList<string> Values)
{
    /// <summary>Never the answer.</summary>
    public override string ToString() => $"ClientAnswer {{ {Key} }}";
}
