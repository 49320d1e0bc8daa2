namespace Kayse.Core.Cases.Import;

/// <summary>A row of a table.</summary>
/// <param name="Number">Which row of the file it is, from 1, as a spreadsheet numbers it.</param>
/// <param name="Cells">Its cells as text.</param>
public sealed record SheetRow(int Number, IReadOnlyList<string> Cells)
{
    /// <summary>True when no cell has anything to see.</summary>
    public bool IsBlank => Cells.All(string.IsNullOrWhiteSpace);
}
