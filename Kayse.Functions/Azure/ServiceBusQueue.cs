using System.Collections.Concurrent;
using System.Globalization;
using Azure.Messaging.ServiceBus;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Core.Webhooks;

namespace Kayse.Functions.Azure;

/// <summary>
/// <see cref="IQueue"/> over Service Bus queues with sessions, whose triggers push. A message's own tries are counted in the property <c>tries</c>, since a message that
/// is put off is sent anew. The queues must not detect duplicates (a message may be sent again under its id) and not be partitioned (a batch holds several sessions).
/// </summary>
/// <param name="client">The namespace.</param>
/// <param name="clock">Says what is due.</param>
public sealed class ServiceBusQueue(ServiceBusClient client, TimeProvider clock) : IQueue
{
    /// <summary>The property that counts the failed tries; absent while there was none.</summary>
    public const string TriesProperty = "tries";

    /// <summary>The property in which a trigger says when it gave a message up, as Unix milliseconds; Service Bus keeps no such time itself.</summary>
    public const string DeadAtProperty = "dead-at";

    private const string Service = "Service Bus";
    private const int MaxDeadLetters = 1000;

    // 8 kB at most a message, 256 kB a batch in the smallest tier (learn.microsoft.com, "Service Bus quotas").
    private const int BatchSize = 20;
    private const int RequeueRounds = 10;
    private const int RequeuePage = 100;

    private static readonly string[] s_queues = [EventIntake.Queue, WebhookFanOut.Queue];

    private readonly ConcurrentDictionary<string, Lazy<ServiceBusSender>> _senders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<ServiceBusReceiver>> _deadLetters = new(StringComparer.Ordinal);

    /// <summary>The message that a trigger received.</summary>
    public static QueueMessage Read(string queue, ServiceBusReceivedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new QueueMessage(queue, message.MessageId, message.SessionId, message.Body.ToString());
    }

    /// <summary>How often the message was tried before this time.</summary>
    public static int Tries(ServiceBusReceivedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.ApplicationProperties.TryGetValue(TriesProperty, out var tries) && tries is int count ? count : 0;
    }

    /// <inheritdoc/>
    public Task SendAsync(QueueMessage message, DateTimeOffset? notBefore, CancellationToken cancellationToken)
    {
        QueueRules.Check(message);
        return SendAsync(message, 0, notBefore, cancellationToken);
    }

    /// <summary>Sends a message again that failed, to be tried no sooner than a time.</summary>
    public Task SendAgainAsync(QueueMessage message, int tries, DateTimeOffset notBefore, CancellationToken cancellationToken) => SendAsync(message, tries, notBefore, cancellationToken);

