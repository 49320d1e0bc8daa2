using System.Text.Json.Serialization;
using Kayse.Core.Cases;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Where a firm's bulk sync stands.</summary>
/// <param name="Id">Its workflow.</param>
/// <param name="Which">Which matters.</param>
/// <param name="StartedAt">When it was started.</param>
public sealed record LawmaticsBulk(string Id, BulkChoice Which, DateTimeOffset StartedAt)
{
    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Behind which case it goes on, newest first; null at the beginning.</summary>
    public string? After { get; init; }

    /// <summary>The case whose sync it waits for.</summary>
    public CaseId? Case { get; init; }

    /// <summary>The sync that it waits for.</summary>
    public string? Sync { get; init; }

    /// <summary>How many cases it has looked at.</summary>
    public int Seen { get; init; }

    /// <summary>How many were synchronised.</summary>
    public int Done { get; init; }

    /// <summary>How many were refused or given up.</summary>
    public int Failed { get; init; }

    /// <summary>How many did not work at once and are tried again by themselves.</summary>
    public int Waiting { get; init; }

    /// <summary>Why it ended before all were looked at, or why it waits; or null.</summary>
    public string? Message { get; init; }
}

/// <summary>Which matters a bulk sync sends.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BulkChoice>))]
public enum BulkChoice
{
    /// <summary>Those that are not in Lawmatics yet; what came from another CRM stays there.</summary>
    [JsonStringEnumMemberName("unlinked")]
    Unlinked,

    /// <summary>Those whose last sync was refused or given up.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>All but what came from another CRM.</summary>
    [JsonStringEnumMemberName("all")]
    All,
}
