using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Events;

namespace Kayse.Core.Sync;

/// <summary>Says what is wrong with a firm's connection to a CRM, and tells the firm's webhooks once of each failure.</summary>
public sealed class IntegrationHealth(
    SyncHealth health, LawRulerConnections connections, LawRulerSyncStates syncs, FailedWorkflows workflows, EventStore events, EventIntake intake, AuditLog audit, TimeProvider clock)
{
    /// <summary>A sync that has not worked for so long is failing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(3);

    private const string Crm = LawRulerConnections.Crm;
    private const string Chain = "chain";
    private const int MostChains = 100;

    private static readonly TimeSpan s_longSync = TimeSpan.FromHours(1);

    // What ended while another machine's clock or write was a little late is not missed.
    private static readonly TimeSpan s_overlap = TimeSpan.FromMinutes(10);

    /// <summary>What is wrong, the most urgent first; empty when all is well or nothing is connected.</summary>
    public async Task<IReadOnlyList<IntegrationFailure>> FailuresAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(company, cancellationToken);
        return connection.IsActive ? await FailuresAsync(company, await health.GetAsync(company, Crm, cancellationToken), connection, cancellationToken) : [];
    }

    /// <summary>Tells the firm's webhooks of each failure, and of each chain that failed, that they have not been told of.</summary>
    public async Task JudgeAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(company, cancellationToken);
        if (!connection.IsActive)
        {
            return;
        }

        var state = await health.GetAsync(company, Crm, cancellationToken);
        foreach (var failure in await FailuresAsync(company, state, connection, cancellationToken))
        {
            if (!state.Told.TryGetValue(failure.Key, out var told) || told < failure.Since)
            {
                // The event first: after a crash between the two it is accepted again under the same id, which has no effect.
                await TellAsync(company, $"evt_{Crm}_{failure.Reason}_{failure.Since.ToUnixTimeMilliseconds()}", failure, null, cancellationToken);
                await health.ToldAsync(company, Crm, failure.Key, failure.Since, cancellationToken);
            }
        }

        await TellOfChainsAsync(company, state, cancellationToken);
    }

    private async Task TellOfChainsAsync(CompanyId company, SyncState state, CancellationToken cancellationToken)
    {
        var told = state.Told.TryGetValue(Chain, out var last) ? last : clock.GetUtcNow().AddDays(-1);
        var failed = (await workflows.ListAsync(company, told - s_overlap, MostChains, cancellationToken)).Where(FailedWorkflows.IsChain).ToList();
        foreach (var view in failed)
        {
            // A rerun that fails too is the same chain.
            var chain = LawRulerWorkflows.First(view.Record.Id);
            var id = $"evt_{Crm}_{Chain}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(chain)))[..24]}";
            if (await events.FindAsync(company, id, cancellationToken) is null)
            {
                var message = $"{chain} ended without doing all. {FailedWorkflows.Message(view)}";
                await TellAsync(company, id, new IntegrationFailure(Chain, Chain, view.Record.EndedAt!.Value, message), view.Record.Id, cancellationToken);
            }
        }

        if (failed.Count > 0 && failed.Max(view => view.Record.EndedAt!.Value) is var newest && newest > told)
        {
            await health.ToldAsync(company, Crm, Chain, newest, cancellationToken);
        }
    }

    private async Task TellAsync(CompanyId company, string id, IntegrationFailure failure, string? subject, CancellationToken cancellationToken)
    {
        await intake.AcceptAsync([Event(company, id, failure)], cancellationToken);
        await audit.WriteAsync(company, Crm, "integration_failing", "warning", null, subject, failure.Message, cancellationToken);
    }

    private async Task<IReadOnlyList<IntegrationFailure>> FailuresAsync(CompanyId company, SyncState state, LawRulerConnection connection, CancellationToken cancellationToken)
    {
        var failures = state.Refused.OrderBy(pair => pair.Value).Select(pair => new IntegrationFailure(
            "credentials", $"credentials.{pair.Key}", pair.Value,
            pair.Key == SyncHealth.Key
                ? "Law Ruler refuses the firm's Key; nothing is sent. Connect again with the right one; what waits goes on by itself, and what was refused can be rerun."
                : "Law Ruler refuses the firm's Username, Password or Client Secret; nothing is fetched. Connect again with the right ones; what waits goes on by itself, and what was refused can be rerun.")).ToList();
        // Time in which none was due does not count, nor does time in which Kayse itself was away: the first sync after it is to show.
        if (connection.Receives && Latest(state.LastSync ?? connection.ConnectedAt, connection.ReceivesSince) is { } since && clock.GetUtcNow() - since >= Patience
            && (state.FailingSince is not null || await GoesOnAsync(company, cancellationToken)))
        {
            failures.Add(new IntegrationFailure("sync", "sync", since, $"The sync with Law Ruler has not worked for three hours. {state.LastError ?? "None has come to its end."}"));
        }

        if (connection.Toggles is { ReceiveData: true, SyncCaseStatuses: true } && state.PullFailingSince is { } blind && clock.GetUtcNow() - blind >= Patience)
        {
            failures.Add(new IntegrationFailure("statuses", "statuses", blind, $"Law Ruler's statuses could not be read for three hours. {state.LastPullError}".TrimEnd()));
        }

        return failures;
    }

    // A sync that goes on and on has not worked either.
    private async Task<bool> GoesOnAsync(CompanyId company, CancellationToken cancellationToken) =>
        (await syncs.FindAsync(company, cancellationToken))?.Value is { Running: not null, BegunAt: { } begun } && clock.GetUtcNow() - begun >= s_longSync;

    private static DateTimeOffset? Latest(DateTimeOffset? one, DateTimeOffset? other) => other is null || one > other ? one : other;

    private static PlatformEvent Event(CompanyId company, string id, IntegrationFailure failure)
    {
        var envelope = new IntegrationFailingEnvelope(
            id, EventTypes.IntegrationFailing, failure.Since, company, new IntegrationFailingData(new FailingIntegration(Crm, failure.Reason, failure.Message, failure.Since)));
        var json = JsonSerializer.SerializeToElement(envelope, KayseJson.Default.IntegrationFailingEnvelope);
        return PlatformEventReader.Read(json, out var errors) is [var one] ? one : throw new InvalidOperationException($"The event is not valid: {errors[0].Field}.");
    }
}

