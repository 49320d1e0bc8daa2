using System.Text.Json;
using System.Text.Json.Serialization;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Starts the syncs of cases to Lawmatics.</summary>
public sealed class LawmaticsSync(LawmaticsConnections connections, LawmaticsSyncStates states, WorkflowRecords records, TimeProvider clock)
{
    private const string GaveWay = "Ended while it waited for another attempt, since somebody asked for the sync at once: a new one has taken its place.";

    // A start that a crash has cut off is finished until then. What has no record later has ended long ago: records are kept longer than any sync takes.
    private static readonly TimeSpan s_startPatience = TimeSpan.FromHours(1);

    // Nearer to its next attempt than this, a sync is not taken out of its waiting: the attempt may be under way.
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(5);

    /// <summary>Starts the sync of a case. One that runs is left to run, and takes along what has been asked for since it began; only one that waits for another attempt gives way to a person.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="id">The case.</param>
    /// <param name="order">Who asks, and for what.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The sync's workflow.</returns>
    public async Task<string> StartAsync(CompanyId company, CaseId id, LawmaticsSyncOrder order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        while (true)
        {
            var row = await states.FindAsync(company, id, cancellationToken);
            var old = row?.Value ?? new LawmaticsSyncState();
            if (await RunningAsync(company, old, order, cancellationToken) is { } running)
            {
                var more = old with { Wanted = order.IsBulk ? old.Wanted : old.Wanted + 1, IsBulk = old.IsBulk && order.IsBulk, IsByHand = old.IsByHand || order.SendsAnew };
                if (more == old || await states.WriteAsync(company, id, row, more, cancellationToken))
                {
                    // Its start is finished, wherever a crash has come into it; what was started is not started twice.
                    await RunAsync(company, id, running, order, cancellationToken);
                    return running;
                }

                continue;
            }

            var workflow = $"{LawmaticsSyncWorkflow.IdPrefix}.{Ids.New("syn", clock)}";
            // One that begins with a later step does not note by itself that it has taken up what was asked for.
            var taken = order.FromStep == ContactStep.Name ? old.Taken : old.Wanted + 1;
            var next = old with { Running = workflow, StartedAt = clock.GetUtcNow(), Wanted = old.Wanted + 1, Taken = taken, IsBulk = order.IsBulk, IsByHand = order.SendsAnew };
            if (await states.WriteAsync(company, id, row, next, cancellationToken))
            {
                await RunAsync(company, id, workflow, order, cancellationToken);
                return workflow;
            }
        }
    }

    /// <summary>How a case's last sync stands, and its workflow.</summary>
    public async Task<(SyncStanding Standing, WorkflowView? Workflow)> FindAsync(CompanyId company, CaseId id, CancellationToken cancellationToken)
    {
        var state = (await states.FindAsync(company, id, cancellationToken))?.Value;
        var view = (state?.Running ?? state?.Last) is { } last ? await records.FindAsync(company, last, cancellationToken) : null;
        return view is null ? (Unrecorded(state), null)
            : view.Record.EndedAt is null ? (IsTriedAgain(view) ? SyncStanding.Waiting : SyncStanding.Running, view)
            : (view.Record.State == WorkflowStates.Completed ? SyncStanding.Done : SyncStanding.Failed, view);
    }

    /// <summary>True for a sync that did not work and waits for another attempt.</summary>
    internal static bool IsTriedAgain(WorkflowView view) => view.Record.EndedAt is null && view.Steps.Any(step => step is { State: "waiting", Attempts: > 0 });

    private async Task<string?> RunningAsync(CompanyId company, LawmaticsSyncState state, LawmaticsSyncOrder order, CancellationToken cancellationToken)
    {
        if (state.Running is not { } running)
        {
            return null;
        }

        var view = await records.FindAsync(company, running, cancellationToken);
        if (view is null || view.Record.EndedAt is not null)
        {
            return view is null && IsStarting(state) ? running : null;
        }

        var isFarOff = view.Steps.Any(step => step is { State: "waiting", Attempts: > 0 } && step.NextAttemptAt > clock.GetUtcNow() + s_soon);
        return order.IsByHand && isFarOff && await records.TerminateAsync(company, running, cancellationToken, GaveWay) ? null : running;
    }

    private bool IsStarting(LawmaticsSyncState state) => state.StartedAt + s_startPatience > clock.GetUtcNow();

    /// <summary>How a sync stands whose record is not there: it was purged, or is not there yet.</summary>
    private SyncStanding Unrecorded(LawmaticsSyncState? state) => state switch
    {
        { Running: not null } => IsStarting(state) ? SyncStanding.Running : SyncStanding.Failed,
        { LastState: { } last } => last == WorkflowStates.Completed ? SyncStanding.Done : SyncStanding.Failed,
        _ => SyncStanding.None,
    };

    private async Task RunAsync(CompanyId company, CaseId id, string workflow, LawmaticsSyncOrder order, CancellationToken cancellationToken)
    {
        var settings = (await connections.GetAsync(company, cancellationToken)).Settings;
        var policy = new RetryPolicy(settings.RetryFirstSeconds, settings.RetryMaxSeconds, settings.RetryWindowHours);
        var input = new LawmaticsSyncInput(company, workflow, new StepAttempt(company, workflow, order.FromStep, id.ToString(), 1, clock.GetUtcNow(), policy), settings.Sync.UploadFiles, order.Only);
        await records.StartAsync(company, workflow, LawmaticsSyncWorkflow.Name, id.ToString(), JsonSerializer.SerializeToUtf8Bytes(input, KayseJson.Default.LawmaticsSyncInput), cancellationToken);
    }
}

/// <summary>Who asks for a sync, and for what.</summary>
/// <param name="IsByHand">A person: then one that waits for another attempt gives way.</param>
/// <param name="IsBulk">A bulk sync: it gives way to the others.</param>
/// <param name="FromStep">The first step.</param>
/// <param name="Only">True for this step alone.</param>
public sealed record LawmaticsSyncOrder(bool IsByHand = false, bool IsBulk = false, string FromStep = ContactStep.Name, bool Only = false)
{
    /// <summary>True when a person asked for this very case: then also what seems to be there is sent anew, and what was deleted there is made again. Of many nobody has looked at each.</summary>
    public bool SendsAnew => IsByHand && !IsBulk;

    /// <summary>An event's.</summary>
    public static LawmaticsSyncOrder ByItself { get; } = new();

    /// <summary>A person's.</summary>
    public static LawmaticsSyncOrder ByHand { get; } = new(IsByHand: true);
}

/// <summary>How the last sync of a case stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SyncStanding>))]
public enum SyncStanding
{
    /// <summary>There was none.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>It runs.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>It did not work, and is tried again by itself.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>It worked.</summary>
    [JsonStringEnumMemberName("done")]
    Done,

    /// <summary>It was refused, given up or ended.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}
