using System.Text;
using Kayse.Core.Workflows;
using Kayse.Standalone.Workflows;

namespace Kayse.Tests.Workflows.Model;

/// <summary>An engine in memory to which crashes do nothing but make it run its unfinished activities again.</summary>
internal sealed class WorkflowModel(WorkflowCatalog catalog, DateTimeOffset start)
{
    private readonly Dictionary<string, ModelInstance> _instances = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Tag, int Run), ModelContext> _runs = [];
    private readonly Dictionary<string, (int Min, int Max)> _expected = new(StringComparer.Ordinal);
    private readonly HashSet<string> _fresh = new(StringComparer.Ordinal);
    private long _raised;

    public DateTimeOffset Now { get; private set; } = start;

    public bool IsUp { get; private set; } = true;

    public IReadOnlyDictionary<string, ModelInstance> Instances => _instances;

    /// <summary>How often each activity has run since the process began: at least and at most.</summary>
    public IReadOnlyDictionary<string, (int Min, int Max)> Expected => _expected;

    /// <summary>The activities that are held now, in order.</summary>
    public string[] Held => IsUp ? [.. Running.SelectMany(Pending).Order(StringComparer.Ordinal)] : [];

    private IEnumerable<ModelInstance> Running => _instances.Values.Where(instance => instance.Runs);

    public static IEnumerable<string> Pending(ModelInstance instance) =>
        instance.Context.Outstanding.Values.Where(operation => operation.Record.Kind == OperationKind.Activity).Select(operation => instance.Context.Labels[operation.Step]);

    public string? Label(string tag, int run, int step) => _runs[(tag, run)].Labels.GetValueOrDefault(step);

    public bool Start(string id, string workflow, string tag)
    {
        var instance = new ModelInstance(id, workflow, NewRun(id, new ModelInput(tag, 0)), Now);
        if (!_instances.TryAdd(id, instance))
        {
            return false;
        }

        if (IsUp)
        {
            Turn(instance, []);
        }

        return true;
    }

    public bool Raise(string id, string name, int payload)
    {
        if (!_instances.TryGetValue(id, out var instance) || !instance.Runs)
        {
            return false;
        }

        var raised = new ModelEvent(_raised++, name, payload, Now);
        if (IsUp)
        {
            Turn(instance, [() => instance.Context.Give(raised)], [raised]);
        }
        else
        {
            instance.Waiting.Add(raised);
        }

        return true;
    }

    public void Release(string label, bool fails)
    {
        var instance = Running.Single(one => Pending(one).Contains(label));
        var step = instance.Context.Labels.Single(pair => pair.Value == label).Key;
        Turn(instance, [() => Answer(instance.Context, step, fails)]);
    }

    public bool Terminate(string id)
    {
        if (!_instances.TryGetValue(id, out var instance) || !instance.Runs)
        {
            return false;
        }

        Drop(instance);
        instance.End(WorkflowState.Terminated, Now, null, "enough");
        return true;
    }

    public bool Purge(string id)
    {
        if (!_instances.Remove(id, out var instance))
        {
            return false;
        }

        if (instance.Runs)
        {
            Drop(instance);
        }

        return true;
    }

    public int PurgeOld(DateTimeOffset endedBefore) => _instances.Values.Where(one => one.EndedAt < endedBefore).ToList().Count(one => _instances.Remove(one.Id));

    /// <summary>When the next timer is due, up to a time.</summary>
    public DateTimeOffset? NextDue(DateTimeOffset until)
    {
        var due = IsUp ? Running.SelectMany(Timers).Select(timer => timer.Record.Due).Where(due => due <= until.UtcTicks).Order().ToList() : [];
        return due.Count == 0 ? null : new DateTimeOffset(due[0], TimeSpan.Zero);
    }

    public void AdvanceTo(DateTimeOffset time)
    {
        Now = time;
        if (IsUp)
        {
            Running.ToList().ForEach(instance => Catch(instance));
        }
    }

    /// <summary>Says that engine and model have come to rest.</summary>
    public void Settled() => _fresh.Clear();

    /// <summary>The process ends. What it did since all was at rest may have to be done again where the store has no result of it.</summary>
    public void Down(IReadOnlySet<string> recorded)
    {
        IsUp = false;
        _expected.Clear();
        foreach (var label in _fresh.Where(label => !recorded.Contains(label)))
        {
            _expected[label] = (0, 1);
        }
    }

    /// <summary>A process begins.</summary>
    public void Up()
    {
        IsUp = true;
        foreach (var instance in Running.ToList())
        {
            Catch(instance);
            foreach (var label in instance.Runs ? Pending(instance) : [])
            {
                _expected[label] = (1, 1);
            }
        }
    }

    public static IEnumerable<IWorkflowOperation> Timers(ModelInstance instance) => instance.Context.Outstanding.Values.Where(operation => operation.Record.Kind == OperationKind.Timer);

    private void Catch(ModelInstance instance)
    {
        var context = instance.Context;
        // An event that came when a timer was due, or before, is given first.
        var happened = instance.Waiting.Select(one => (Time: one.At.UtcTicks, Kind: 0, Order: one.Place, Do: (Action)(() => context.Give(one)), Raised: (ModelEvent?)one))
            .Concat(Timers(instance).Where(timer => timer.Record.Due <= Now.UtcTicks)
                .Select(timer => (Time: timer.Record.Due, Kind: 1, Order: (long)timer.Step, Do: (Action)(() => context.Finish(timer.Step, TurnEventKind.TimerFired, default)), Raised: (ModelEvent?)null)))
            .OrderBy(one => one.Time).ThenBy(one => one.Kind).ThenBy(one => one.Order).ToList();
        instance.Waiting.Clear();
        if (happened.Count > 0 || !instance.HasBegun)
        {
            Turn(instance, [.. happened.Select(one => one.Do)], [.. happened.Select(one => one.Raised)]);
        }
    }

    private ModelContext NewRun(string id, ModelInput input)
    {
        var run = new ModelContext(id, input, catalog, () => Now);
        _runs[(input.Tag, input.Run)] = run;
        return run;
    }

    private void Turn(ModelInstance instance, IReadOnlyList<Action> happened, IReadOnlyList<ModelEvent?>? raised = null)
    {
        var context = instance.Context;
        if (!instance.HasBegun)
        {
            instance.HasBegun = true;
            context.Begin(instance.Workflow);
        }

        var given = 0;
        for (; given < happened.Count && !context.Root.IsCompleted; given++)
        {
            happened[given]();
        }

        if (context.Root.IsCompleted)
        {
            End(instance, [.. context.Untaken.Concat((raised ?? []).Skip(given).OfType<ModelEvent>()).OrderBy(one => one.Place)]);
            return;
        }

        foreach (var label in Pending(instance).Where(label => !_expected.ContainsKey(label)))
        {
            _expected[label] = (1, 1);
            _fresh.Add(label);
        }

        if (Instant(context) is { } step)
        {
            Turn(instance, [() => Answer(context, step, fails: false)]);
        }
    }

    private void End(ModelInstance instance, ModelEvent[] left)
    {
        var context = instance.Context;
        Drop(instance);
        if (context.Root.Exception?.InnerException is { } fault)
        {
            instance.End(WorkflowState.Failed, Now, null, fault is WorkflowActivityException ? fault.Message : $"The workflow threw {fault.GetType().Name} at {nameof(ModelWorkflows)}.cs:");
            return;
        }

        if (context.Next is not { } next)
        {
            instance.End(WorkflowState.Completed, Now, Encoding.UTF8.GetString(context.Root.Result.Span), null);
            return;
        }

        instance.Context = NewRun(instance.Id, next);
        instance.HasBegun = false;
        Turn(instance, [.. left.Select<ModelEvent, Action>(one => () => instance.Context.Give(one))], left);
    }

    private void Drop(ModelInstance instance)
    {
        foreach (var label in Pending(instance))
        {
            // What was asked for in the very turn that ends the run is not run, unless that turn was cut in two.
            if (_fresh.Contains(label) || !_expected.ContainsKey(label))
            {
                _expected[label] = (0, 1);
            }

            // A crash may still undo the end, until all is at rest.
            _fresh.Add(label);
        }
    }

    private static int? Instant(ModelContext context) =>
        context.Outstanding.Values.FirstOrDefault(operation => operation.Record is { Kind: OperationKind.Activity, Name: not "gate" })?.Step;

    private void Answer(ModelContext context, int step, bool fails)
    {
        var operation = context.Outstanding[step];
        var name = operation.Record.Name;
        if (fails || name == "faulty")
        {
            context.Finish(step, TurnEventKind.ActivityFailed, Encoding.UTF8.GetBytes($"The activity '{name}' failed: {nameof(NotSupportedException)}."));
            return;
        }

        context.Finish(step, TurnEventKind.ActivityDone, name == "attempt"
            ? catalog.Serialize(ModelActivities.Attempt(catalog.Deserialize<StepAttempt>(operation.Input!.Value), Now))
            : catalog.Serialize(ModelActivities.Note(context.Labels[step])));
    }
}
