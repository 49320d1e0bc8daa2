namespace Kayse.Core.Connectors.LawRuler;

/// <summary>How the hourly sync reads Law Ruler. That leads can be searched is known from running integrations; the paths of notes and documents are not public.</summary>
public sealed record LawRulerSyncSettings
{
    /// <summary>Advanced API: searches leads; <c>{page}</c> and <c>{pageSize}</c> are filled in.</summary>
    public string SearchLeadsPath { get; init; } = "/ApiCases/SearchInboxItems?page={page}&pageSize={pageSize}";

    /// <summary>The inbox that is searched.</summary>
    public int InboxType { get; init; } = 1;

    /// <summary>The order that is asked for, the last change first: what changes while the pages are read then moves to where no page is missed.</summary>
    public int SortOrder { get; init; } = 1;

    /// <summary>Sends <c>FromDate</c>. Off for a portal whose search means a lead's creation by it: then all leads are read, and those that did not change are left out here.</summary>
    public bool SearchByDate { get; init; } = true;

    /// <summary>The case types whose leads become cases, by name; empty for all. A case that is there is kept up to date whatever its type.</summary>
    public IReadOnlyList<string> CaseTypes { get; init; } = [];

    /// <summary>Advanced API: the notes and messages that changed since <c>{since}</c>, of all leads. Law Ruler does not publish this path.</summary>
    public string ChangedNotesPath { get; init; } = "/ApiNotes/GetNotes?changedSince={since}&page={page}&pageSize={pageSize}";

    /// <summary>Fetches the documents of leads that are new or changed. Off: the guide says that documents go to Law Ruler and not from it.</summary>
    public bool ReceiveDocuments { get; init; }

    /// <summary>Advanced API: downloads a document. Law Ruler does not publish this path.</summary>
    public string DownloadPath { get; init; } = "/ApiDocuments/Download?id={documentId}";

    /// <summary>The largest document that is fetched, in megabytes.</summary>
    public int MaxDocumentMegabytes { get; init; } = 100;

    /// <summary>Records a page.</summary>
    public int PageSize { get; init; } = 100;

    /// <summary>Minutes that are read again before the time up to which all was read: clocks differ, and a change may become visible late.</summary>
    public double OverlapMinutes { get; init; } = 10;

    /// <summary>Days that the first sync of a firm looks back.</summary>
    public double FirstDays { get; init; } = 30;

    /// <summary>How much of the connection's rate limit the sync may use, in percent: the rest is for what calls and messages send.</summary>
    public double RatePercent { get; init; } = 50;

    /// <summary>What is wrong with the settings, by the name an admin knows.</summary>
    public static IEnumerable<FieldError> Check(LawRulerSyncSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (string Name, string? Value, string[] Places)[] paths =
        [
            ("searchLeadsPath", settings.SearchLeadsPath, ["{page}", "{pageSize}"]), ("changedNotesPath", settings.ChangedNotesPath, ["{since}", "{page}", "{pageSize}"]),
            ("downloadPath", settings.DownloadPath, ["{documentId}"]),
        ];
        var errors = paths.Select(path => LawRulerSettingsRules.CheckPath($"settings.sync.{path.Name}", path.Value, path.Places)).OfType<FieldError>().ToList();
        (string Name, double Value, double Min, double Max)[] numbers =
        [
            ("inboxType", settings.InboxType, 0, 1000), ("sortOrder", settings.SortOrder, 0, 1000), ("pageSize", settings.PageSize, 1, 500),
            ("overlapMinutes", settings.OverlapMinutes, 0, 1440), ("firstDays", settings.FirstDays, 0, 3650), ("ratePercent", settings.RatePercent, 1, 100),
            ("maxDocumentMegabytes", settings.MaxDocumentMegabytes, 1, 2000),
        ];
        errors.AddRange(numbers.Where(number => !(number.Value >= number.Min && number.Value <= number.Max))
            .Select(number => new FieldError($"settings.sync.{number.Name}", $"Expected a number from {number.Min} to {number.Max}.")));
        if (settings.CaseTypes is null || settings.CaseTypes.Count > 500 || settings.CaseTypes.Any(string.IsNullOrWhiteSpace))
        {
            errors.Add(new FieldError("settings.sync.caseTypes", "Expected at most 500 names of case types."));
        }

        return errors;
    }
}
