using System.Text;
using Kayse.Core.Workflows;

namespace Kayse.Standalone.Workflows;

/// <summary>An activity to be run for an instance.</summary>
internal sealed record ActivityCall(LiveInstance Instance, EmbeddedWorkflowContext Context, int Step, string Activity, ReadOnlyMemory<byte> Input, CancellationToken Cancellation);

/// <summary>Runs activities in the thread pool, fairly between companies' kinds of workflow and within the limits, and tells each result that counts.</summary>
internal sealed class ActivityRunner(WorkflowCatalog catalog, EmbeddedWorkflowOptions options, BusyCount busy, WorkflowLog log, Action<ActivityCall, TurnEvent> arrived)
{
    private readonly Lock _gate = new();
    private readonly FairQueue<ActivityCall> _waiting = new(options.MaxActivities, options.MaxActivitiesPerKind, firstAlwaysEnters: false);
    private volatile bool _stopping;

    public void Enqueue(ActivityCall call)
    {
        lock (_gate)
        {
            if (_stopping)
            {
                return;
            }

            _waiting.Enqueue(call.Instance.Kind, call);
        }

        Admit();
    }

    /// <summary>Starts no more activities, and does not count the failures of those that run: they are run again after the next start.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopping = true;
            _waiting.Clear();
        }
    }

    private void Admit()
    {
        while (true)
        {
            ActivityCall? call;
            lock (_gate)
            {
                if (_stopping || !_waiting.TryTake(out _, out call))
                {
                    return;
                }

                busy.Enter();
            }

            ThreadPool.UnsafeQueueUserWorkItem(static work => _ = work.Runner.RunAsync(work.Call), (Runner: this, Call: call), preferLocal: false);
        }
    }

    private async Task RunAsync(ActivityCall call)
    {
        try
        {
            var result = await ResultAsync(call);
            lock (_gate)
            {
                _waiting.Release(call.Instance.Kind);
            }

            Admit();
            if (result is { } happened)
            {
                arrived(call, happened);
            }
        }
        finally
        {
            busy.Leave();
        }
    }

    private async Task<TurnEvent?> ResultAsync(ActivityCall call)
    {
        if (call.Cancellation.IsCancellationRequested)
        {
            return null;
        }

        try
        {
            var result = await catalog.RunActivityAsync(call.Activity, call.Context.InstanceId, call.Input, call.Cancellation);
            return result.Length <= WorkflowLimits.MaxPayloadBytes
                ? new TurnEvent(TurnEventKind.ActivityDone, call.Step, string.Empty, result, 0)
                : Failed(call, WorkflowErrors.ResultTooLarge(call.Activity, result.Length));
        }
#pragma warning disable CA1031 // Whatever an activity throws is handed to its workflow.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            if (_stopping || call.Cancellation.IsCancellationRequested)
            {
                return null;
            }

            log.ActivityFailed(call.Context.InstanceId, call.Activity, fault.GetType().Name);
            return Failed(call, WorkflowErrors.Activity(call.Activity, fault));
        }
    }

    private static TurnEvent Failed(ActivityCall call, string message) =>
        new(TurnEventKind.ActivityFailed, call.Step, string.Empty, Encoding.UTF8.GetBytes(message), 0);
}
