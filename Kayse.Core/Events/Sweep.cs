using Kayse.Core.Companies;
using Kayse.Core.Connectors;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Webhooks;
using Kayse.Core.Workflows;
using Microsoft.Extensions.Logging;

namespace Kayse.Core.Events;

/// <summary>Takes up whatever was accepted and not finished: it reads the small <c>pending</c> table alone and sends again what has stood there too long.</summary>
public sealed partial class Sweep(
    CompanyRegister companies,
    PendingWork pending,
    EventIntake intake,
    EventStore events,
    LawRulerWebhook webhook,
    LawRulerConnections connections,
    TokenLease lease,
    WorkflowRecords workflows,
    WebhookFanOut fanOut,
    WebhookDeliveries deliveries,
    SubscriptionHealth health,
    IntegrationHealth integrations,
    TimeProvider clock,
    ILogger<Sweep> logger)
{
    /// <summary>How long something may stand there before it is sent again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>How long an entry whose row was never written is kept, where other processes may be writing it.</summary>
    public static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);

    private static readonly TimeSpan Again = TimeSpan.FromMinutes(10);

    private DateTimeOffset _nextStranded;

    /// <summary>Sweeps every firm.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var company in companies.AllAsync(cancellationToken))
        {
            try
            {
                await RunAsync(company, cancellationToken);
            }
            catch (Exception fault) when (fault is not (OperationCanceledException or StorageUnavailableException))
            {
                // One firm's trouble must not keep the others from being swept.
                Log.Fault(logger, company.ToString(), "the sweep", fault.GetType().Name, FaultSite.Of(fault));
            }
        }

        await TakeUpStrandedAsync(cancellationToken);
    }

    /// <summary>
    /// Takes up at once what an earlier process left: only for a host that knows, when it starts, that no other is at it. What is accepted while this runs is left alone.
    /// </summary>
    /// <param name="startedAt">When the host started, before it accepted anything.</param>
    /// <param name="cancellationToken">The host stops.</param>
    public async Task TakeUpLeftAsync(DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        await foreach (var company in companies.AllAsync(cancellationToken))
        {
            await lease.ReleaseLeftAsync(company, LawRulerConnections.Crm, startedAt, cancellationToken);
            await lease.ReleaseLeftAsync(company, LawmaticsConnections.Crm, startedAt, cancellationToken);
            var isActive = (await connections.GetAsync(company, cancellationToken)).Toggles.EnableIntegration;
            // Whoever was writing the row of one without it is gone.
            await TakeUpAsync(company, item => item.Since < startedAt && (item.WaitsFor is null ? item.NotBefore < startedAt : isActive), TimeSpan.Zero, cancellationToken);
        }
    }

    /// <summary>Sweeps one firm; also what a resumed integration does.</summary>
    public async Task RunAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var isActive = (await connections.GetAsync(company, cancellationToken)).Toggles.EnableIntegration;
        await TakeUpAsync(company, item => item.WaitsFor is null ? item.NotBefore + Patience <= now : isActive, Forgotten, cancellationToken);
        await workflows.ReconcileAsync(company, cancellationToken);
        await health.JudgeAsync(company, cancellationToken);
        await integrations.JudgeAsync(company, cancellationToken);
    }

    /// <summary>What many hosts' timer has done every few minutes in place of <see cref="RunAsync(CancellationToken)"/>: only for firms that wait for something.</summary>
    public FirmWork SweepWork => new("sweep", FirmTimers.Sweep, pending.CompaniesAsync, RunAsync);

    /// <summary>What it has done each hour for every firm.</summary>
    public FirmWork UpkeepWork => new("upkeep", FirmTimers.Upkeep, companies.AllAsync, KeepUpAsync);

    private async Task KeepUpAsync(CompanyId company, CancellationToken cancellationToken)
    {
        await RunAsync(company, cancellationToken);
        await deliveries.TakeUpStrandedAsync(company, cancellationToken);
    }

    // Every waiting delivery is looked at, so it is done more rarely.
    private async Task TakeUpStrandedAsync(CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() < _nextStranded)
        {
            return;
        }

        _nextStranded = clock.GetUtcNow() + Again;
        await foreach (var company in companies.AllAsync(cancellationToken))
        {
            await deliveries.TakeUpStrandedAsync(company, cancellationToken);
        }
    }

    private async Task TakeUpAsync(CompanyId company, Func<PendingItem, bool> isDue, TimeSpan forgotten, CancellationToken cancellationToken)
    {
        var sent = 0;
        // In the order in which they came: what came last about a lead has the last word.
        foreach (var item in (await pending.AllAsync(company, cancellationToken)).OrderBy(item => item.Since).ThenBy(item => item.Id, StringComparer.Ordinal))
        {
            if (isDue(item) && await TryTakeUpAsync(company, item, forgotten, cancellationToken))
            {
                sent++;
            }
        }

        if (sent > 0)
        {
            Log.TakenUp(logger, company.ToString(), sent);
        }
    }

    private async Task<bool> TryTakeUpAsync(CompanyId company, PendingItem item, TimeSpan forgotten, CancellationToken cancellationToken)
    {
        try
        {
            return await TakeUpAsync(company, item, forgotten, cancellationToken);
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or StorageUnavailableException))
        {
            // One that cannot be handled must not hold up the others.
            Log.Fault(logger, company.ToString(), item.Id, fault.GetType().Name, FaultSite.Of(fault));
            return false;
        }
    }

    private async Task<bool> TakeUpAsync(CompanyId company, PendingItem item, TimeSpan forgotten, CancellationToken cancellationToken)
    {
        if (item.Kind is EventIntake.PendingKind or WebhookFanOut.PendingKind)
        {
            if (await events.FindAsync(company, item.Id, cancellationToken) is null)
            {
                // The process died between the entry and the row: the sender got no answer and sends again, perhaps at this moment.
                await ForgetAsync(company, item, forgotten, cancellationToken);
                return false;
            }

            // Sent first: a crash between the two costs a second message, the other way round it would cost the wait.
            await (item.Kind == EventIntake.PendingKind
                ? intake.SendAsync(company, item.Id, null, cancellationToken)
                : fanOut.SendAgainAsync(company, item.Id, cancellationToken));
            // Once more only after a while: a long queue must not grow by what the sweep sends again and again.
            await pending.PutOffAsync(company, item, clock.GetUtcNow() + Again, cancellationToken);
            return true;
        }

        if (await webhook.ReprocessAsync(company, item.Id, cancellationToken) is null)
        {
            await ForgetAsync(company, item, forgotten, cancellationToken);
            return false;
        }

        return true;
    }

    // Not before everything that might still be writing the row has ended, however slow the store is.
    private Task ForgetAsync(CompanyId company, PendingItem item, TimeSpan forgotten, CancellationToken cancellationToken) =>
        item.Since + forgotten <= clock.GetUtcNow() ? pending.ForgetAsync(company, item, cancellationToken) : Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Company}: took up {Count} that were accepted and not finished")]
        public static partial void TakenUp(ILogger logger, string company, int count);

        [LoggerMessage(2, LogLevel.Error, "{Company}: {Id} could not be taken up: {Fault} at {Site}")]
        public static partial void Fault(ILogger logger, string company, string id, string fault, string site);
    }
}
