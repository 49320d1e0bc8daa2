using System.Globalization;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>What a recording is called in Law Ruler.</summary>
public static class RecordingName
{
    /// <summary>
    /// <c>Kayse VoiceAI Recording – {Campaign} ({Timestamp}).mp3</c> as the guide prints it (an en dash, U+2013), without the campaign part where
    /// there is none; the timestamp is the call's start in the company's time zone. Law Ruler does not take .mp3, so the name ends in .wav.
    /// </summary>
    public static string Of(string? campaign, DateTimeOffset start, TimeZoneInfo timeZone, LawRulerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var time = TimeZoneInfo.ConvertTime(start, timeZone).ToString("yyyy-MM-dd HH-mm-ss", CultureInfo.InvariantCulture);
        var part = string.IsNullOrWhiteSpace(campaign) ? string.Empty : $" {(settings.AsciiFileNames ? '-' : '\u2013')} {Clean(campaign, settings.AsciiFileNames)}";
        return $"Kayse VoiceAI Recording{part} ({time}){(settings.RenameMp3ToWav ? ".wav" : ".mp3")}";
    }

    // Characters that no file system takes become a hyphen; letters outside the Latin script become an underscore, since Law Ruler
    // accepts such a name and silently keeps nothing.
    private static string Clean(string campaign, bool ascii)
    {
        var text = string.Concat(campaign.Trim().Select(c =>
            c is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' || char.IsControl(c) ? '-'
            : c > 0x7F && ascii ? '_'
            : char.IsLetter(c) && c > 0x24F ? '_'
            : char.IsSurrogate(c) ? '_'
            : c));
        return text.Length > 100 ? text[..100].TrimEnd() : text;
    }
}
