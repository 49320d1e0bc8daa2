namespace Kayse.Web;

/// <summary>Cells of answers in CSV.</summary>
internal static class Csv
{
    /// <summary>A cell in quotes; one that a spreadsheet would run as a formula begins with an apostrophe.</summary>
    public static string Cell(string? text)
    {
        var safe = text is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n', ..] ? $"'{text}" : text ?? string.Empty;
        return $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
