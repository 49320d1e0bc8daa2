using System.Text;
using System.Text.Json;
using Kayse.Core.Workflows;
using Kayse.Standalone.Storage;
using Kayse.Standalone.Workflows;

namespace Kayse.Tests.Workflows.Model;

/// <summary>Compares what the engine shows and stores with the model; every difference fails.</summary>
internal static class ModelComparison
{
    public static async Task CompareAsync(ModelledEngine real, WorkflowModel model)
    {
        var instances = await real.Engine.QueryAsync(string.Empty, null, null, 100, CancellationToken.None);
        SameList("instances", model.Instances.Keys.Order(StringComparer.Ordinal), instances.Select(one => one.Id));
        foreach (var instance in instances)
        {
            CompareInstance(model.Instances[instance.Id], instance);
            CompareHistory(model.Instances[instance.Id], History(real.Database, instance.Id));
        }

        CompareWaiting(real.Database, model);
        CompareActivities(real, model);
    }

    /// <summary>The labels of the activities whose results are in the store.</summary>
    public static IReadOnlySet<string> Recorded(SqliteDatabase database, WorkflowModel model)
    {
        var recorded = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in Rows(database, "SELECT id FROM wf_instance"))
        {
            var (input, turns) = History(database, id);
            foreach (var happened in turns.SelectMany(turn => turn.Events).Where(one => one.Kind is TurnEventKind.ActivityDone or TurnEventKind.ActivityFailed))
            {
                recorded.Add(model.Label(input.Tag, input.Run, happened.Step) ?? throw new InvalidOperationException($"{id} has a result of step {happened.Step}, which the model does not have."));
            }
        }

        return recorded;
    }

    private static void CompareInstance(ModelInstance expected, WorkflowInstance actual)
    {
        Same($"{expected.Id}", $"{expected.Workflow} {expected.State} {expected.StartedAt:O} {expected.EndedAt:O} {expected.Output}", $"{actual.Workflow} {actual.State} {actual.StartedAt:O} {actual.EndedAt:O} {actual.Output}");
        // An exception of the workflow is told with its line.
        Assert.True(expected.Error is null ? actual.Error is null : actual.Error?.StartsWith(expected.Error, StringComparison.Ordinal), $"{expected.Id} should have error '{expected.Error}' and has '{actual.Error}'.");
    }

    private static void CompareHistory(ModelInstance expected, (ModelInput Input, TurnRecord[] Turns) actual)
    {
        Same($"input of {expected.Id}", expected.Context.Input, actual.Input);
        SameList($"steps of {expected.Id}", expected.Context.Asked, actual.Turns.SelectMany(turn => turn.Operations));
        var happened = actual.Turns.SelectMany(turn => turn.Events).ToLookup(one => one.Kind == TurnEventKind.Raised);
        SameList($"results of {expected.Id}", expected.Context.Results.Order(StringComparer.Ordinal), happened[false].Select(one => $"{one.Kind} {one.Step} {Encoding.UTF8.GetString(one.Payload.Span)}").Order(StringComparer.Ordinal));
        var raised = happened[true].Select(one => $"{one.Name} {Encoding.UTF8.GetString(one.Payload.Span)}");
        // Of several raised at a time the last may have come before the end or after it.
        SameList($"events of {expected.Id}", expected.Context.Raised.Select(one => one.ToString()), expected.Runs ? raised : raised.Take(expected.Context.Raised.Count));
    }

    private static void CompareWaiting(SqliteDatabase database, WorkflowModel model)
    {
        var running = model.Instances.Values.Where(one => one.Runs).OrderBy(one => one.Id, StringComparer.Ordinal).ToList();
        SameList("timers", running.SelectMany(one => WorkflowModel.Timers(one).Select(timer => $"{one.Id} {timer.Step} {timer.Record.Due}")), Rows(database, "SELECT instance || ' ' || step || ' ' || due FROM wf_timer ORDER BY instance, step"));
        SameList("events that wait", running.SelectMany(one => one.Waiting.Select(raised => $"{one.Id} {raised}")), Rows(database, "SELECT instance || ' ' || name || ' ' || CAST(payload AS TEXT) FROM wf_event ORDER BY instance, seq"));
        SameList("marks", running.Where(one => !one.HasBegun || one.Waiting.Count > 0 || WorkflowModel.Pending(one).Any()).Select(one => one.Id), Rows(database, "SELECT instance FROM wf_work ORDER BY instance"));
    }

    private static void CompareActivities(ModelledEngine real, WorkflowModel model)
    {
        SameList("held activities", model.Held, real.Activities.Held);
        var runs = real.Activities.Runs;
        foreach (var label in runs.Keys.Union(model.Expected.Keys))
        {
            var (min, max) = model.Expected.GetValueOrDefault(label);
            Assert.True(runs.GetValueOrDefault(label) is var times && times >= min && times <= max, $"Activity {label} ran {times} times in this process, which should be {min} to {max}.");
        }
    }

    private static (ModelInput Input, TurnRecord[] Turns) History(SqliteDatabase database, string id) => database.Read(store =>
    {
        var input = JsonSerializer.Deserialize<ModelInput>((byte[])store.Scalar("SELECT input FROM wf_instance WHERE id = ?1", id)!)!;
        using var reader = store.Query("SELECT at, record FROM wf_turn WHERE instance = (SELECT number FROM wf_instance WHERE id = ?1) ORDER BY seq", id);
        var turns = new List<TurnRecord>();
        while (reader.Read())
        {
            turns.Add(TurnCodec.Decode(reader.GetInt64(0), reader.GetBytes(1)));
        }

        return (input, turns.ToArray());
    });

    private static List<string> Rows(SqliteDatabase database, string sql) => database.Read(store =>
    {
        using var reader = store.Query(sql);
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    });

    private static void SameList<T>(string what, IEnumerable<T> expected, IEnumerable<T> actual) =>
        Same(what, $"[{string.Join(", ", expected)}]", $"[{string.Join(", ", actual)}]");

    private static void Same(string what, object expected, object actual) =>
        Assert.True(expected.Equals(actual), $"{what}: the model has {expected}, the engine {actual}.");
}
