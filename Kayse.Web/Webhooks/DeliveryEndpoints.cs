using System.Globalization;
using System.Text.Json;
using Kayse.Core;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Core.Webhooks;
using Kayse.Web.Access;
using Kayse.Web.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Webhooks;

/// <summary>A webhook's delivery log; sending again, and trying a webhook out.</summary>
public static class DeliveryEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapDeliveries(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet("/webhooks/{id}/deliveries", ListAsync)
            .WithSummary("Deliveries, newest first; ?state=, ?type=, ?from= and ?to= choose. With a filter a page may have fewer while «next» is there.").Produces<Page<DeliveryView>>();
        company.MapGet("/webhooks/{id}/deliveries/{delivery}", GetAsync).WithSummary("A delivery with its payload and every attempt.").Produces<DeliveryView>();
        company.MapPost("/webhooks/{id}/deliveries/{delivery}/replay", ReplayAsync).WithSummary("Sends a delivery again: the same event, a new delivery.").Produces<ReplayedDelivery>(202);
        company.MapPost("/webhooks/{id}/replay", ReplayAllAsync).WithSummary("Sends again what failed or was skipped in a range of time.").Accepts<ReplayBody>("application/json").Produces<StartedWorkflow>(202);
        company.MapPost("/webhooks/{id}/test", TestAsync).WithSummary("Sends a sample at once and answers with what came back.").Accepts<TestBody>("application/json").Produces<DeliveryView>();
    }

    // Also of a webhook that was deleted: what was on its way to it can still be looked at.
    private static async Task<IResult> ListAsync(HttpContext context, string id, DeliveryLog log)
    {
        var errors = new List<FieldError>();
        string? Query(string name) => (string?)context.Request.Query[name] is { Length: > 0 } text ? text : null;
        var filter = new DeliveryFilter(Query("state"), Query("type"), Time(Query("from"), "from", errors), Time(Query("to"), "to", errors));
        if (filter.State is not null && !DeliveryStates.All.Contains(filter.State))
        {
            errors.Add(new FieldError("state", $"Expected one of: {string.Join(", ", DeliveryStates.All)}."));
        }

        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var company = context.RouteCompany().Id;
        return !Ids.IsValid(id) ? SubscriptionEndpoints.NotThere() : await Paging.AnswerAsync<DeliveryView>(context, async page =>
        {
            var (items, next) = await log.ListAsync(company, id, filter, page.After, page.Limit, context.RequestAborted);
            return ([.. items.Select(DeliveryView.Of)], next);
        });
    }

    private static async Task<IResult> GetAsync(HttpContext context, string id, string delivery, DeliveryLog log, EventStore events, DeliveryAttempts attempts)
    {
        var company = context.RouteCompany().Id;
        if (!Ids.IsValid(id) || !Ids.IsValid(delivery) || await log.FindAsync(company, id, delivery, context.RequestAborted) is not { Value: var found })
        {
            return NotThere();
        }

        var all = await log.AttemptsAsync(company, id, found, context.RequestAborted);
        var row = await events.FindAsync(company, found.Event, context.RequestAborted);
        var body = row is null ? null : await attempts.BodyAsync(company, row.Value, context.RequestAborted);
        return Results.Ok(DeliveryView.Of(found) with
        {
            Attempts = [.. all.Select(AttemptView.Of)],
            Payload = body is null ? null : JsonSerializer.Deserialize(body, KayseJson.Default.JsonElement),
        });
    }

    private static async Task<IResult> ReplayAsync(HttpContext context, string id, string delivery, Subscriptions subscriptions, DeliveryLog log, WebhookReplays replays)
    {
        var company = context.RouteCompany().Id;
        if (!Ids.IsValid(delivery) || await subscriptions.FindAsync(company, id, context.RequestAborted) is not { } subscription
            || await log.FindAsync(company, id, delivery, context.RequestAborted) is not { Value: var found })
        {
            return NotThere();
        }

        if (!subscription.Active || found.State == DeliveryStates.Waiting)
        {
            return Problems.Conflict("delivery", subscription.Active ? "It is still being tried." : "The webhook is switched off: switch it on first.");
        }

        return await replays.ReplayAsync(company, id, found, CancellationToken.None) is { } replay
            ? Results.Accepted($"/api/companies/{company}/webhooks/{id}/deliveries/{replay}", new ReplayedDelivery(replay))
            : Problems.Conflict("delivery", "Its event is not kept any more.");
    }

    private static async Task<IResult> ReplayAllAsync(HttpContext context, string id, Subscriptions subscriptions, WebhookReplays replays, TimeProvider clock)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.ReplayBody);
        if (body is null)
        {
            return problem!;
        }

        var errors = new List<FieldError>();
        if (body.State is null || !DeliveryStates.Replayable.Contains(body.State))
        {
            errors.Add(new FieldError("state", $"Expected one of: {string.Join(", ", DeliveryStates.Replayable)}."));
        }

        var (from, to) = (Time(body.From, "from", errors), Time(body.To, "to", errors));
        var company = context.RouteCompany().Id;
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        if (await subscriptions.FindAsync(company, id, context.RequestAborted) is not { } subscription)
        {
            return SubscriptionEndpoints.NotThere();
        }

        if (!subscription.Active)
        {
            return Problems.Conflict("active", "The webhook is switched off: switch it on first.");
        }

        // What fails from now on is not part of it: it would go round for ever.
        var now = clock.GetUtcNow();
        var workflow = await replays.ReplayAllAsync(company, id, body.State!, from, to < now ? to.Value : now, CancellationToken.None);
        return Results.Accepted($"/api/companies/{company}/workflows/{workflow}", new StartedWorkflow(workflow));
    }

    private static async Task<IResult> TestAsync(HttpContext context, string id, Subscriptions subscriptions, WebhookTests tests)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.TestBody);
        if (body is null)
        {
            return problem!;
        }

        if (body.Type is null || !SampleEvents.Types.Contains(body.Type))
        {
            return Problems.Invalid(new FieldError("type", $"Expected one of: {string.Join(", ", SampleEvents.Types)}."));
        }

        var company = context.RouteCompany().Id;
        return await subscriptions.FindAsync(company, id, context.RequestAborted) is { } subscription
            ? Results.Ok(DeliveryView.Of(await tests.SendAsync(company, subscription, body.Type, CancellationToken.None)))
            : SubscriptionEndpoints.NotThere();
    }

    private static DateTimeOffset? Time(string? text, string field, List<FieldError> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time.Year is > 2000 and < 3000)
        {
            return time;
        }

        errors.Add(new FieldError(field, "Expected a time such as 2026-11-20T15:05:10Z."));
        return null;
    }

    private static IResult NotThere() => Problems.NotFound("There is no such delivery.");
}

/// <summary>Which deliveries are sent again.</summary>
/// <param name="State">failed or skipped.</param>
/// <param name="From">From this time on; none for the oldest that is kept.</param>
/// <param name="To">Before this time; none for now.</param>
public sealed record ReplayBody(string? State, string? From, string? To);

/// <summary>Which sample is sent.</summary>
/// <param name="Type">The event type.</param>
public sealed record TestBody(string? Type);

/// <summary>A delivery that is sent again.</summary>
/// <param name="Id">The new delivery's id.</param>
public sealed record ReplayedDelivery(string Id);
