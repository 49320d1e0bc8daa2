using System.Globalization;
using System.Text;
using Kayse.Core.Cases;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>The note of a message: what the guide wants to be seen of it, its text, and the line by which it is found again.</summary>
public static class MessageTexts
{
    /// <summary>The note's title, e.g. <c>Outbound SMS</c>.</summary>
    public static string Title(SentMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return $"{Direction(message)} {Channel(message)}";
    }

    /// <summary>The last line of a message's note.</summary>
    public static string Marker(string id) => $"Kayse message {id}";

    /// <summary>The note's text. The time is that of the connection's time zone.</summary>
    public static string Note(SentMessage message, LawRulerTarget target)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(target);
        var time = TimeZoneInfo.ConvertTime(message.SentAt, LawRulerTime.Zone(target.Settings.TimeZone)).ToString("M/d/yyyy h:mm:ss tt", CultureInfo.InvariantCulture);
        var text = new StringBuilder()
            .Append("Direction: ").Append(Direction(message)).Append('\n')
            .Append("Channel: ").Append(Channel(message)).Append('\n')
            .Append("Time: ").Append(time).Append(" (").Append(target.Settings.TimeZone).Append(")\n")
            .Append("Author: ").Append(Author(message, target)).Append('\n');
        if (message.Subject is { } subject)
        {
            text.Append("Subject: ").Append(subject).Append('\n');
        }

        return text.Append('\n').Append(message.Text.Length > 0 ? message.Text : "(no text)").Append("\n\n").Append(Marker(message.Id)).ToString();
    }

    private static string Direction(SentMessage message) => message.IsInbound ? "Inbound" : "Outbound";

    private static string Channel(SentMessage message) => message.Channel?.ToLowerInvariant() switch
    {
        null => "message",
        "sms" => "SMS",
        "mms" => "MMS",
        "email" or "e-mail" => "e-mail",
        "in_app" or "in-app" or "inapp" => "in-app message",
        _ => message.Channel,
    };

    private static string Author(SentMessage message, LawRulerTarget target) =>
        message.Author ?? (message.IsInbound ? Name(target.Client) ?? "Client" : target.Company.Name);

    private static string? Name(Client? client)
    {
        var name = client?.FullName ?? string.Join(' ', new[] { client?.FirstName, client?.LastName }.Where(part => !string.IsNullOrWhiteSpace(part)));
        return string.IsNullOrWhiteSpace(name) ? null : name;
    }
}
