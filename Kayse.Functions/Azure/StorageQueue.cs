using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Storage.Queues;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Storage;

namespace Kayse.Functions.Azure;

/// <summary>
/// <see cref="IQueue"/> over Storage Queues, for small installations and Azurite, whose triggers push. They have no sessions, so messages of one session may be handled
/// side by side, and no dead letters, so those are rows of a table. A message is put off for 7 days at most: one that is due later comes then, and who handles it
/// looks at the time himself. Queues are made at their first use.
/// </summary>
/// <param name="client">The account's queues; the encoding of its messages must be the triggers', Base64.</param>
/// <param name="store">Where dead letters are kept.</param>
/// <param name="clock">Says what is due.</param>
public sealed class StorageQueue(QueueServiceClient client, IEntityStore store, TimeProvider clock) : IQueue
{
    /// <summary>The table of the dead letters.</summary>
    public const string DeadLetterTable = "deadletters";

    private const string Service = "Queue storage";
    private const string Partition = "dead-letters";

    // learn.microsoft.com, "Put Message": the visibility time-out is whole seconds up to 7 days; a time to live of -1 never ends.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(7);
    private static readonly TimeSpan s_forever = TimeSpan.FromSeconds(-1);

    private readonly ConcurrentDictionary<string, QueueClient> _queues = new(StringComparer.Ordinal);
    private readonly EntityTable<StoredLetter> _letters = new(store, DeadLetterTable, static () => StorageQueueJson.Relaxed.StoredLetter);

    /// <summary>The message that a trigger received, and how often it was tried before. What is none of ours is the body of the platform's own message.</summary>
    public static (QueueMessage Message, int Tries) Read(string queue, string messageId, string text)
    {
        try
        {
            if (JsonSerializer.Deserialize(text, StorageQueueJson.Relaxed.StoredMessage) is { Id: not null, Session: not null, Body: not null } stored)
            {
                return (new QueueMessage(queue, stored.Id, stored.Session, stored.Body), stored.Tries);
            }
        }
        catch (JsonException)
        {
            // Its handler says what is wrong with it.
        }

        return (new QueueMessage(queue, messageId, PlatformMessages.Session(text), text), 0);
    }

    /// <inheritdoc/>
    public Task SendAsync(QueueMessage message, DateTimeOffset? notBefore, CancellationToken cancellationToken)
    {
        QueueRules.Check(message);
        cancellationToken.ThrowIfCancellationRequested();
        return PutAsync(message, 0, notBefore, cancellationToken);
    }

    /// <summary>Sends a message again that failed, to be tried no sooner than a time.</summary>
    public Task SendAgainAsync(QueueMessage message, int tries, DateTimeOffset notBefore, CancellationToken cancellationToken) => PutAsync(message, tries, notBefore, cancellationToken);

    /// <inheritdoc/>
    public Task SendAsync(IReadOnlyList<QueueMessage> messages, CancellationToken cancellationToken)
    {
        QueueRules.Check(messages);
        return Task.WhenAll(messages.Select(message => SendAsync(message, null, cancellationToken)));
    }

    /// <summary>Keeps a message that was given up as a dead letter.</summary>
    /// <param name="message">The message.</param>
    /// <param name="tries">How often it was tried.</param>
    /// <param name="error">The last fault's type; never its text.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task KeepDeadLetterAsync(QueueMessage message, int tries, string error, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var letter = new StoredLetter(message.Queue, message.Id, message.Session, message.Body, tries, error, clock.GetUtcNow());
        return _letters.InsertAsync(Partition, Ids.New("dl", clock), letter, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeadLetter>> DeadLettersAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        var (rows, _) = await _letters.QueryAsync(Partition, new RowRange("", after), limit, cancellationToken);
        return [.. rows.Select(row => new DeadLetter(row.Row, row.Value.Queue, row.Value.Session, row.Value.Body, row.Value.Tries, row.Value.Error, row.Value.DeadAt))];
    }

    /// <inheritdoc/>
    public async Task<int> PurgeAsync(CompanyId? company, DateTimeOffset deadBefore, CancellationToken cancellationToken)
    {
        var purged = 0;
        await foreach (var letter in _letters.AllAsync(Partition, new RowRange(), cancellationToken))
        {
            purged += letter.Value.DeadAt < deadBefore && DeadLetter.IsOf(company, letter.Value.Session) && await _letters.DeleteAsync(Partition, letter, cancellationToken) ? 1 : 0;
        }

        return purged;
    }

    /// <inheritdoc/>
    public async Task<bool> RequeueAsync(string deadLetterId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deadLetterId);
        if (!Ids.IsValid(deadLetterId) || await _letters.GetAsync(Partition, deadLetterId, cancellationToken) is not { } letter)
        {
            return false;
        }

        // Sent first: a crash between the two costs a second message, the other way round it would cost the only one.
        await PutAsync(new QueueMessage(letter.Value.Queue, letter.Value.Id, letter.Value.Session, letter.Value.Body), 0, null, cancellationToken);
        await _letters.DeleteAsync(Partition, letter, cancellationToken);
        return true;
    }

    private TimeSpan? Wait(DateTimeOffset? notBefore)
    {
        var wait = TimeSpan.FromSeconds(Math.Ceiling(((notBefore ?? DateTimeOffset.MinValue) - clock.GetUtcNow()).TotalSeconds));
        return wait <= TimeSpan.Zero ? null : wait < s_longest ? wait : s_longest;
    }

    private Task PutAsync(QueueMessage message, int tries, DateTimeOffset? notBefore, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var text = JsonSerializer.Serialize(new StoredMessage(message.Id, message.Session, message.Body, tries), StorageQueueJson.Relaxed.StoredMessage);
        return AzureFaults.GuardAsync(Service, () => PutAsync(message.Queue, text, Wait(notBefore), cancellationToken), cancellationToken);
    }

    private async Task<bool> PutAsync(string name, string text, TimeSpan? wait, CancellationToken cancellationToken)
    {
        var queue = _queues.GetOrAdd(name, client.GetQueueClient);
        try
        {
            await queue.SendMessageAsync(text, wait, s_forever, cancellationToken);
        }
        catch (RequestFailedException fault) when (fault.ErrorCode == "QueueNotFound")
        {
            await queue.CreateIfNotExistsAsync(null, cancellationToken);
            await queue.SendMessageAsync(text, wait, s_forever, cancellationToken);
        }

        return true;
    }
}

/// <summary>The text of a message.</summary>
internal sealed record StoredMessage(string Id, string Session, string Body, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Tries = 0);

/// <summary>A dead letter's row.</summary>
internal sealed record StoredLetter(string Queue, string Id, string Session, string Body, int Tries, string Error, DateTimeOffset DeadAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoredMessage))]
[JsonSerializable(typeof(StoredLetter))]
internal sealed partial class StorageQueueJson : JsonSerializerContext
{
    /// <summary>With quotes and letters as short as they can be: a message has 64 KiB, a body of 8 kB inside it has to fit.</summary>
    public static StorageQueueJson Relaxed { get; } = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
