using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Events;

/// <summary>Takes an event from its queue and lets each connector that it concerns react; then the event is no longer pending.</summary>
public sealed class EventRouter(EventStore events, EventIntake intake, PendingWork pending, IEnumerable<IEventReaction> reactions) : IQueueHandler
{
    private readonly Dictionary<string, IEventReaction> _reactions = reactions.ToDictionary(reaction => reaction.Connector, StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Queue => EventIntake.Queue;

    /// <inheritdoc/>
    public async Task HandleAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var ids = JsonSerializer.Deserialize(message.Body, KayseJson.Default.EventMessage) ?? throw new JsonException("The message is null.");
        await RouteAsync(ids.Company, ids.Event, cancellationToken);
    }

    private async Task RouteAsync(CompanyId company, string id, CancellationToken cancellationToken)
    {
        // What is not pending has been handled: a message may come twice.
        if (!await pending.ContainsAsync(company, EventIntake.PendingKind, id, cancellationToken))
        {
            return;
        }

        if (await events.FindAsync(company, id, cancellationToken) is { Value: var row } && await events.LoadAsync(row, cancellationToken) is { } loaded)
        {
            foreach (var connector in row.Connectors)
            {
                var reaction = await _reactions[connector].ReactAsync(loaded, row.ReceivedAt, cancellationToken);
                if (reaction.Paused)
                {
                    await pending.PostponeAsync(company, EventIntake.PendingKind, id, row.ReceivedAt, connector, cancellationToken);
                    return;
                }

                if (reaction.WaitUntil is { } later)
                {
                    await pending.PostponeAsync(company, EventIntake.PendingKind, id, later, null, cancellationToken);
                    await intake.SendAsync(company, id, later, cancellationToken);
                    return;
                }
            }
        }

        await pending.ClearAsync(company, EventIntake.PendingKind, id, cancellationToken);
    }
}
