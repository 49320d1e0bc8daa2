namespace Kayse.Core.Connectors.LawRuler;

/// <summary>How far the sync of a firm has come: its cursors, and which sync may move them. Ids, times and numbers alone.</summary>
public sealed record LawRulerSyncState
{
    /// <summary>The sync that runs, by its workflow's id without the company prefix; null while none does.</summary>
    public string? Running { get; init; }

    /// <summary>When the sync that runs, or ran last, was begun; null before the first.</summary>
    public DateTimeOffset? BegunAt { get; init; }

    /// <summary>Where the list of leads stands.</summary>
    public LawRulerSyncCursor Leads { get; init; } = new();

    /// <summary>Where the list of notes and messages stands.</summary>
    public LawRulerSyncCursor Notes { get; init; } = new();

    /// <summary>Behind which of the leads without a case the look for their cases goes on; null at the beginning.</summary>
    public string? WaitingAfter { get; init; }

    /// <summary>What the sync that runs, or ran last, has done.</summary>
    public LawRulerSyncCounts Counts { get; init; } = new();
}

/// <summary>Where a list stands.</summary>
public sealed record LawRulerSyncCursor
{
    /// <summary>What changed before this time is known; null before the first time through.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>When the way through the list that is under way was begun; null when none is.</summary>
    public DateTimeOffset? BegunAt { get; init; }

    /// <summary>From which change on it reads.</summary>
    public DateTimeOffset From { get; init; }

    /// <summary>The next page, from 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>How many records the pages before it had.</summary>
    public int Seen { get; init; }

    /// <summary>How many pages the way has had in all.</summary>
    public int Pages { get; init; }

    /// <summary>The cursor with a way under way: the one that stands, or a new one.</summary>
    public LawRulerSyncCursor Begin(DateTimeOffset now, LawRulerSyncSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return BegunAt is not null ? this
            : new LawRulerSyncCursor { Until = Until, BegunAt = now, From = (Until ?? now.AddDays(-settings.FirstDays)).AddMinutes(-settings.OverlapMinutes) };
    }

    /// <summary>The cursor behind a page.</summary>
    /// <param name="records">How many records it had.</param>
    public LawRulerSyncCursor Behind(int records) => this with { Page = Page + 1, Seen = Seen + records, Pages = Pages + 1 };

    /// <summary>The cursor behind a page, where the rest can be asked for by a later time.</summary>
    /// <param name="from">The time.</param>
    public LawRulerSyncCursor BehindAt(DateTimeOffset from) => this with { From = from, Page = 1, Seen = 0, Pages = Pages + 1 };

    /// <summary>The cursor at the end of the way: all that changed before it began is known.</summary>
    public LawRulerSyncCursor End() => new() { Until = BegunAt };
}

/// <summary>What a sync did.</summary>
public sealed record LawRulerSyncCounts
{
    /// <summary>Leads that became cases.</summary>
    public int Created { get; init; }

    /// <summary>Leads whose case changed.</summary>
    public int Updated { get; init; }

    /// <summary>Leads whose case says the same.</summary>
    public int Unchanged { get; init; }

    /// <summary>Leads of case types that do not come in.</summary>
    public int OtherTypes { get; init; }

    /// <summary>Notes that came.</summary>
    public int Notes { get; init; }

    /// <summary>Notes that had come before.</summary>
    public int Known { get; init; }

    /// <summary>Notes that Kayse wrote itself.</summary>
    public int Own { get; init; }

    /// <summary>Notes of leads that have no case.</summary>
    public int Unmatched { get; init; }

    /// <summary>Documents that came.</summary>
    public int Documents { get; init; }

    /// <summary>Records that could not be read or kept.</summary>
    public int Odd { get; init; }

    /// <summary>How many records of Kayse's it created or changed.</summary>
    public int Records => Created + Updated + Notes + Documents;
}
