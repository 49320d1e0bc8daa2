using System.Globalization;
using Kayse.Core.Events;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>A message between a firm and its client as an event tells it. Everything but the id may be missing.</summary>
/// <param name="Id">The platform's id.</param>
/// <param name="Channel">The way it went, as the platform names it: <c>sms</c>, <c>email</c>, <c>in_app</c>; or null.</param>
/// <param name="IsInbound">True when the client wrote it.</param>
/// <param name="Subject">Its subject, or null.</param>
/// <param name="Text">Its text.</param>
/// <param name="SentAt">When it was sent; when the event happened where that is unknown.</param>
/// <param name="Author">Who wrote it, where the event says so.</param>
public sealed record SentMessage(string Id, string? Channel, bool IsInbound, string? Subject, string Text, DateTimeOffset SentAt, string? Author)
{
    /// <summary>Reads the message of an event that has one.</summary>
    public static SentMessage From(PlatformEvent platformEvent)
    {
        ArgumentNullException.ThrowIfNull(platformEvent);
        var message = platformEvent.Data.GetProperty("message");
        var isTime = DateTimeOffset.TryParse(JsonText.Text(message, "sentAt"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var sentAt) && sentAt.Year > 2000;
        return new SentMessage(
            JsonText.Text(message, "id")!,
            Filled(JsonText.Text(message, "channel")),
            string.Equals(JsonText.Text(message, "direction"), "inbound", StringComparison.OrdinalIgnoreCase),
            Filled(JsonText.Text(message, "subject")),
            JsonText.Text(message, "text")?.Trim() ?? string.Empty,
            isTime ? sentAt : platformEvent.OccurredAt,
            Filled(JsonText.Text(message, "author")));
    }

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
