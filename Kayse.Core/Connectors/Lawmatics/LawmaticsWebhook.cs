using System.Text;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// A webhook of Lawmatics' that has proved where it comes from. It is stored and its workflow started before it is answered, since Lawmatics waits ten seconds at
/// most; what it tells of is read and takes effect after that. An event that comes again within a week has no effect.
/// </summary>
public sealed class LawmaticsWebhook(InboundLog inbound, LawmaticsEventClaims claims, LawmaticsConnections connections, WorkflowRecords records, AuditLog audit, TimeProvider clock)
{
    private const string Action = "webhook";
    private const string NotConnected = "Lawmatics is not connected, so that nothing can be read there. It is taken up when it is.";
    private const int ResumePage = 100;
    private const int MaxReruns = 99;

    /// <summary>Takes a request.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="connection">Its connection.</param>
    /// <param name="request">The request as it came.</param>
    /// <param name="told">What it tells of.</param>
    /// <param name="cancellationToken">The caller has gone: it sends again.</param>
    public async Task<LawmaticsReceipt> ReceiveAsync(CompanyId company, LawmaticsConnection connection, InboundRequest request, LawmaticsEvent told, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(told);
        var (state, reason) = Judge(connection, told);
        // Before the event is claimed: whoever finds the claim must find the request.
        await inbound.StoreAsync(company, request with { State = state, Reason = reason, EventType = told.Type, EventId = told.Id }, cancellationToken);
        var first = await claims.ClaimAsync(company, told.Key, request.Id, cancellationToken);
        if (first != request.Id)
        {
            await inbound.SettleAsync(company, request.Id, old => old with { State = "duplicate", Reason = $"The event came before, as {first}." }, cancellationToken);
            await SayAsync(company, "skipped", request, told, "The event came before.", cancellationToken);
            await FinishStartAsync(company, first, connection, cancellationToken);
            return new LawmaticsReceipt(first, "duplicate");
        }

        await SayAsync(company, state == "ignored" ? "skipped" : "done", request, told, reason is null ? told.Type : $"{told.Type}: {reason}", cancellationToken);
        if (state == "ignored")
        {
            return new LawmaticsReceipt(request.Id, "ignored");
        }

        await StartAsync(company, request.Id, Id(request.Id), connection.Settings, cancellationToken);
        return new LawmaticsReceipt(request.Id, "accepted");
    }

    /// <summary>Keeps one that is signed and cannot be read.</summary>
    public async Task RejectAsync(CompanyId company, InboundRequest request, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        await inbound.StoreAsync(company, request with { State = "rejected", Reason = reason }, cancellationToken);
        await audit.WriteAsync(company, LawmaticsConnections.Crm, Action, "refused", null, request.Id, reason, request.Raw, cancellationToken);
    }

    /// <summary>Keeps one that came while nothing is connected; it is taken up by <see cref="ResumeQueuedAsync"/>, or when Lawmatics sends it again.</summary>
    public async Task QueueAsync(CompanyId company, InboundRequest request, LawmaticsEvent told, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(told);
        await inbound.StoreAsync(company, request with { State = "queued", Reason = NotConnected, EventType = told.Type, EventId = told.Id }, cancellationToken);
        await SayAsync(company, "retry", request, told, NotConnected, cancellationToken);
    }

    /// <summary>Keeps one that did not prove where it comes from, as far as the firm's daily count allows; it is never processed.</summary>
    public async Task KeepUnverifiedAsync(CompanyId company, InboundRequest request, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (await inbound.StoreUnauthorizedAsync(company, request with { State = "unauthorized", Reason = reason }, cancellationToken)
            && await inbound.UntoldAsync(company, LawmaticsConnections.Crm, cancellationToken) is { } untold)
        {
            // Neither its payload nor each one: whoever guesses must not fill a log that is kept for years.
            await audit.WriteAsync(
                company, LawmaticsConnections.Crm, Action, "refused", null, request.Id,
                untold > 1 ? $"{reason} It is one of {untold} since this was last told; the others are in the inbound log." : reason, cancellationToken);
        }
    }

