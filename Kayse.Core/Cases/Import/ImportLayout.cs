using Kayse.Core.Connectors.LawRuler;

namespace Kayse.Core.Cases.Import;

/// <summary>A file's columns with what they are matched with; understands rows.</summary>
/// <param name="columns">The columns' names.</param>
/// <param name="mapping">What each is.</param>
/// <param name="settings">What counts as blank.</param>
public sealed class ImportLayout(IReadOnlyList<string> columns, IReadOnlyList<string?> mapping, LawRulerWebhookSettings settings)
{
    /// <summary>Understands a row.</summary>
    /// <returns>The row as the webhook's own code takes it; and what is wrong with it, by the column's name.</returns>
    public (LeadPost Post, IReadOnlyList<FieldError> Errors) Read(SheetRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var known = new List<KeyValuePair<string, string>>();
        var others = new List<KeyValuePair<string, string>>();
        for (var i = 0; i < columns.Count && i < row.Cells.Count; i++)
        {
            if (mapping[i] is { } field)
            {
                var isOther = field == ImportMapping.Other;
                (isOther ? others : known).Add(KeyValuePair.Create(isOther ? columns[i] : field, row.Cells[i]));
            }
        }

        var post = LeadPost.Of(known, others, settings);
        var errors = ImportMapping.Required.Select(field => CheckId(field, post[field])).OfType<FieldError>().ToList();
        if (row.Cells.Skip(columns.Count).Any(cell => !string.IsNullOrWhiteSpace(cell)))
        {
            errors.Add(new FieldError($"Column {columns.Count + 1}", $"The row has {row.Cells.Count} cells and the header {columns.Count}: a delimiter or quote within a cell may be amiss."));
        }

        return (post, errors);
    }

    /// <summary>The name of the column that is a field; the field where there is none.</summary>
    public string ColumnOf(string field)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (mapping[i] == field)
            {
                return columns[i];
            }
        }

        return field;
    }

    /// <summary>A warning of the webhook's code, which begins with its field, by the column's name.</summary>
    public FieldError Warning(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var field = ImportMapping.Fields.Where(field => text.StartsWith($"{field} ", StringComparison.Ordinal)).MaxBy(field => field.Length);
        return new FieldError(field is null ? "row" : ColumnOf(field), text);
    }

    private FieldError? CheckId(string field, string? value) =>
        value is null ? new FieldError(ColumnOf(field), $"The {field} is required.")
        : !LeadId.TryParse(value, null, out _) ? new FieldError(ColumnOf(field), $"Expected Law Ruler's {field}: 1 to 64 letters, digits, hyphens and underscores.")
        : null;
}
