using Kayse.Core;
using Kayse.Core.Cases.Import;

namespace Kayse.Web.Imports;

/// <summary>An import as it is answered.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State"><c>reading</c>, <c>uploaded</c>, <c>running</c>, <c>completed</c>, <c>completed_with_problems</c>, <c>failed</c> or <c>terminated</c>.</param>
/// <param name="CreatedAt">When the file came.</param>
/// <param name="FileName">The file's name, or null for pasted text.</param>
/// <param name="Format"><c>text</c> or <c>xlsx</c>.</param>
/// <param name="Encoding">The text's encoding as it was read; null for a workbook.</param>
/// <param name="Rows">Rows below the header.</param>
/// <param name="Columns">The columns and what they are matched with.</param>
/// <param name="Problems">What is to be mended before it can be started.</param>
/// <param name="Warnings">What was odd about the file.</param>
/// <param name="Duplicates">What is done with rows whose Lead ID is known; null before the start.</param>
/// <param name="ListId">The list that imported cases join, or null.</param>
/// <param name="StartedAt">When it was started, or null.</param>
/// <param name="EndedAt">When it ended, or null.</param>
/// <param name="Done">Rows that are done.</param>
/// <param name="Counts">What became of them.</param>
/// <param name="Error">Why it failed, or null.</param>
/// <param name="Workflow">The workflow's id; null before the start.</param>
public sealed record ImportView(
    string Id,
    string State,
    DateTimeOffset CreatedAt,
    string? FileName,
    string? Format,
    string? Encoding,
    int Rows,
    IReadOnlyList<ImportColumn> Columns,
    IReadOnlyList<FieldError> Problems,
    IReadOnlyList<string> Warnings,
    string? Duplicates,
    string? ListId,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    int Done,
    ImportCounts Counts,
    string? Error,
    string? Workflow)
{
    /// <summary>The view of a stored import.</summary>
    /// <param name="import">The import.</param>
    /// <param name="columns">Its columns' names.</param>
    public static ImportView From(CaseImport import, IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(import);
        return new ImportView(
            import.Id,
            import.State,
            import.CreatedAt,
            import.FileName,
            import.Format,
            import.Encoding,
            import.Rows,
            [.. columns.Zip(import.Mapping, (name, field) => (name, field)).Select((column, i) => new ImportColumn(i, column.name, column.field))],
            import.State == ImportStates.Uploaded ? ImportMapping.Check(import.Mapping) : [],
            import.Warnings,
            import.Duplicates,
            import.ListId,
            import.StartedAt,
            import.EndedAt,
            import.Counts.Done,
            import.Counts,
            import.Error,
            import.StartedAt is null ? null : ImportWorkflow.Id(import.Id));
    }
}

/// <summary>A column of a file.</summary>
/// <param name="Index">Which column, from 0.</param>
/// <param name="Name">Its name in the file.</param>
/// <param name="Field">The field that it is; <c>*</c> for one that is kept under its own name; null for one that is left out.</param>
public sealed record ImportColumn(int Index, string Name, string? Field);

/// <summary>Matchings as they are sent; columns that are not named stay as they are.</summary>
/// <param name="Columns">The columns.</param>
public sealed record ImportMappingBody(IReadOnlyList<ImportColumnBody?>? Columns);

/// <summary>A column's matching as it is sent.</summary>
/// <param name="Index">Which column, from 0.</param>
/// <param name="Field">A known field; <c>*</c> to keep it under its own name; null to leave it out.</param>
public sealed record ImportColumnBody(int? Index, string? Field);

/// <summary>How an import is started.</summary>
/// <param name="Duplicates">What is done with rows whose Lead ID is known: <c>skip</c>, <c>update</c>, <c>create</c> or <c>merge</c>.</param>
/// <param name="ListId">A list that every imported case joins; optional.</param>
public sealed record ImportStartBody(string? Duplicates, string? ListId);
