using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Events;

namespace Kayse.Core.Sync;

/// <summary>Says what is wrong with a firm's connections to CRMs, and tells the firm's webhooks once of each failure.</summary>
public sealed class IntegrationHealth(IEnumerable<WatchedCrm> crms, SyncHealth health, FailedWorkflows workflows, EventStore events, EventIntake intake, AuditLog audit, TimeProvider clock)
{
    /// <summary>A sync that has not worked for so long is failing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(3);

    private const string Chain = "chain";
    private const int MostChains = 100;

    // What ended while another machine's clock or write was a little late is not missed.
    private static readonly TimeSpan s_overlap = TimeSpan.FromMinutes(10);

    private readonly WatchedCrm[] _crms = [.. crms];

    /// <summary>What is wrong, each CRM's most urgent first; empty when all is well or nothing is connected.</summary>
    public async Task<IReadOnlyList<IntegrationFailure>> FailuresAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var failures = new List<IntegrationFailure>();
        foreach (var crm in _crms)
        {
            failures.AddRange(await crm.FailuresAsync(company, await health.GetAsync(company, crm.Crm, cancellationToken), cancellationToken) ?? []);
        }

        return failures;
    }

    /// <summary>Tells the firm's webhooks of each failure, and of each chain that failed, that they have not been told of.</summary>
    public async Task JudgeAsync(CompanyId company, CancellationToken cancellationToken)
    {
        foreach (var crm in _crms)
        {
            var state = await health.GetAsync(company, crm.Crm, cancellationToken);
            if (await crm.FailuresAsync(company, state, cancellationToken) is { } failures)
            {
                await TellOfFailuresAsync(company, failures, state, cancellationToken);
                await TellOfChainsAsync(company, crm, state, cancellationToken);
            }
        }
    }

    private async Task TellOfFailuresAsync(CompanyId company, IReadOnlyList<IntegrationFailure> failures, SyncState state, CancellationToken cancellationToken)
    {
        foreach (var failure in failures)
        {
            if (!state.Told.TryGetValue(failure.Key, out var told) || told < failure.Since)
            {
                // The event first: after a crash between the two it is accepted again under the same id, which has no effect.
                await TellAsync(company, $"evt_{failure.Crm}_{failure.Reason}_{failure.Since.ToUnixTimeMilliseconds()}", failure, null, cancellationToken);
                await health.ToldAsync(company, failure.Crm, failure.Key, failure.Since, cancellationToken);
            }
        }
    }

    private async Task TellOfChainsAsync(CompanyId company, WatchedCrm crm, SyncState state, CancellationToken cancellationToken)
    {
        var told = state.Told.TryGetValue(Chain, out var last) ? last : clock.GetUtcNow().AddDays(-1);
        var failed = (await workflows.ListAsync(company, told - s_overlap, MostChains, cancellationToken)).Where(crm.IsChain).ToList();
        foreach (var view in failed)
        {
            // A rerun that fails too is the same chain.
            var chain = LawRulerWorkflows.First(view.Record.Id);
            var id = $"evt_{crm.Crm}_{Chain}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(chain)))[..24]}";
            if (await events.FindAsync(company, id, cancellationToken) is null)
            {
                var message = $"{chain} ended without doing all. {FailedWorkflows.Message(view)}";
                await TellAsync(company, id, new IntegrationFailure(crm.Crm, crm.Crm, Chain, Chain, view.Record.EndedAt!.Value, message), view.Record.Id, cancellationToken);
            }
        }

        if (failed.Count > 0 && failed.Max(view => view.Record.EndedAt!.Value) is var newest && newest > told)
        {
            await health.ToldAsync(company, crm.Crm, Chain, newest, cancellationToken);
        }
    }

    private async Task TellAsync(CompanyId company, string id, IntegrationFailure failure, string? subject, CancellationToken cancellationToken)
    {
        await intake.AcceptAsync([Event(company, id, failure)], cancellationToken);
        await audit.WriteAsync(company, failure.Crm, "integration_failing", "warning", null, subject, failure.Message, cancellationToken);
    }

    private static PlatformEvent Event(CompanyId company, string id, IntegrationFailure failure)
    {
        var envelope = new IntegrationFailingEnvelope(
            id, EventTypes.IntegrationFailing, failure.Since, company, new IntegrationFailingData(new FailingIntegration(failure.Crm, failure.Reason, failure.Message, failure.Since)));
        var json = JsonSerializer.SerializeToElement(envelope, KayseJson.Default.IntegrationFailingEnvelope);
        return PlatformEventReader.Read(json, out var errors) is [var one] ? one : throw new InvalidOperationException($"The event is not valid: {errors[0].Field}.");
    }
}

/// <summary>Something that is wrong with a connection.</summary>
/// <param name="Crm">The CRM.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Reason"><c>credentials</c>, <c>sync</c>, <c>statuses</c> or <c>chain</c>.</param>
/// <param name="Key">What fails: each is told of by itself.</param>
/// <param name="Since">Since when.</param>
/// <param name="Message">What happened and what to do.</param>
public sealed record IntegrationFailure(string Crm, string Name, string Reason, string Key, DateTimeOffset Since, string Message);

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
