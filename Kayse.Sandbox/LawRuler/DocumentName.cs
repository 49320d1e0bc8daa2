using System.Globalization;
using System.Text;

namespace Kayse.Sandbox.LawRuler;

/// <summary>The names and folders of documents, with Law Ruler's silent refusals.</summary>
internal static class DocumentName
{
    private static readonly string[] DroppedEndings = [".mp3", ".csv"];

    /// <summary>Whether Law Ruler accepts a document of this name and then never shows it.</summary>
    public static bool IsSilentlyDropped(string name) =>
        DroppedEndings.Any(e => name.TrimEnd().EndsWith(e, StringComparison.OrdinalIgnoreCase))
        || name.EnumerateRunes().Any(r => Rune.IsLetter(r) && !IsLatin(r));

    /// <summary>A folder's path with one slash before it and none after.</summary>
    public static string Folder(string? path) =>
        "/" + string.Join('/', (path ?? "").Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>Whether a folder is another one or lies within it.</summary>
    public static bool IsWithin(string folder, string parent) =>
        parent == "/" || folder.Equals(parent, StringComparison.OrdinalIgnoreCase)
        || folder.StartsWith(parent + "/", StringComparison.OrdinalIgnoreCase);

    // The blocks of Latin letters: to U+024F, phonetic additions and Latin Extended Additional, ligatures, full width, Extended C to E.
    private static bool IsLatin(Rune letter) =>
        Rune.GetUnicodeCategory(letter) == UnicodeCategory.ModifierLetter
        || letter.Value is <= 0x02AF or (>= 0x1D00 and <= 0x1EFF) or (>= 0x2C60 and <= 0x2C7F)
            or (>= 0xA720 and <= 0xA7FF) or (>= 0xAB30 and <= 0xAB6F) or (>= 0xFB00 and <= 0xFB06) or (>= 0xFF21 and <= 0xFF5A);
}
