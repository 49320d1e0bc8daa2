using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>How statuses are kept in step. That leads can be searched and read is known from running integrations; what a search's date and order mean is not public.</summary>
public sealed record LawRulerStatusSettings
{
    /// <summary>Whose status stays when both sides have changed it.</summary>
    public StatusConflict Conflict { get; init; } = StatusConflict.LawRulerWins;

    /// <summary>Advanced API: searches leads; <c>{page}</c> and <c>{pageSize}</c> are filled in.</summary>
    public string SearchPath { get; init; } = "/ApiCases/SearchInboxItems?page={page}&pageSize={pageSize}";

    /// <summary>Advanced API: a lead; <c>{leadId}</c> is filled in.</summary>
    public string LeadPath { get; init; } = "/ApiCases/GetLead?leadId={leadId}";

    /// <summary>The inbox that is searched.</summary>
    public int InboxType { get; init; } = 1;

    /// <summary>The order that is asked for, the last change first: what changes while the pages are read then moves to where no page is missed.</summary>
    public int SortOrder { get; init; } = 1;

    /// <summary>Sends <c>FromDate</c>. Off for a portal whose search means a lead's creation by it: then pages are read until one holds no change that is new.</summary>
    public bool SearchByDate { get; init; } = true;

    /// <summary>Minutes that are read again before the time up to which all was read: clocks differ, and a webhook may have come late.</summary>
    public double OverlapMinutes { get; init; } = 10;

    /// <summary>Pages of 100 leads that one poll reads at the most; the next goes on behind them.</summary>
    public int PagesAPoll { get; init; } = 10;

    /// <summary>What is wrong with the settings, by the name an admin knows.</summary>
    public static IEnumerable<FieldError> Check(LawRulerStatusSettings? settings)
    {
        if (settings is null)
        {
            return [new FieldError("settings.statuses", "Expected an object.")];
        }

        (string Name, string? Value, string[] Places)[] paths = [("searchPath", settings.SearchPath, ["{page}", "{pageSize}"]), ("leadPath", settings.LeadPath, ["{leadId}"])];
        (string Name, double Value, double Min, double Max)[] numbers =
        [
            ("inboxType", settings.InboxType, 0, 1000), ("sortOrder", settings.SortOrder, 0, 1000), ("overlapMinutes", settings.OverlapMinutes, 0, 1440), ("pagesAPoll", settings.PagesAPoll, 1, 1000),
        ];
        return
        [
            .. paths.Where(path => !IsPath(path.Value, path.Places)).Select(path => new FieldError($"settings.statuses.{path.Name}", $"Expected a path that begins with one / and holds {string.Join(", ", path.Places)}.")),
            .. numbers.Where(number => !(number.Value >= number.Min && number.Value <= number.Max)).Select(number => new FieldError($"settings.statuses.{number.Name}", $"Expected a number from {number.Min} to {number.Max}.")),
        ];
    }

    private static bool IsPath(string? path, string[] places) =>
        path is { Length: <= 300 } && path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal) && !path.Any(c => char.IsControl(c) || c is ' ' or '\\')
        && Array.TrueForAll(places, place => path.Contains(place, StringComparison.Ordinal));
}
