using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Webhooks;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Webhooks;

/// <summary>A firm's webhook subscriptions.</summary>
public static class SubscriptionEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapSubscriptions(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet("/webhooks", ListAsync).WithSummary("The firm's webhooks, newest first.").Produces<Page<SubscriptionView>>();
        company.MapPost("/webhooks", CreateAsync).WithSummary("Adds a webhook; its signing secret is shown this once.").Accepts<SubscriptionBody>("application/json").Produces<SubscriptionView>(201);
        company.MapPost("/campaigns/{id}/webhooks", CreateInCampaignAsync)
            .WithSummary("Adds a webhook for the call events of one campaign.").Accepts<SubscriptionBody>("application/json").Produces<SubscriptionView>(201);
        company.MapGet("/webhooks/{id}", GetAsync).WithSummary("A webhook; never its secrets.").Produces<SubscriptionView>();
        company.MapPatch("/webhooks/{id}", PatchAsync).WithSummary("Changes a webhook; what is not named stays.").Accepts<SubscriptionBody>("application/json").Produces<SubscriptionView>();
        company.MapDelete("/webhooks/{id}", DeleteAsync).WithSummary("Deletes a webhook; what is on its way to it is skipped.");
        company.MapPost("/webhooks/{id}/rotate-secret", RotateAsync).WithSummary("A new signing secret, shown this once; the old one signs too for a day.").Produces<NewSecret>();
    }

    private static Task<IResult> ListAsync(HttpContext context, Subscriptions subscriptions) => Paging.AnswerAsync<SubscriptionView>(context, async page =>
    {
        var (items, next) = await subscriptions.ListAsync(context.RouteCompany().Id, page.After, page.Limit, context.RequestAborted);
        return ([.. items.Select(SubscriptionView.Of)], next);
    });

    private static Task<IResult> CreateAsync(HttpContext context, SubscriptionEditor editor) => editor.CreateAsync(context, null);

    private static Task<IResult> CreateInCampaignAsync(HttpContext context, string id, SubscriptionEditor editor) => editor.CreateAsync(context, id);

    private static async Task<IResult> GetAsync(HttpContext context, string id, Subscriptions subscriptions) =>
        await subscriptions.FindAsync(context.RouteCompany().Id, id, context.RequestAborted) is { } found ? Results.Ok(SubscriptionView.Of(found)) : NotThere();

    private static Task<IResult> PatchAsync(HttpContext context, string id, SubscriptionEditor editor) => editor.ChangeAsync(context, id);

    private static async Task<IResult> DeleteAsync(HttpContext context, string id, Subscriptions subscriptions, SubscriptionSecrets secrets, Destinations destinations, AuditLog audit)
    {
        var company = context.RouteCompany().Id;
        if (!Ids.IsValid(id) || !await subscriptions.DeleteAsync(company, id, context.RequestAborted))
        {
            return NotThere();
        }

        // What was begun is finished, also when the caller hangs up.
        await secrets.RemoveAsync(company, id, CancellationToken.None);
        await destinations.RemoveAsync(company, id, CancellationToken.None);
        await audit.WriteAsync(company, SubscriptionHealth.AuditName, "webhook_deleted", "done", null, id, null, CancellationToken.None);
        return Results.NoContent();
    }

    private static async Task<IResult> RotateAsync(HttpContext context, string id, Subscriptions subscriptions, SubscriptionSecrets secrets, WebhookSettings settings, AuditLog audit, TimeProvider clock)
    {
        var company = context.RouteCompany().Id;
        if (await subscriptions.FindAsync(company, id, context.RequestAborted) is null)
        {
            return NotThere();
        }

        var secret = await secrets.RotateAsync(company, id, CancellationToken.None);
        await audit.WriteAsync(company, SubscriptionHealth.AuditName, "webhook_secret_rotated", "done", null, id, null, CancellationToken.None);
        return Results.Ok(new NewSecret(secret, clock.GetUtcNow() + settings.SecretOverlap));
    }

    /// <summary>The answer where there is no such webhook.</summary>
    internal static IResult NotThere() => Problems.NotFound("There is no such webhook.");
}

/// <summary>A subscription as it is sent. In a change, what is not named stays.</summary>
/// <param name="Name">What it is called; 3 characters at least.</param>
/// <param name="Url">Where deliveries go: https, at a public host.</param>
/// <param name="Events">The event types; none means all.</param>
/// <param name="CaseTypes">The case types' names; none means all.</param>
/// <param name="Campaigns">The campaigns' ids, for call events; none means all.</param>
/// <param name="AppKey">Sent as X-Public-Api-Key; null for none. It is never shown.</param>
/// <param name="Active">False for nothing but test events.</param>
public sealed record SubscriptionBody(
    string? Name, string? Url, IReadOnlyList<string>? Events, IReadOnlyList<string>? CaseTypes, IReadOnlyList<string>? Campaigns, string? AppKey, bool? Active)
{
    /// <summary>Never the values.</summary>
    public override string ToString() => "SubscriptionBody { *** }";
}

/// <summary>A new signing secret.</summary>
/// <param name="Secret">The secret; it is not shown again.</param>
/// <param name="PreviousUntil">Until when the old one signs too.</param>
public sealed record NewSecret(string Secret, DateTimeOffset PreviousUntil);
