using System.Globalization;
using System.Text;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>What a document is called in Law Ruler, by the firm's <see cref="DocumentNamePolicy"/>.</summary>
/// <param name="Text">The name; null when the document cannot be sent.</param>
/// <param name="IsChanged">True when it is not the name that the document has.</param>
/// <param name="Problem">Why it cannot be sent and what to do; or null.</param>
public sealed record DocumentName(string? Text, bool IsChanged = false, string? Problem = null)
{
    private const int MaxStem = 150;
    private const int MaxExtension = 10;

    /// <summary>The name for a document.</summary>
    /// <param name="given">The name that it has, or null.</param>
    /// <param name="contentType">Its media type, or null: it gives the extension where the name has none.</param>
    /// <param name="id">Our id, for one without a name.</param>
    /// <param name="settings">The connection's settings.</param>
    public static DocumentName Of(string? given, string? contentType, string id, LawRulerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var own = given?.Trim() ?? string.Empty;
        if (Latin(own, settings) is not { } latin)
        {
            return new DocumentName(null, Problem: "The document's name has letters that Law Ruler does not take and Kayse cannot write in Latin ones. Rename the document, or say how they are written (setting documentNames.transliteration), then rerun from this step.");
        }

        var (stem, extension) = Split(latin.Trim().TrimEnd('.', ' '), contentType);
        stem = stem.Trim(' ', '.') is { Length: > 0 } text ? text : $"Kayse document {id}";
        stem = stem.Length > MaxStem ? stem[..MaxStem].TrimEnd() : stem;
        var policy = settings.DocumentNames;
        var sent = extension is not null && policy.RenamedExtensions.TryGetValue(extension.ToLowerInvariant(), out var renamed) ? renamed : extension;
        if (sent is not null && policy.RefusedExtensions.Contains(sent.ToLowerInvariant()))
        {
            return new DocumentName(null, Problem: $"Files that end in .{sent.ToLowerInvariant()} are not sent to Law Ruler (setting documentNames.refusedExtensions). Send the document in another form, or change the setting, then rerun from this step.");
        }

        var name = sent is null ? stem : $"{stem}.{sent}";
        return new DocumentName(name, IsChanged: own.Length > 0 && name != own);
    }

    private static (string Stem, string? Extension) Split(string name, string? contentType)
    {
        var dot = name.LastIndexOf('.');
        var extension = name[(dot + 1)..];
        return dot >= 0 && extension.Length is > 0 and <= MaxExtension && extension.All(char.IsAsciiLetterOrDigit)
            ? (name[..dot], extension)
            : (name, Extension(contentType));
    }

    private static string? Extension(string? contentType) => contentType?.Split(';')[0].Trim().ToLowerInvariant() switch
    {
        "application/pdf" => "pdf",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "text/csv" => "csv",
        "text/plain" => "txt",
        "audio/mpeg" => "mp3",
        "application/msword" => "doc",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        _ => null,
    };

    /// <summary>The name in Latin letters without accents; null when it has one that cannot be written so.</summary>
    private static string? Latin(string name, LawRulerSettings settings)
    {
        var text = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            if (Spelling(rune, settings) is not { } spelling)
            {
                return null;
            }

            text.Append(spelling);
        }

        return text.ToString();
    }

    private static string? Spelling(Rune rune, LawRulerSettings settings)
    {
        var letter = rune.ToString();
        if (rune.IsAscii)
        {
            return Rune.IsControl(rune) || letter[0] is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' ? "-" : letter;
        }

        return settings.DocumentNames.Transliteration.TryGetValue(letter, out var firms) ? firms
            : Transliteration.Of(rune) is { } known ? known
            : Rune.GetUnicodeCategory(rune) switch
            {
                UnicodeCategory.DecimalDigitNumber => ((int)Rune.GetNumericValue(rune)).ToString(CultureInfo.InvariantCulture),
                UnicodeCategory.NonSpacingMark or UnicodeCategory.Format or UnicodeCategory.Control => string.Empty,
                UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => " ",
                UnicodeCategory.DashPunctuation => settings.AsciiFileNames ? "-" : letter,
                UnicodeCategory.OtherPunctuation or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation
                    or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation => settings.AsciiFileNames ? "_" : letter,
                _ when Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpacingCombiningMark or UnicodeCategory.LetterNumber => null,
                _ => "_",
            };
    }
}
