using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Standalone.Storage;

/// <summary><see cref="IQueue"/> over the tables <c>message</c> and <c>dead_letter</c>; a <see cref="QueuePump"/> pushes what is in it. One a database.</summary>
public sealed class SqliteQueue : IQueue
{
    private const int MaxDeadLetters = 1000;

    private readonly TimeProvider _time;

    /// <summary>Opens the queues of a database.</summary>
    /// <param name="database">The database.</param>
    /// <param name="time">Says what is due.</param>
    public SqliteQueue(SqliteDatabase database, TimeProvider time)
    {
        _time = time;
        Messages = new MessageTable(database);
    }

    /// <summary>Hears of each durable message: whose turn it takes, and when it is visible.</summary>
    internal Action<QueueTurn, long>? Sent { get; set; }

    /// <summary>The tables.</summary>
    internal MessageTable Messages { get; }

    /// <inheritdoc/>
    public async Task SendAsync(QueueMessage message, DateTimeOffset? notBefore, CancellationToken cancellationToken)
    {
        QueueRules.Check(message);
        cancellationToken.ThrowIfCancellationRequested();
        var visibleAt = notBefore is { } time ? RoundedUp(time) : _time.GetUtcNow().ToUnixTimeMilliseconds();
        await SendDurablyAsync(message, visibleAt).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task SendAsync(IReadOnlyList<QueueMessage> messages, CancellationToken cancellationToken)
    {
        QueueRules.Check(messages);
        cancellationToken.ThrowIfCancellationRequested();
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        await Task.WhenAll(messages.Select(message => SendDurablyAsync(message, now))).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DeadLetter>> DeadLettersAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxDeadLetters);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Messages.DeadLetters(after, limit));
    }

    /// <inheritdoc/>
    public async Task<bool> RequeueAsync(string deadLetterId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deadLetterId);
        cancellationToken.ThrowIfCancellationRequested();
        return await ReviveAsync(deadLetterId).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<int> PurgeAsync(CompanyId? company, DateTimeOffset deadBefore, CancellationToken cancellationToken) =>
        Messages.PurgeAsync(company is { } one ? $"{one}-" : "", deadBefore.ToUnixTimeMilliseconds()).WaitAsync(cancellationToken);

    // No sooner than: a part of a millisecond counts as a whole one.
    private static long RoundedUp(DateTimeOffset time) => time.AddTicks(TimeSpan.TicksPerMillisecond - 1).ToUnixTimeMilliseconds();

    // Apart from the caller's waiting: who stops waiting has sent the message all the same, and the pump must hear of it.
    private async Task SendDurablyAsync(QueueMessage message, long visibleAt)
    {
        await Messages.AddAsync(message, visibleAt);
        Sent?.Invoke(new QueueTurn(message.Queue, message.Session), visibleAt);
    }

    private async Task<bool> ReviveAsync(string id)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        if (await Messages.ReviveAsync(id, now) is not { } turn)
        {
            return false;
        }

        Sent?.Invoke(turn, now);
        return true;
    }
}
