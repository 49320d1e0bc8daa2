using System.Text.Json;
using Kayse.Core;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Webhooks;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Http;

namespace Kayse.Web.Webhooks;

/// <summary>Adds and changes subscriptions.</summary>
public sealed class SubscriptionEditor(
    Subscriptions subscriptions, SubscriptionSecrets secrets, Destinations destinations, SafeDestination safe, AuditLog audit, TimeProvider clock)
{
    /// <summary>Adds the subscription that a request's body describes.</summary>
    /// <param name="context">The request.</param>
    /// <param name="campaign">The campaign within which it is made, or null.</param>
    public async Task<IResult> CreateAsync(HttpContext context, string? campaign)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (body, problem) = await ReadAsync(context);
        if (body is not { } given)
        {
            return problem!;
        }

        var (company, now) = (context.RouteCompany().Id, clock.GetUtcNow());
        var empty = new Subscription { Id = Ids.New("whk", clock), Name = string.Empty, Url = string.Empty, Campaigns = campaign is null ? [] : [campaign], CreatedAt = now, UpdatedAt = now };
        var patch = SubscriptionPatch.Apply(empty, given);
        if (await ErrorsAsync(patch, null, campaign, context.RequestAborted) is { Count: > 0 } errors)
        {
            return Problems.Invalid(errors);
        }

        // The secret first: a subscription that is there can be delivered to. What was begun is finished, also when the caller hangs up.
        var secret = await secrets.CreateAsync(company, empty.Id, patch.AppKey, CancellationToken.None);
        if (await subscriptions.AddAsync(company, patch.Subscription, CancellationToken.None) is { } refusal)
        {
            await secrets.RemoveAsync(company, empty.Id, CancellationToken.None);
            return Problems.Conflict(refusal.Field, refusal.Message);
        }

        await audit.WriteAsync(company, SubscriptionHealth.AuditName, "webhook_created", "done", null, empty.Id, null, CancellationToken.None);
        return Results.Created($"/api/companies/{company}/webhooks/{empty.Id}", SubscriptionView.Of(patch.Subscription) with { Secret = secret });
    }

    /// <summary>Changes a subscription as a request's body says.</summary>
    public async Task<IResult> ChangeAsync(HttpContext context, string id)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (body, problem) = await ReadAsync(context);
        if (body is not { } given)
        {
            return problem!;
        }

        var company = context.RouteCompany().Id;
        if (await subscriptions.FindAsync(company, id, context.RequestAborted) is not { } before)
        {
            return SubscriptionEndpoints.NotThere();
        }

        var patch = SubscriptionPatch.Apply(before, given);
        if (await ErrorsAsync(patch, before.Url, null, context.RequestAborted) is { Count: > 0 } errors)
        {
            return Problems.Invalid(errors);
        }

        if (patch.SetsAppKey)
        {
            await secrets.SetAppKeyAsync(company, id, patch.AppKey, CancellationToken.None);
        }

        IReadOnlyList<FieldError> raced = [];
        var (after, error) = await subscriptions.ChangeAsync(company, id, old => Changed(old, given, out raced), CancellationToken.None);
        if (after is null || error is not null || raced.Count > 0)
        {
            return after is null ? SubscriptionEndpoints.NotThere() : Problems.Invalid(error is null ? raced : [error]);
        }

        if (IsFresh(before, after))
        {
            await destinations.ForgetAsync(company, id, CancellationToken.None);
        }

        await audit.WriteAsync(company, SubscriptionHealth.AuditName, "webhook_changed", "done", null, id, null, CancellationToken.None);
        return Results.Ok(SubscriptionView.Of(after));
    }

    private static Subscription? Changed(Subscription old, JsonElement given, out IReadOnlyList<FieldError> errors)
    {
        var patch = SubscriptionPatch.Apply(old, given);
        errors = patch.Errors;
        return errors.Count > 0 ? null : IsFresh(old, patch.Subscription) ? patch.Subscription.Fresh() : patch.Subscription;
    }

    private static bool IsFresh(Subscription before, Subscription after) => before.Url != after.Url || before.Active != after.Active;

    private async Task<List<FieldError>> ErrorsAsync(SubscriptionPatch patch, string? knownUrl, string? campaign, CancellationToken cancellationToken)
    {
        var errors = patch.Errors.ToList();
        if (campaign is not null && !patch.Subscription.Campaigns.Contains(campaign))
        {
            errors.Add(new FieldError("campaigns", $"This webhook belongs to the campaign {campaign}: leave the campaigns out, or name it among them."));
        }

        var url = patch.Subscription.Url;
        if (url.Length > 0 && url != knownUrl && errors.TrueForAll(error => error.Field != "url") && (await safe.CheckAsync(url, cancellationToken)).Refusal is { } refusal)
        {
            errors.Add(new FieldError("url", $"The address is refused: {refusal}"));
        }

        return errors;
    }

    private static async Task<(JsonElement? Body, IResult? Problem)> ReadAsync(HttpContext context)
    {
        if (await RequestBody.ReadAsync(context.Request, RequestBody.MaxManagementBytes, context.RequestAborted) is not { } bytes)
        {
            return (null, Problems.TooLarge(RequestBody.MaxManagementBytes));
        }

        try
        {
            return (JsonSerializer.Deserialize(bytes, KayseJson.Default.JsonElement), null);
        }
        catch (JsonException)
        {
            return (null, Problems.Invalid(new FieldError("body", "Expected a JSON object.")));
        }
    }
}
