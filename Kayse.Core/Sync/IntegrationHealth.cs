using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Events;

namespace Kayse.Core.Sync;

/// <summary>Says what is wrong with a firm's connections to CRMs, and tells the firm's webhooks once of each failure.</summary>
public sealed class IntegrationHealth(IEnumerable<WatchedCrm> crms, SyncHealth health, EventIntake intake, AuditLog audit, TimeProvider clock)
{
    /// <summary>A sync that has not worked for so long is failing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(3);

    private readonly WatchedCrm[] _crms = [.. crms];

    /// <summary>What is wrong, each CRM's most urgent first; empty when all is well or nothing is connected.</summary>
    public async Task<IReadOnlyList<IntegrationFailure>> FailuresAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var failures = new List<IntegrationFailure>();
        foreach (var crm in _crms)
        {
            failures.AddRange(await FailuresAsync(company, crm, cancellationToken));
        }

        return failures;
    }

    /// <summary>Tells the firm's webhooks of the failures that they have not been told of.</summary>
    public async Task JudgeAsync(CompanyId company, CancellationToken cancellationToken)
    {
        foreach (var crm in _crms)
        {
            if (await FailuresAsync(company, crm, cancellationToken) is [var failure, ..])
            {
                await TellAsync(company, failure, cancellationToken);
            }
        }
    }

    private async Task TellAsync(CompanyId company, IntegrationFailure failure, CancellationToken cancellationToken)
    {
        if ((await health.GetAsync(company, failure.Crm, cancellationToken)).ToldOf >= failure.Since)
        {
            return;
        }

        // The event first: after a crash between the two it is accepted again under the same id, which has no effect.
        await intake.AcceptAsync([Event(company, failure.Crm, failure)], cancellationToken);
        await health.ToldAsync(company, failure.Crm, failure.Since, cancellationToken);
        await audit.WriteAsync(company, failure.Crm, "integration_failing", "warning", null, null, failure.Message, cancellationToken);
    }

    private async Task<IReadOnlyList<IntegrationFailure>> FailuresAsync(CompanyId company, WatchedCrm crm, CancellationToken cancellationToken)
    {
        if (await crm.ConditionAsync(company, cancellationToken) is not { } condition)
        {
            return [];
        }

        var state = await health.GetAsync(company, crm.Crm, cancellationToken);
        var failures = new List<IntegrationFailure>();
        if ((condition.RefusedSince ?? state.RefusedSince) is { } refused)
        {
            failures.Add(new IntegrationFailure(crm.Crm, crm.Name, "credentials", refused, condition.RefusedMessage));
        }

        if (condition.IsSynced && state.FailingSince is { } failing && clock.GetUtcNow() - failing >= Patience)
        {
            failures.Add(new IntegrationFailure(crm.Crm, crm.Name, "sync", failing, $"The sync with {crm.Name} has not worked for three hours. {state.LastError}".TrimEnd()));
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
/// <param name="Crm">The CRM.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Reason"><c>credentials</c> or <c>sync</c>.</param>
/// <param name="Since">Since when.</param>
/// <param name="Message">What happened and what to do.</param>
public sealed record IntegrationFailure(string Crm, string Name, string Reason, DateTimeOffset Since, string Message);

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
/// <param name="Reason"><c>credentials</c> or <c>sync</c>.</param>
/// <param name="Message">What happened and what to do.</param>
/// <param name="FailingSince">Since when.</param>
public sealed record FailingIntegration(string Crm, string Reason, string Message, DateTimeOffset FailingSince);
