using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Events;

/// <summary>
/// Takes an event from its queue and lets each connector that it concerns react; then the event is no longer pending. What the platform
/// itself put into the queue is taken in first.
/// </summary>
public sealed class EventRouter(EventStore events, EventIntake intake, PlatformMessages platform, PendingWork pending, IEnumerable<IEventReaction> reactions) : IQueueHandler
{
    private readonly Dictionary<string, IEventReaction> _reactions = reactions.ToDictionary(reaction => reaction.Connector, StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Queue => EventIntake.Queue;

    /// <inheritdoc/>
    public async Task HandleAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Parse(message.Body) is not { ValueKind: JsonValueKind.Object } body)
        {
            throw new RefusedMessageException("body: Expected one event, a JSON object.");
        }

        // Ours has two ids; an envelope has neither of these names.
        if (!body.TryGetProperty("company", out _) || !body.TryGetProperty("event", out _))
        {
            await platform.AcceptAsync(body, cancellationToken);
            return;
        }

        var ids = body.Deserialize(KayseJson.Default.EventMessage)!;
        await RouteAsync(ids.Company, ids.Event, cancellationToken);
    }

    private static JsonElement? Parse(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, KayseJson.Default.JsonElement);
        }
        catch (JsonException)
        {
            return null;
        }
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