    /// <summary>Takes a kept request up again; null when there is none, or it was never proved, or tells of nothing.</summary>
    public async Task<LawmaticsReceipt?> ReprocessAsync(CompanyId company, string id, CancellationToken cancellationToken)
    {
        if (await inbound.FindAsync(company, id, cancellationToken) is not { Crm: LawmaticsConnections.Crm, State: "received" or "processed" or "ignored" or "failed" or "queued" } request)
        {
            return null;
        }

        var connection = await connections.GetAsync(company, cancellationToken);
        if (request.State == "queued" && await OtherAsync(company, request, connection.Settings.Webhook, cancellationToken) is { } other)
        {
            return new LawmaticsReceipt(other, "duplicate");
        }

        if (request.State is "queued" or "failed")
        {
            await inbound.SettleAsync(company, id, old => old with { State = "received", Reason = null }, cancellationToken);
        }

        for (var run = 0; run <= MaxReruns; run++)
        {
            var workflow = run == 0 ? Id(id) : $"{Id(id)}.r{run}";
            var isRunning = await records.FindAsync(company, workflow, cancellationToken) is { Record.EndedAt: null };
            // Of one that runs too: a crash may have come between its record and its start.
            if (await StartAsync(company, id, workflow, connection.Settings, cancellationToken) || isRunning)
            {
                return new LawmaticsReceipt(id, "accepted");
            }
        }

        return null;
    }

    /// <summary>Goes on with an event whose workflow a disconnection stopped; false for a workflow of another kind, and where there is nothing left to do.</summary>
    public async Task<bool> ResumeAsync(CompanyId company, WorkflowRecord stopped, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stopped);
        return stopped.Name == LawmaticsEventWorkflow.Name && await inbound.FindAsync(company, stopped.Subject, cancellationToken) is { State: "received" }
            && await ReprocessAsync(company, stopped.Subject, cancellationToken) is not null;
    }

    /// <summary>Takes up the events that came while nothing was connected; one that broke off may be repeated. Returns how many.</summary>
    public async Task<int> ResumeQueuedAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var resumed = 0;
        string? after = null;
        do
        {
            var (items, next) = await inbound.ListAsync(company, new InboundFilter(LawmaticsConnections.Crm, "queued", null), after, ResumePage, cancellationToken);
            foreach (var request in items)
            {
                resumed += await ReprocessAsync(company, request.Id, cancellationToken) is { Result: "accepted" } ? 1 : 0;
            }

            after = next;
        }
        while (after is not null);
        return resumed;
    }

    private static string Id(string request) => $"lawmaticsevent.{request}";

    private static (string State, string? Reason) Judge(LawmaticsConnection connection, LawmaticsEvent told) =>
        !told.IsOf(connection) ? ("ignored", "It is about another Lawmatics firm than the one that is connected.")
        : connection.Settings.Webhook.EventOf(told.Type) is null ? ("ignored", "Kayse does not know this event; it was kept and nothing was changed.")
        : ("received", null);

    /// <summary>Claims the event of a request that came while nothing was connected; returns the request that has it already, if one has.</summary>
    private async Task<string?> OtherAsync(CompanyId company, InboundRequest request, LawmaticsWebhookSettings settings, CancellationToken cancellationToken)
    {
        if (LawmaticsEvent.Read(Encoding.UTF8.GetBytes(request.Raw ?? string.Empty), request.EventId, settings).Event is not { } told
            || await claims.ClaimAsync(company, told.Key, request.Id, cancellationToken) is not { } first || first == request.Id)
        {
            return null;
        }

        await inbound.SettleAsync(company, request.Id, old => old with { State = "duplicate", Reason = $"The event came again, as {first}." }, cancellationToken);
        return first;
    }

    // The first delivery may have broken off before its workflow was started.
    private async Task FinishStartAsync(CompanyId company, string request, LawmaticsConnection connection, CancellationToken cancellationToken)
    {
        if (await inbound.FindAsync(company, request, cancellationToken) is { State: "received" })
        {
            await StartAsync(company, request, Id(request), connection.Settings, cancellationToken);
        }
    }

    private Task<bool> StartAsync(CompanyId company, string request, string workflow, LawmaticsSettings settings, CancellationToken cancellationToken)
    {
        var policy = new RetryPolicy(settings.RetryFirstSeconds, settings.RetryMaxSeconds, settings.RetryWindowHours);
        var input = new StepAttempt(company, workflow, LawmaticsEventStep.Name, request, 1, clock.GetUtcNow(), policy);
        return records.StartAsync(company, workflow, LawmaticsEventWorkflow.Name, request, JsonSerializer.SerializeToUtf8Bytes(input, KayseJson.Default.StepAttempt), cancellationToken);
    }

    private Task SayAsync(CompanyId company, string outcome, InboundRequest request, LawmaticsEvent told, string detail, CancellationToken cancellationToken) =>
        audit.WriteAsync(company, LawmaticsConnections.Crm, Action, outcome, told.MatterId ?? told.ContactId, request.Id, detail, request.Raw, cancellationToken);
}

/// <summary>The answer to a webhook.</summary>
/// <param name="Id">Under which id the request is kept; of an event that came before, the first one's.</param>
/// <param name="Result"><c>accepted</c>, <c>duplicate</c> or <c>ignored</c>.</param>
public sealed record LawmaticsReceipt(string Id, string Result);
