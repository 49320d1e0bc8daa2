using Kayse.Core.Companies;

namespace Kayse.Core.Storage;

/// <summary>A message: which queue, whose turn it takes, and what it is about.</summary>
/// <param name="Queue">The queue, e.g. <c>platform-events</c>.</param>
/// <param name="Id">The message's id; the same id sent again may be handled again.</param>
/// <param name="Session">
/// Whose turn it takes (<c>{companyId}-{part}</c>, e.g. <c>demo-3</c>): one firm's burst does not delay another's, nor one part's
/// its firm's other parts.
/// </param>
/// <param name="Body">Ids only, as JSON or a plain id; no personal data. (One that the platform puts into the event queue itself is an event.)</param>
public sealed record QueueMessage(string Queue, string Id, string Session, string Body)
{
    /// <summary>UTF-8 bytes of a body.</summary>
    public const int MaxBodyBytes = 8 * 1024;

    /// <summary>Tries after which a message becomes a dead letter.</summary>
    public const int MaxTries = 10;
}

/// <summary>A message that failed <see cref="QueueMessage.MaxTries"/> times.</summary>
/// <param name="Id">Its id as a dead letter.</param>
/// <param name="Queue">The queue it was in.</param>
/// <param name="Session">Its session.</param>
/// <param name="Body">Its body: ids only.</param>
/// <param name="Tries">How often it was tried.</param>
/// <param name="Error">The last fault's type, never its text, which may hold personal data; or why the message was refused.</param>
/// <param name="DeadAt">When it was given up.</param>
public sealed record DeadLetter(string Id, string Queue, string Session, string Body, int Tries, string Error, DateTimeOffset DeadAt)
{
    /// <summary>True when a session is one of a firm's; for null of any.</summary>
    public static bool IsOf(CompanyId? company, string session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return company is null || session.StartsWith($"{company}-", StringComparison.Ordinal);
    }
}
