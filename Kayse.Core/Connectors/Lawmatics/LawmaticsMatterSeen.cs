namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>What a linked matter was last seen in, so that a change which a webhook and the poll both tell of takes effect once.</summary>
/// <param name="StageId">The stage's id, or null.</param>
/// <param name="SubStatus">The sub status' name, or null.</param>
/// <param name="Status">The status that it belongs to: <c>pnc</c>, <c>hired</c> or <c>lost</c>; or null.</param>
/// <param name="UpdatedAt">When Lawmatics says that the matter was last changed: an older look has no say.</param>
public sealed record LawmaticsMatterSeen(string? StageId, string? SubStatus, string? Status, DateTimeOffset UpdatedAt)
{
    /// <summary>True when the stage is another than before.</summary>
    public bool StageChanged { get; init; }

    /// <summary>True when the sub status is another than before.</summary>
    public bool SubStatusChanged { get; init; }

    /// <summary>True when what changed has taken effect.</summary>
    public bool Applied { get; init; }

    /// <summary>True when the other is about the same change, whenever it was seen and whether or not it has taken effect.</summary>
    public bool IsSameChangeAs(LawmaticsMatterSeen other) => this with { UpdatedAt = default, Applied = false } == other with { UpdatedAt = default, Applied = false };

    /// <summary>What a look at a matter saw.</summary>
    /// <param name="matter">The matter.</param>
    /// <param name="readAt">When it was asked for: the time of a matter that does not tell its own.</param>
    public static LawmaticsMatterSeen Of(LawmaticsRecord matter, DateTimeOffset readAt)
    {
        ArgumentNullException.ThrowIfNull(matter);
        return new LawmaticsMatterSeen(matter.Related("stage"), matter.Text("sub_status"), matter.Text("status"), LawmaticsTime.Read(matter.Text("updated_at")) ?? readAt);
    }

    /// <summary>What is known after a look.</summary>
    /// <param name="known">What was known before; null at the first look.</param>
    /// <param name="seen">What the look saw.</param>
    /// <param name="writtenStage">The stage that Kayse's own write left the matter in, or null: to be there at the first look is no change.</param>
    /// <param name="isBeingWritten">True while Kayse writes that stage: then to be there is no change at a later look either.</param>
    public static LawmaticsMatterSeen After(LawmaticsMatterSeen? known, LawmaticsMatterSeen seen, string? writtenStage, bool isBeingWritten = false)
    {
        ArgumentNullException.ThrowIfNull(seen);
        if (known is null)
        {
            // Every matter begins as pnc (docs.lawmatics.com).
            return seen with { StageChanged = writtenStage is null || seen.StageId != writtenStage, SubStatusChanged = seen.Status is not (null or "pnc") };
        }

        if (isBeingWritten && seen.StageId == writtenStage && seen.StageId != known.StageId && seen.UpdatedAt >= known.UpdatedAt)
        {
            known = known with { StageId = seen.StageId, StageChanged = false, SubStatusChanged = known is { SubStatusChanged: true, Applied: false }, Applied = false };
        }

        var (stage, subStatus) = (known.StageId != seen.StageId, known.SubStatus != seen.SubStatus || known.Status != seen.Status);
        return seen.UpdatedAt < known.UpdatedAt ? known
            : !stage && !subStatus ? known with { UpdatedAt = seen.UpdatedAt }
            // What has not taken effect yet is still a change.
            : seen with { StageChanged = stage || (known.StageChanged && !known.Applied), SubStatusChanged = subStatus || (known.SubStatusChanged && !known.Applied) };
    }
}