    /// <inheritdoc/>
    public async Task SendAsync(IReadOnlyList<QueueMessage> messages, CancellationToken cancellationToken)
    {
        QueueRules.Check(messages);
        foreach (var queue in messages.GroupBy(message => message.Queue, StringComparer.Ordinal))
        {
            foreach (var batch in queue.Chunk(BatchSize))
            {
                await AzureFaults.GuardAsync(Service, () => Sender(queue.Key).SendMessagesAsync([.. batch.Select(message => Message(message, 0, null))], cancellationToken), cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeadLetter>> DeadLettersAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxDeadLetters);
        var letters = new List<DeadLetter>();
        var place = after is null ? (Queue: s_queues[0], Number: 0L) : Place(after) ?? (Queue: s_queues[^1], Number: long.MaxValue - 1);
        foreach (var queue in s_queues.SkipWhile(queue => queue != place.Queue))
        {
            var from = queue == place.Queue ? place.Number + 1 : 1;
            while (letters.Count < limit)
            {
                var page = await AzureFaults.GuardAsync(Service, () => DeadLetters(queue).PeekMessagesAsync(limit - letters.Count, from, cancellationToken), cancellationToken);
                if (page.Count == 0)
                {
                    break;
                }

                letters.AddRange(page.Select(message => Letter(queue, message)));
                from = page[^1].SequenceNumber + 1;
            }
        }

        return letters;
    }

    /// <inheritdoc/>
    public async Task<int> PurgeAsync(CompanyId? company, DateTimeOffset deadBefore, CancellationToken cancellationToken)
    {
        var purged = 0;
        foreach (var queue in s_queues)
        {
            purged += await AzureFaults.GuardAsync(Service, () => PurgeAsync(queue, message => DeadLetter.IsOf(company, message.SessionId ?? "") && Letter(queue, message).DeadAt < deadBefore, cancellationToken), cancellationToken);
        }

        return purged;
    }

    private async Task<int> PurgeAsync(string queue, Func<ServiceBusReceivedMessage, bool> isDue, CancellationToken cancellationToken)
    {
        await using var receiver = client.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        var (held, purged) = (new List<ServiceBusReceivedMessage>(), 0);
        try
        {
            // Those that stay are held until the end, or the next page would bring them again.
            while (held.Count < RequeueRounds * RequeuePage && await receiver.ReceiveMessagesAsync(RequeuePage, TimeSpan.FromSeconds(2), cancellationToken) is { Count: > 0 } page)
            {
                foreach (var message in page)
                {
                    if (!isDue(message))
                    {
                        held.Add(message);
                        continue;
                    }

                    await receiver.CompleteMessageAsync(message, cancellationToken);
                    purged++;
                }
            }
        }
        finally
        {
            await Task.WhenAll(held.Select(message => ReleaseAsync(receiver, message)));
        }

        return purged;
    }

    /// <inheritdoc/>
    public Task<bool> RequeueAsync(string deadLetterId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deadLetterId);
        return Place(deadLetterId) is { } place
            ? AzureFaults.GuardAsync(Service, () => RequeueAsync(place.Queue, place.Number, cancellationToken), cancellationToken)
            : Task.FromResult(false);
    }

    private async Task<bool> RequeueAsync(string queue, long number, CancellationToken cancellationToken)
    {
        if (await DeadLetters(queue).PeekMessagesAsync(1, number, cancellationToken) is not [var peeked] || peeked.SequenceNumber != number)
        {
            return false;
        }

        // Only in their order can they be received: those before it are held meanwhile.
        await using var receiver = client.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        var held = new List<ServiceBusReceivedMessage>();
        try
        {
            for (var round = 0; round < RequeueRounds && await receiver.ReceiveMessagesAsync(RequeuePage, TimeSpan.FromSeconds(2), cancellationToken) is { Count: > 0 } page; round++)
            {
                held.AddRange(page);
                if (page.FirstOrDefault(message => message.SequenceNumber == number) is { } letter)
                {
                    await Sender(queue).SendMessageAsync(Message(Read(queue, letter), 0, null), cancellationToken);
                    await receiver.CompleteMessageAsync(letter, CancellationToken.None);
                    held.Remove(letter);
                    return true;
                }
            }
        }
        finally
        {
            await Task.WhenAll(held.Select(message => ReleaseAsync(receiver, message)));
        }

        throw new StorageUnavailableException("The dead letter is with another request, or stands behind more than 1,000 others. Try again in a minute, or requeue the older ones first.");
    }

    private static async Task ReleaseAsync(ServiceBusReceiver receiver, ServiceBusReceivedMessage message)
    {
        try
        {
            await receiver.AbandonMessageAsync(message, null, CancellationToken.None);
        }
        catch (ServiceBusException)
        {
            // Its lock ends by itself.
        }
    }

    private Task SendAsync(QueueMessage message, int tries, DateTimeOffset? notBefore, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return AzureFaults.GuardAsync(Service, () => Sender(message.Queue).SendMessageAsync(Message(message, tries, notBefore), cancellationToken), cancellationToken);
    }

    private ServiceBusMessage Message(QueueMessage message, int tries, DateTimeOffset? notBefore)
    {
        var sent = new ServiceBusMessage(message.Body) { MessageId = message.Id, SessionId = message.Session };
        if (tries > 0)
        {
            sent.ApplicationProperties[TriesProperty] = tries;
        }

        if (notBefore is { } time && time > clock.GetUtcNow())
        {
            sent.ScheduledEnqueueTime = time;
        }

        return sent;
    }

    private static DeadLetter Letter(string queue, ServiceBusReceivedMessage message) => new(
        string.Create(CultureInfo.InvariantCulture, $"{queue}.{message.SequenceNumber}"),
        queue,
        message.SessionId,
        message.Body.ToString(),
        Math.Max(Tries(message), message.DeliveryCount),
        message.DeadLetterReason ?? "unknown",
        message.ApplicationProperties.TryGetValue(DeadAtProperty, out var at) && at is long milliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : message.EnqueuedTime);

    private static (string Queue, long Number)? Place(string id) =>
        id.Split('.') is [var queue, var number] && s_queues.Contains(queue, StringComparer.Ordinal) && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
            ? (queue, parsed)
            : null;

    private ServiceBusSender Sender(string queue) => _senders.GetOrAdd(queue, name => new Lazy<ServiceBusSender>(() => client.CreateSender(name))).Value;

    private ServiceBusReceiver DeadLetters(string queue) =>
        _deadLetters.GetOrAdd(queue, name => new Lazy<ServiceBusReceiver>(() => client.CreateReceiver(name, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }))).Value;
}