/// <summary>Something that is wrong with a connection.</summary>
/// <param name="Reason"><c>credentials</c>, <c>sync</c>, <c>statuses</c> or <c>chain</c>.</param>
/// <param name="Key">What fails: each is told of by itself.</param>
/// <param name="Since">Since when.</param>
/// <param name="Message">What happened and what to do.</param>
public sealed record IntegrationFailure(string Reason, string Key, DateTimeOffset Since, string Message);

/// <summary>The envelope of <c>integration.failing</c>.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Type">Its type.</param>
/// <param name="OccurredAt">Since when it fails.</param>
/// <param name="CompanyId">The firm.</param>
/// <param name="Data">Which integration.</param>
public sealed record IntegrationFailingEnvelope(string Id, string Type, DateTimeOffset OccurredAt, CompanyId CompanyId, IntegrationFailingData Data);

/// <summary>What <c>integration.failing</c> carries.</summary>
/// <param name="Integration">The integration that fails.</param>
public sealed record IntegrationFailingData(FailingIntegration Integration);

/// <summary>An integration that fails.</summary>
/// <param name="Crm">The CRM.</param>
/// <param name="Reason"><c>credentials</c>, <c>sync</c>, <c>statuses</c> or <c>chain</c>.</param>
/// <param name="Message">What happened and what to do.</param>
/// <param name="FailingSince">Since when.</param>
public sealed record FailingIntegration(string Crm, string Reason, string Message, DateTimeOffset FailingSince);
