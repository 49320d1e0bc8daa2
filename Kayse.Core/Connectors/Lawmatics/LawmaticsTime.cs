using System.Globalization;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Times as Lawmatics writes and reads them: ISO 8601 with the firm's offset.</summary>
public static class LawmaticsTime
{
    /// <summary>A time; null for what is none.</summary>
    public static DateTimeOffset? Read(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUniversalTime() : null;

    /// <summary>A time for a filter.</summary>
    public static string Write(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
