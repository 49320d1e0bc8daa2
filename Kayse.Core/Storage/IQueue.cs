using Kayse.Core.Companies;

namespace Kayse.Core.Storage;

/// <summary>
/// Messages that are pushed to an <see cref="IQueueHandler"/>, as the triggers of Azure Functions are: at least once, in no
/// promised order, one at a time within a session; after 10 failed tries a message is a dead letter. Messages carry ids only.
/// A full or unreachable store throws <see cref="StorageUnavailableException"/>.
/// </summary>
public interface IQueue
{
    /// <summary>Sends a message now, or to be handled no sooner than <paramref name="notBefore"/>; durable when the task completes.</summary>
    /// <exception cref="ArgumentException">The body has more than <see cref="QueueMessage.MaxBodyBytes"/> bytes, or an id or session is not allowed.</exception>
    Task SendAsync(QueueMessage message, DateTimeOffset? notBefore, CancellationToken cancellationToken);

    /// <summary>Sends several messages now, in fewer requests where the adapter can; durable when the task completes. When it fails, some may have been sent.</summary>
    /// <exception cref="ArgumentException">As for one; then none was sent.</exception>
    Task SendAsync(IReadOnlyList<QueueMessage> messages, CancellationToken cancellationToken);

    /// <summary>The dead letters, oldest first (where each queue keeps its own, queue by queue), after <paramref name="after"/> (an id), at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<DeadLetter>> DeadLettersAsync(string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Removes dead letters for good, of one firm (by their session) or of all, that were given up before a time; returns how many.</summary>
    Task<int> PurgeAsync(CompanyId? company, DateTimeOffset deadBefore, CancellationToken cancellationToken);

    /// <summary>Puts a dead letter back into its queue with its tries at zero; false when there is none of that id.</summary>
    Task<bool> RequeueAsync(string deadLetterId, CancellationToken cancellationToken);
}
