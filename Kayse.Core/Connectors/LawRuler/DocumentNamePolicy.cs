using System.Text;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// What documents are called in Law Ruler, which takes files of some kinds and names and never shows them: CSV, MP3 and letters outside the Latin script are known of,
/// others may be found (the customer's guide).
/// </summary>
public sealed record DocumentNamePolicy
{
    private const int MostEntries = 1000;

    /// <summary>Extensions that are sent as others, without dots and in lower case.</summary>
    public IReadOnlyDictionary<string, string> RenamedExtensions { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["csv"] = "txt", ["mp3"] = "wav" };

    /// <summary>Extensions that are not sent at all, after the renaming. The default, programs, is a choice of Kayse's.</summary>
    public IReadOnlyList<string> RefusedExtensions { get; init; } = ["bat", "cmd", "com", "exe", "js", "msi", "ps1", "scr", "vbs"];

    /// <summary>How letters are written in Latin ones, beyond what Kayse knows (Cyrillic, and Latin letters with accents); each a letter to its spelling.</summary>
    public IReadOnlyDictionary<string, string> Transliteration { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What is wrong with a policy.</summary>
    public static IEnumerable<FieldError> Check(DocumentNamePolicy? policy)
    {
        if (policy?.RenamedExtensions is null || policy.RenamedExtensions.Count > MostEntries || policy.RenamedExtensions.Any(pair => !IsExtension(pair.Key) || !IsExtension(pair.Value)))
        {
            yield return new FieldError("settings.documentNames.renamedExtensions", "Expected extensions by extension, each of 1 to 10 lower-case letters and digits without a dot, e.g. {\"csv\": \"txt\"}.");
        }

        if (policy?.RefusedExtensions is null || policy.RefusedExtensions.Count > MostEntries || !policy.RefusedExtensions.All(IsExtension))
        {
            yield return new FieldError("settings.documentNames.refusedExtensions", "Expected extensions of 1 to 10 lower-case letters and digits without a dot.");
        }

        if (policy?.Transliteration is null || policy.Transliteration.Count > MostEntries || policy.Transliteration.Any(pair => !IsLetter(pair.Key) || !IsSpelling(pair.Value)))
        {
            yield return new FieldError("settings.documentNames.transliteration", "Expected the spelling by letter: at most 10 of A to Z, a to z and 0 to 9 for one letter, e.g. {\"λ\": \"l\"}.");
        }
    }

    private static bool IsExtension(string? text) => text is { Length: > 0 and <= 10 } && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));

    private static bool IsLetter(string? text) =>
        text is { Length: 1 or 2 } && Rune.DecodeFromUtf16(text, out var rune, out var length) == System.Buffers.OperationStatus.Done && length == text.Length && !rune.IsAscii;

    private static bool IsSpelling(string? text) => text is { Length: <= 10 } && text.All(char.IsAsciiLetterOrDigit);
}
