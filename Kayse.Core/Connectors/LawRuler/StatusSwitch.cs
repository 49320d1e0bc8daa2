namespace Kayse.Core.Connectors.LawRuler;

/// <summary>What switching <c>Sync case statuses</c> on or off asks for. Guide: «Re-enabling Case Status Sync».</summary>
public static class StatusSwitch
{
    /// <summary>Skips what was set in Kayse while it was off; recommended.</summary>
    public const string NonRetroactive = "non-retroactive";

    /// <summary>Replays what was set in Kayse while it was off.</summary>
    public const string Retroactive = "retroactive";

    /// <summary>The resume modes, the recommended one first.</summary>
    public static IReadOnlyList<ResumeMode> Modes { get; } =
    [
        new(NonRetroactive, Recommended: true, "Skips the status changes that were made in Kayse while the sync was off; only new ones are pushed. What is queued is dropped.", null),
        new(
            Retroactive,
            Recommended: false,
            "Replays the status changes that were queued while the sync was off, the newest of each case.",
            "This may overwrite newer statuses that were set directly in Law Ruler while the sync was off."),
    ];

    /// <summary>What a change of the settings does to the sync of statuses.</summary>
    public static StatusTurn Turn(LawRulerConnection before, LawRulerConnection after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return (before.Toggles.SyncCaseStatuses, after.Toggles.SyncCaseStatuses) switch
        {
            (true, false) => StatusTurn.Off,
            (false, true) => before.StatusSyncUsed ? StatusTurn.OnAgain : StatusTurn.OnFirst,
            _ => StatusTurn.None,
        };
    }

    /// <summary>True when the change cannot be made before a mode is named.</summary>
    public static bool Asks(LawRulerConnection before, LawRulerConnection after, string? mode) => mode is null && Turn(before, after) == StatusTurn.OnAgain;

    /// <summary>The changed connection with what is remembered of the switch.</summary>
    /// <param name="before">As it was.</param>
    /// <param name="after">As it shall be.</param>
    /// <param name="mode">The resume mode that was named, or null.</param>
    /// <param name="replay">The id of the workflow that replays, where the mode asks for one.</param>
    /// <param name="now">The time.</param>
    public static LawRulerConnection Apply(LawRulerConnection before, LawRulerConnection after, string? mode, string replay, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return Turn(before, after) switch
        {
            StatusTurn.Off => after with { StatusSyncUsed = before.StatusSyncUsed || before.Connected, StatusResumedAt = null, StatusReplay = null },
            StatusTurn.OnAgain => after with { StatusResumedAt = now, StatusReplay = mode == Retroactive ? replay : null },
            _ => after,
        };
    }
}

/// <summary>A way to switch the sync of statuses on again.</summary>
/// <param name="Mode">How it is named in a request.</param>
/// <param name="Recommended">Whether it is the one that is recommended.</param>
/// <param name="Description">What it does.</param>
/// <param name="Warning">What to mind, or null.</param>
public sealed record ResumeMode(string Mode, bool Recommended, string Description, string? Warning);

/// <summary>What becomes of the sync of statuses.</summary>
public enum StatusTurn
{
    /// <summary>It stays as it is.</summary>
    None,

    /// <summary>It is switched off.</summary>
    Off,

    /// <summary>It is switched on for the first time.</summary>
    OnFirst,

    /// <summary>It is switched on and has been on before.</summary>
    OnAgain,
}
