namespace Kayse.Core.Cases.Import;

/// <summary>An import of a file: what was read, how its columns are matched, and how far it is. The rows themselves are blobs.</summary>
public sealed record CaseImport
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>When the file came: what Law Ruler told of a status since then is newer.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>One of <see cref="ImportStates"/>.</summary>
    public required string State { get; init; }

    /// <summary>The file's name as it was sent, or null for pasted text.</summary>
    public string? FileName { get; init; }

    /// <summary><c>text</c> (CSV, TSV, pasted) or <c>xlsx</c>.</summary>
    public string? Format { get; init; }

    /// <summary>The text's encoding; null for a workbook.</summary>
    public string? Encoding { get; init; }

    /// <summary>Rows below the header that are not blank.</summary>
    public int Rows { get; init; }

    /// <summary>Into how many parts they are stored.</summary>
    public int Chunks { get; init; }

    /// <summary>For each column the known field that it is, <see cref="ImportMapping.Other"/> for one that is kept under its own name, or null for one that is left out.</summary>
    public IReadOnlyList<string?> Mapping { get; init; } = [];

    /// <summary>What was odd about the file.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What is done with a row whose Lead ID is known: one of <see cref="DuplicateModes"/>; null before the start.</summary>
    public string? Duplicates { get; init; }

    /// <summary>The list that every imported case joins, or null.</summary>
    public string? ListId { get; init; }

    /// <summary>When it was started, or null.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended, or null.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The part that comes next: all before it are done.</summary>
    public int NextChunk { get; init; }

    /// <summary>What became of the rows that are done.</summary>
    public ImportCounts Counts { get; init; } = new();

    /// <summary>The parts that have a report.</summary>
    public IReadOnlyList<int> Reported { get; init; } = [];

    /// <summary>Why it failed, or null.</summary>
    public string? Error { get; init; }
}

/// <summary>Where an import stands.</summary>
public static class ImportStates
{
    /// <summary>The file is being read.</summary>
    public const string Reading = "reading";

    /// <summary>The file was read; nothing is written until it is started.</summary>
    public const string Uploaded = "uploaded";

    /// <summary>It was started.</summary>
    public const string Running = "running";

    /// <summary>Every row is done.</summary>
    public const string Completed = "completed";

    /// <summary>Every row is done, and some were refused.</summary>
    public const string CompletedWithProblems = "completed_with_problems";

    /// <summary>It broke off.</summary>
    public const string Failed = "failed";
}

/// <summary>What is done with a row whose Lead ID has a case already, or came in a row before.</summary>
public static class DuplicateModes
{
    /// <summary>The row is left out.</summary>
    public const string Skip = "skip";

    /// <summary>The row's values replace the case's; blank ones replace nothing.</summary>
    public const string Update = "update";

    /// <summary>The row becomes a further case of the same Lead ID. Law Ruler's later posts go to the first.</summary>
    public const string Create = "create";

    /// <summary>The row's values fill in what the case does not have.</summary>
    public const string Merge = "merge";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Skip, Update, Create, Merge];
}

/// <summary>What became of rows.</summary>
/// <param name="Created">Became a case.</param>
/// <param name="Updated">Were laid over a case.</param>
/// <param name="Merged">Filled in what a case did not have.</param>
/// <param name="Skipped">Were left out as duplicates.</param>
/// <param name="Refused">Could not be imported; the report says why.</param>
public sealed record ImportCounts(int Created = 0, int Updated = 0, int Merged = 0, int Skipped = 0, int Refused = 0)
{
    /// <summary>All of them.</summary>
    public int Done => Created + Updated + Merged + Skipped + Refused;

    /// <summary>These and others.</summary>
    public ImportCounts Plus(ImportCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new ImportCounts(Created + other.Created, Updated + other.Updated, Merged + other.Merged, Skipped + other.Skipped, Refused + other.Refused);
    }
}

/// <summary>What the report says about a row.</summary>
/// <param name="Row">The row, as a spreadsheet numbers it.</param>
/// <param name="LeadId">Its Lead ID as it stands there, or null.</param>
/// <param name="Kind"><c>refused</c>, or <c>warning</c> for a row that was imported.</param>
/// <param name="Errors">What is wrong, by the column's name.</param>
public sealed record ImportNote(int Row, string? LeadId, string Kind, IReadOnlyList<FieldError> Errors)
{
    /// <summary>The kind of a row that was not imported.</summary>
    public const string Refused = "refused";

    /// <summary>The kind of a row that was imported though something about it was odd.</summary>
    public const string Warning = "warning";
}
