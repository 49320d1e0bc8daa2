using Kayse.Core.Workflows;

namespace Kayse.Standalone.Workflows;

/// <summary>Takes one turn of an instance: what happened goes in, the code runs on, and both are committed together before anything is done.</summary>
internal sealed class TurnTaker(WorkflowStore store, WorkflowCatalog catalog, TimeProvider clock, EmbeddedWorkflowOptions options, WorkflowLog log, CancellationToken stopping)
{
    private static readonly TurnEvent[] Nothing = [];

    /// <summary>Called with each activity that is to run; it is in the store.</summary>
    public Action<ActivityCall> Scheduled { get; set; } = static _ => { };

    /// <summary>Called with each timer that is in the store.</summary>
    public Action<string, long> TimerAdded { get; set; } = static (_, _) => { };

    /// <summary>Called when a rule was broken outside a turn.</summary>
    public Action<EmbeddedWorkflowContext> Violated { get; set; } = static _ => { };

    /// <summary>Called with the instances that end by themselves.</summary>
    public Action<WorkflowState> Ended { get; set; } = static _ => { };

    /// <summary>Takes a turn. False when the instance has ended and must leave the memory.</summary>
    /// <exception cref="OperationCanceledException">The engine stops while the store is out of order.</exception>
    public async Task<bool> TakeAsync(LiveInstance instance, (long Run, string Error)? violation)
    {
        var results = instance.TakeArrivals(out var poked);
        var context = instance.Context;
        if (context is null)
        {
            var fresh = instance.TakeFresh();
            poked |= fresh is null;
            context = fresh is null ? await LoadAsync(instance) : Begin(instance, fresh);
        }

        if (context is null)
        {
            return false;
        }

        if (violation is { } broken && broken.Run == context.Run)
        {
            context.Fail(broken.Error);
        }

        var now = Math.Max(clock.GetUtcNow().UtcTicks, context.LastTurnAt);
        var happened = poked ? await HappenedAsync(instance, context, now, results) : new Happened(results, []);
        var given = context.Violation is null ? context.Take(now, happened.Events) : 0;
        var outcome = context.Outcome();
        if (ReferenceEquals(outcome, TurnOutcome.Waits) && given == 0 && context.Asked.Count == 0 && instance.Sequence > 0)
        {
            Schedule(instance, context);
            return true;
        }

        return await CommitAsync(instance, context, Commit(instance, context, happened, given, outcome, now));
    }

    private async Task<EmbeddedWorkflowContext?> LoadAsync(LiveInstance instance)
    {
        var stored = await InsistAsync(instance, () => Task.FromResult(store.Load(instance.Id)));
        return stored is null ? null : Begin(instance, stored);
    }

    private EmbeddedWorkflowContext Begin(LiveInstance instance, StoredInstance stored)
    {
        var context = new EmbeddedWorkflowContext(stored, catalog, Violated);
        instance.Begin(context, stored.Turns.Count, stored.HasWork);
        if (catalog.HasWorkflow(stored.Workflow))
        {
            context.Replay();
        }
        else
        {
            context.Fail(WorkflowFaults.UnknownWorkflow(stored.Workflow));
        }

        return context;
    }

    private async Task<Happened> HappenedAsync(LiveInstance instance, EmbeddedWorkflowContext context, long now, List<TurnEvent> results)
    {
        var events = await InsistAsync(instance, () => Task.FromResult(store.Events(instance.Id, instance.EventsThrough)));
        WorkflowTimer[] timers =
        [
            .. context.Outstanding
                .Where(operation => operation.Record.Kind == OperationKind.Timer && operation.Record.Due <= now)
                .Select(operation => new WorkflowTimer(operation.Step, operation.Record.Due))
                .OrderBy(timer => timer.Due).ThenBy(timer => timer.Step),
        ];
        return events.Count == 0 && timers.Length == 0 ? new Happened(results, []) : Happened.InOrder(results, events, timers);
    }

    private static TurnCommit Commit(LiveInstance instance, EmbeddedWorkflowContext context, Happened happened, int given, TurnOutcome outcome, long now)
    {
        var events = given == happened.Events.Count ? happened.Events : happened.Events.GetRange(0, given);
        var fired = events.Count(item => item.Kind == TurnEventKind.TimerFired);
        return new TurnCommit
        {
            Instance = instance.Id,
            Run = context.Run,
            Sequence = instance.Sequence,
            At = now,
            Record = TurnCodec.Encode(events.Count == 0 ? Nothing : events, context.Asked),
            Outcome = outcome,
            NewTimers = context.NewTimers(),
            FiredTimers = fired == 0 ? [] : happened.Timers[..fired],
            EventsThrough = Math.Max(instance.EventsThrough, events.Count == 0 ? 0 : events.Max(item => item.Sequence)),
            CarriedEvents = outcome.NextInput is null ? [] : context.UntakenEvents,
            HasWork = context.Activities > 0,
            HadWork = instance.HasWork,
            NextRun = outcome.NextInput is null ? 0 : Random.Shared.NextInt64(),
        };
    }

    private async Task<bool> CommitAsync(LiveInstance instance, EmbeddedWorkflowContext context, TurnCommit turn)
    {
        if (!await InsistAsync(instance, () => store.CommitAsync(turn)))
        {
            // Ended from outside, or written before after all, by a commit whose success was not told: the store knows.
            instance.EndRun();
            return true;
        }

        if (turn.Outcome.State != WorkflowState.Running)
        {
            Report(turn);
            return false;
        }

        if (turn.Outcome.NextInput is not null)
        {
            instance.EndRun();
            return true;
        }

        instance.Sequence++;
        instance.EventsThrough = turn.EventsThrough;
        instance.HasWork = turn.HasWork;
        context.Committed();
        foreach (var timer in turn.NewTimers)
        {
            TimerAdded(instance.Id, timer.Due);
        }

        Schedule(instance, context);
        return true;
    }

    private void Schedule(LiveInstance instance, EmbeddedWorkflowContext context)
    {
        if (context.Activities == 0)
        {
            return;
        }

        foreach (var operation in context.Outstanding)
        {
            if (operation.Input is { } input)
            {
                operation.Input = null;
                Scheduled(new ActivityCall(instance, context, operation.Step, operation.Record.Name, input, instance.Cancellation));
            }
        }
    }

    private void Report(TurnCommit turn)
    {
        Ended(turn.Outcome.State);
        if (turn.Outcome.Error is { } error)
        {
            log.Failed(turn.Instance, error);
        }
    }

    // A store that is out of order loses nothing: the same is asked again until it is taken.
    private async Task<T> InsistAsync<T>(LiveInstance instance, Func<Task<T>> ask)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
#pragma warning disable CA1031 // Whatever the fault, an instance must not be left behind unseen.
            catch (Exception fault) when (fault is not InvalidDataException)
#pragma warning restore CA1031
            {
                log.StoreRefused(instance.Id, fault.GetType().Name);
                await Task.Delay(options.StorageRetry, clock, stopping);
            }
        }
    }
}
