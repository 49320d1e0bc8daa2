using Kayse.Core;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;
using Kayse.Web.Access;
using Kayse.Web.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Integrations;

/// <summary>What comes from Lawmatics: the webhook's secret, the stages that the status map does not name, the count of its matters.</summary>
public static class LawmaticsInboundEndpoints
{
    private const string Base = "/integrations/lawmatics";
    private const int MinSecret = 16;
    private const int MaxSecret = 500;

    /// <summary>Maps the routes.</summary>
    public static void MapLawmaticsInbound(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapPut($"{Base}/webhook-secret", SetSecretAsync).WithSummary("Saves the secret that Lawmatics shows once under Settings > Webhooks; the one before it stays good for settings.webhook.secretOverlapHours.").Produces<WebhookSecretView>();
        company.MapGet($"{Base}/unknown-stages", ListUnknownAsync).WithSummary("Stages and sub statuses in which linked matters were seen and that the status map does not name. Add them to it; the next poll applies it.").Produces<Page<LawmaticsUnknownStage>>();
        company.MapPost($"{Base}/pull", PullAsync).WithSummary("Counts the matters in Lawmatics, and which of them are linked; nothing is imported. 409 while a pull runs.").Produces<StartedWorkflow>(202);
        company.MapGet($"{Base}/pull", GetPullAsync).WithSummary("How the last pull stands, with a page of the matters that no case is linked to.").Produces<LawmaticsPullView>();
    }

    private static async Task<IResult> SetSecretAsync(HttpContext context, LawmaticsConnections connections, LawmaticsWebhookSecrets secrets, AuditLog audit, TimeProvider clock)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.WebhookSecretBody);
        if (body is null)
        {
            return problem!;
        }

        if (body.Secret?.Trim() is not { Length: >= MinSecret and <= MaxSecret } secret || secret.Any(c => c is <= ' ' or > '~'))
        {
            return Problems.Invalid(new FieldError("secret", $"Expected the whole secret as Lawmatics shows it, whsec_ included: {MinSecret} to {MaxSecret} characters without spaces."));
        }

        var company = context.RouteCompany().Id;
        var settings = (await connections.GetAsync(company, context.RequestAborted)).Settings.Webhook;
        var saved = await secrets.SetAsync(company, secret, settings.SecretOverlapHours, context.RequestAborted);
        await audit.WriteAsync(company, LawmaticsConnections.Crm, "webhook_secret_changed", "done", null, null, null, context.RequestAborted);
        return Results.Ok(new WebhookSecretView(saved.Current[^4..], saved.PreviousUntil > clock.GetUtcNow() ? saved.PreviousUntil : null));
    }

    private static Task<IResult> ListUnknownAsync(HttpContext context, LawmaticsConnections connections, LawmaticsUnknownStages unknown) => Paging.AnswerAsync(context, async page =>
    {
        var company = context.RouteCompany().Id;
        return page.Of(await unknown.ListAsync(company, await connections.GetAsync(company, context.RequestAborted), context.RequestAborted));
    });

    private static async Task<IResult> PullAsync(HttpContext context, LawmaticsPulls pulls)
    {
        var company = context.RouteCompany().Id;
        // Not the caller's token: a start that has begun is finished.
        var start = await pulls.StartAsync(company, CancellationToken.None);
        return start is { Id: { } id, IsNew: true } ? Results.Accepted($"/api/companies/{company}{Base}/pull", new StartedWorkflow(id))
            : Problems.Conflict("pull", start.Refusal ?? $"A pull runs: {start.Id}.");
    }

    private static async Task<IResult> GetPullAsync(HttpContext context, LawmaticsPulls pulls)
    {
        var (page, problem) = Paging.Read(context.Request);
        if (page is null)
        {
            return problem!;
        }

        var company = context.RouteCompany().Id;
        if (await pulls.FindAsync(company, context.RequestAborted) is not (var pull, var workflow))
        {
            return Results.Ok(LawmaticsPullView.None);
        }

        var (items, next) = await pulls.ListAsync(company, pull.Id, page.After, page.Limit, context.RequestAborted);
        return Results.Ok(LawmaticsPullView.Of(pull, workflow, new Page<UnlinkedMatter>(items, next)));
    }
}

/// <summary>The webhook's secret as it is sent.</summary>
/// <param name="Secret">What Lawmatics shows, <c>whsec_</c> included.</param>
public sealed record WebhookSecretBody(string? Secret)
{
    /// <summary>Never the value.</summary>
    public override string ToString() => "WebhookSecretBody { *** }";
}

/// <summary>What may be seen of the webhook's secret.</summary>
/// <param name="LastFour">Its last four characters.</param>
/// <param name="PreviousUntil">Until when the one before it is good; null when there is none.</param>
public sealed record WebhookSecretView(string LastFour, DateTimeOffset? PreviousUntil);

/// <summary>A pull as it is shown.</summary>
/// <param name="State"><c>none</c> before the first, else as a workflow's: <c>running</c>, <c>completed</c>, <c>completed_with_problems</c>, <c>failed</c> or <c>terminated</c>.</param>
/// <param name="Workflow">The workflow's id; null before the first.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="EndedAt">When it ended; null while it runs.</param>
/// <param name="Page">The page that is read next; at the end the last.</param>
/// <param name="Pages">How many pages there are, as far as Lawmatics has told.</param>
/// <param name="Total">How many matters there are in Lawmatics, as far as it has told.</param>
/// <param name="Read">How many were read so far.</param>
/// <param name="Linked">How many of those are linked to a case.</param>
/// <param name="Unlinked">How many are not.</param>
/// <param name="Message">What it waits for, or why it ended; null when there is nothing to say.</param>
/// <param name="NextAttemptAt">When it goes on, where it waits.</param>
/// <param name="UnlinkedMatters">A page of the matters that no case is linked to.</param>
public sealed record LawmaticsPullView(
    string State,
    string? Workflow,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    int Page,
    int? Pages,
    int? Total,
    int Read,
    int Linked,
    int Unlinked,
    string? Message,
    DateTimeOffset? NextAttemptAt,
    Page<UnlinkedMatter> UnlinkedMatters)
{
    /// <summary>Before the first.</summary>
    public static LawmaticsPullView None { get; } = new("none", null, null, null, 1, null, null, 0, 0, 0, null, null, new Page<UnlinkedMatter>([], null));

    /// <summary>The view of a pull.</summary>
    public static LawmaticsPullView Of(LawmaticsPull pull, WorkflowView? workflow, Page<UnlinkedMatter> unlinked)
    {
        ArgumentNullException.ThrowIfNull(pull);
        var step = workflow?.Steps is [var first, ..] ? first : null;
        // The last page may be read a moment before the record is closed.
        var state = pull.EndedAt is not null ? WorkflowStates.Completed : workflow?.Record.State ?? WorkflowStates.Running;
        return new LawmaticsPullView(
            state, pull.Id, pull.StartedAt, pull.EndedAt ?? workflow?.Record.EndedAt, pull.Page, pull.Pages, pull.Total, pull.Read, pull.Linked, pull.Read - pull.Linked,
            step?.Error, step?.NextAttemptAt, unlinked);
    }
}
