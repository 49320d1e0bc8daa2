using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// A webhook of Law Ruler's, from the raw request to the case. Law Ruler does not send a refused post again, so the request is stored before anything
/// is done with it, and one that a crash cut off is taken up by the sweep.
/// </summary>
public sealed class LawRulerWebhook(
    InboundLog inbound, PendingWork pending, LawRulerConnections connections, LeadUpsert upsert, ListRouting routing, AuditLog audit, TimeProvider clock)
{
    /// <summary>The kind of an inbound request in <see cref="PendingWork"/>.</summary>
    public const string PendingKind = "inbound";

    private const string Action = "webhook";

    /// <summary>Takes an authenticated request.</summary>
    public async Task<WebhookAnswer> ReceiveAsync(CompanyId company, InboundForm form, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(form);
        var request = new InboundRequest
        {
            Id = Ids.New("inb", clock),
            Crm = LawRulerConnections.Crm,
            ReceivedAt = clock.GetUtcNow(),
            State = "received",
            ContentType = form.ContentType,
            Fields = form.Fields,
            Files = form.Files,
            Raw = form.Raw,
            Cut = form.Cut,
            Warnings = form.Warnings,
        };
        if (form.Problem is not null)
        {
            await inbound.StoreAsync(company, request with { State = "rejected", Reason = form.Problem }, cancellationToken);
            await SayAsync(company, "refused", null, request.Id, form.Problem, cancellationToken);
            return new WebhookAnswer("rejected", null, form.Warnings, [new FieldError("body", form.Problem)]);
        }

        await pending.AddAsync(company, PendingKind, request.Id, cancellationToken);
        await inbound.StoreAsync(company, request, cancellationToken);
        return await ProcessAsync(company, request, cancellationToken);
    }

    /// <summary>Takes a stored request up again; null when there is none, or it was never authenticated.</summary>
    public async Task<WebhookAnswer?> ReprocessAsync(CompanyId company, string id, CancellationToken cancellationToken) =>
        await inbound.FindAsync(company, id, cancellationToken) is { State: not "unauthorized", Fields.Count: > 0, Crm: LawRulerConnections.Crm } request
            ? await ProcessAsync(company, request, cancellationToken)
            : null;

    private async Task<WebhookAnswer> ProcessAsync(CompanyId company, InboundRequest request, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(company, cancellationToken);
        var post = LeadPost.Read(request.Fields ?? [], connection.Settings.Webhook);
        var answer = Check(post, request);
        await NoteFirstAsync(company, connection, post, answer, request.ReceivedAt, cancellationToken);
        if (answer is null && !connection.Toggles.EnableIntegration)
        {
            await pending.PostponeAsync(company, PendingKind, request.Id, request.ReceivedAt, LawRulerConnections.Crm, cancellationToken);
            await SettleAsync(company, request.Id, new WebhookAnswer("queued", null, request.Warnings, []), "The integration is paused.", cancellationToken);
            return new WebhookAnswer("queued", null, request.Warnings, []);
        }

        if (answer is null && !connection.Toggles.ReceiveData)
        {
            answer = new WebhookAnswer("unchanged", null, [.. request.Warnings, "Receive data from Law Ruler is off; the post was kept and nothing was changed."], []);
        }

        if (answer is null && connection.DisconnectedAt is not null)
        {
            answer = new WebhookAnswer("unchanged", null, [.. request.Warnings, "Law Ruler is disconnected; the post was kept and nothing was changed. What changes meanwhile is fetched when it is connected again."], []);
        }

        answer ??= await ApplyAsync(company, LeadId.Parse(post["Lead ID"]!), post, request, connection.Settings, cancellationToken);
        var reason = Reason(answer, post);
        await SettleAsync(company, request.Id, answer, reason, cancellationToken);
        if (reason is not null)
        {
            await SayAsync(company, "refused", null, request.Id, reason, cancellationToken);
        }

        await pending.ClearAsync(company, PendingKind, request.Id, cancellationToken);
        return answer;
    }

    // For the setup checklist; a write at the first such post alone.
    private async Task NoteFirstAsync(CompanyId company, LawRulerConnection connection, LeadPost post, WebhookAnswer? refused, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var isRouted = post.Control("listid") is not null || post.Control("listname") is not null || post.Control("campaignid") is not null;
        if (refused is { Result: "rejected" } || (connection.WebhookSeenAt is not null && (connection.WebhookRoutedAt is not null || !isRouted)))
        {
            return;
        }

        await connections.ChangeAsync(
            company, old => old with { WebhookSeenAt = old.WebhookSeenAt ?? at, WebhookRoutedAt = old.WebhookRoutedAt ?? (isRouted ? at : null) }, cancellationToken);
    }

    private static string? Reason(WebhookAnswer answer, LeadPost post) =>
        answer.Errors.Count == 0 ? null
        : post.Missing.Count > 0 ? $"Missing: {string.Join(", ", post.Missing)}."
        : string.Join(" ", answer.Errors.Select(error => $"{error.Field}: {error.Message}"));

    private static WebhookAnswer? Check(LeadPost post, InboundRequest request)
    {
        if (post.IsTest)
        {
            return new WebhookAnswer("test", null, [.. request.Warnings, .. post.Missing.Select(field => $"The webhook does not send {field}, which is required.")], []);
        }

        if (post.Missing.Count > 0)
        {
            return new WebhookAnswer("rejected", null, request.Warnings, [.. post.Missing.Select(field => new FieldError(field, "This field is required: add it to the webhook in Law Ruler."))]);
        }

        return LeadId.TryParse(post["Lead ID"], null, out _)
            ? null
            : new WebhookAnswer("rejected", null, request.Warnings, [new FieldError("Lead ID", "Expected Law Ruler's Lead ID: 1 to 64 letters, digits, hyphens and underscores.")]);
    }

    private async Task<WebhookAnswer> ApplyAsync(CompanyId company, LeadId lead, LeadPost post, InboundRequest request, LawRulerSettings settings, CancellationToken cancellationToken)
    {
        var warnings = new List<string>(request.Warnings);
        var campaign = await routing.CampaignAsync(company, post, warnings, cancellationToken);
        var (matter, result, odd) = await upsert.ApplyAsync(company, lead, post, request.ReceivedAt, settings, campaign, cancellationToken);
        warnings.AddRange(odd);
        await routing.RouteAsync(company, matter, post, warnings, cancellationToken);
        await SayAsync(company, "done", lead.ToString(), matter.Id.ToString(), result, cancellationToken);
        foreach (var warning in warnings)
        {
            await SayAsync(company, "warning", lead.ToString(), matter.Id.ToString(), warning, cancellationToken);
        }

        return new WebhookAnswer(result, matter.Id.ToString(), warnings, []);
    }

    private Task SettleAsync(CompanyId company, string id, WebhookAnswer answer, string? reason, CancellationToken cancellationToken)
    {
        var state = answer.Result is "rejected" or "test" or "queued" ? answer.Result : "processed";
        return inbound.SettleAsync(company, id, old => old with { State = state, Reason = reason, CaseId = answer.CaseId, Warnings = answer.Warnings }, cancellationToken);
    }

    private Task SayAsync(CompanyId company, string outcome, string? resource, string subject, string detail, CancellationToken cancellationToken) =>
        audit.WriteAsync(company, LawRulerConnections.Crm, Action, outcome, resource, subject, detail, cancellationToken);
}

/// <summary>What a webhook led to.</summary>
/// <param name="Result"><c>created</c>, <c>updated</c>, <c>unchanged</c>, <c>test</c>, <c>queued</c> or <c>rejected</c>.</param>
/// <param name="CaseId">The case, or null.</param>
/// <param name="Warnings">What was odd.</param>
/// <param name="Errors">What was missing, when it was rejected.</param>
public sealed record WebhookAnswer(string Result, string? CaseId, IReadOnlyList<string> Warnings, IReadOnlyList<FieldError> Errors);
