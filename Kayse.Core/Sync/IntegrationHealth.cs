using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Events;

namespace Kayse.Core.Sync;

/// <summary>Says what is wrong with a firm's connection to a CRM, and tells the firm's webhooks once of each failure.</summary>
public sealed class IntegrationHealth(SyncHealth health, LawRulerConnections connections, EventIntake intake, AuditLog audit, TimeProvider clock)
{
    /// <summary>A sync that has not worked for so long is failing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(3);

    /// <summary>What is wrong, the most urgent first; empty when all is well or nothing is connected.</summary>
    public async Task<IReadOnlyList<IntegrationFailure>> FailuresAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(company, cancellationToken);
        return connection.IsActive ? Failures(await health.GetAsync(company, LawRulerConnections.Crm, cancellationToken), connection.Toggles) : [];
    }

    /// <summary>Tells the firm's webhooks of a failure that they have not been told of.</summary>
    public async Task JudgeAsync(CompanyId company, CancellationToken cancellationToken)
    {
        const string crm = LawRulerConnections.Crm;
        if (await FailuresAsync(company, cancellationToken) is not [var failure, ..])
        {
            return;
        }

        var state = await health.GetAsync(company, crm, cancellationToken);
        if (state.ToldOf >= failure.Since)
        {
            return;
        }

        // The event first: after a crash between the two it is accepted again under the same id, which has no effect.
        await intake.AcceptAsync([Event(company, crm, failure)], cancellationToken);
        await health.ToldAsync(company, crm, failure.Since, cancellationToken);
        await audit.WriteAsync(company, crm, "integration_failing", "warning", null, null, failure.Message, cancellationToken);
    }

    private List<IntegrationFailure> Failures(SyncState state, LawRulerToggles toggles)
    {
        var failures = new List<IntegrationFailure>();
        if (state.RefusedSince is { } refused)
        {
            failures.Add(new IntegrationFailure("credentials", refused, "Law Ruler refuses the firm's credentials; nothing is sent or fetched. Connect again with the right ones; what waits goes on by itself, and what was refused can be rerun."));
        }

        if (toggles.ReceiveData && state.FailingSince is { } failing && clock.GetUtcNow() - failing >= Patience)
        {
            failures.Add(new IntegrationFailure("sync", failing, $"The sync with Law Ruler has not worked for three hours. {state.LastError}".TrimEnd()));
        }

        if (toggles is { ReceiveData: true, SyncCaseStatuses: true } && state.PullFailingSince is { } blind && clock.GetUtcNow() - blind >= Patience)
        {
            failures.Add(new IntegrationFailure("statuses", blind, $"Law Ruler's statuses could not be read for three hours. {state.LastPullError}".TrimEnd()));
        }

        return failures;
    }

    private static PlatformEvent Event(CompanyId company, string crm, IntegrationFailure failure)
    {
        var envelope = new IntegrationFailingEnvelope(
            $"evt_{crm}_{failure.Reason}_{failure.Since.ToUnixTimeMilliseconds()}", EventTypes.IntegrationFailing, failure.Since, company, new IntegrationFailingData(new FailingIntegration(crm, failure.Reason, failure.Message, failure.Since)));
        var json = JsonSerializer.SerializeToElement(envelope, KayseJson.Default.IntegrationFailingEnvelope);
        return PlatformEventReader.Read(json, out var errors) is [var one] ? one : throw new InvalidOperationException($"The event is not valid: {errors[0].Field}.");
    }
}

/// <summary>Something that is wrong with a connection.</summary>
/// <param name="Reason"><c>credentials</c>, <c>sync</c> or <c>statuses</c>.</param>
/// <param name="Since">Since when.</param>
/// <param name="Message">What happened and what to do.</param>
public sealed record IntegrationFailure(string Reason, DateTimeOffset Since, string Message);

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
/// <param name="Reason"><c>credentials</c>, <c>sync</c> or <c>statuses</c>.</param>
/// <param name="Message">What happened and what to do.</param>
/// <param name="FailingSince">Since when.</param>
public sealed record FailingIntegration(string Crm, string Reason, string Message, DateTimeOffset FailingSince);
