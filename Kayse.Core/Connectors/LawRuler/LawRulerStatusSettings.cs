using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>How statuses are kept in step. Leads are searched as the hourly sync does (<see cref="LawRulerSyncSettings"/>).</summary>
public sealed record LawRulerStatusSettings
{
    /// <summary>Whose status stays when both sides have changed it.</summary>
    public StatusConflict Conflict { get; init; } = StatusConflict.LawRulerWins;

    /// <summary>Pages of leads that one poll reads at the most; the next goes on behind them.</summary>
    public int PagesAPoll { get; init; } = 10;

    /// <summary>What is wrong with the settings, by the name an admin knows.</summary>
    public static IEnumerable<FieldError> Check(LawRulerStatusSettings? settings)
    {
        if (settings is null)
        {
            return [new FieldError("settings.statuses", "Expected an object.")];
        }

        return settings.PagesAPoll is >= 1 and <= 1000 ? [] : [new FieldError("settings.statuses.pagesAPoll", "Expected a number from 1 to 1000.")];
    }
}
