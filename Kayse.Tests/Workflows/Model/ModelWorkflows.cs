using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Tests.Workflows.Model;

/// <summary>The input of each workflow of the model test: a tag that no other start has, and how often it continued as new.</summary>
public sealed record ModelInput(string Tag, int Run);

/// <summary>
/// The workflows that engine and model run. In none does an activity that answers at once race with an event or a timer: how a
/// crash cuts the turns must not show in what they return.
/// </summary>
internal static class ModelWorkflows
{
    /// <summary>The event that does race with activities: it is raised only when all is at rest.</summary>
    public const string Stop = "stop";

    private static readonly RetryPolicy s_policy = new(4, 30, 1);

    private static readonly Dictionary<string, Func<WorkflowContext, ModelInput, Task<string>>> s_all = new(StringComparer.Ordinal)
    {
        ["chain"] = ChainAsync,
        ["fan"] = FanAsync,
        ["sleeper"] = SleeperAsync,
        ["approval"] = ApprovalAsync,
        ["race"] = RaceAsync,
        ["retry"] = RetryAsync,
        ["catches"] = CatchesAsync,
        ["throws"] = ThrowsAsync,
        ["counter"] = CounterAsync,
    };

    public static IReadOnlyCollection<string> Names => s_all.Keys;

    /// <summary>The events that a workflow waits for.</summary>
    public static string[] Events(string workflow) => workflow switch
    {
        "counter" => ["add", "add", "add", "go"],
        "race" => ["go", "end"],
        "retry" => [Stop],
        "approval" or "throws" => ["go"],
        _ => [],
    };

    public static void AddTo(WorkflowCatalog catalog)
    {
        foreach (var (name, run) in s_all)
        {
            catalog.AddWorkflow(name, run);
        }
    }

    private static async Task<string> ChainAsync(WorkflowContext context, ModelInput input)
    {
        var first = await CallAsync(context, input, "note", "a");
        var second = await CallAsync(context, input, "gate", "b");
        var third = await CallAsync(context, input, "note", "c");
        return $"{first} {second} {third} {Time(context)}";
    }

    private static async Task<string> FanAsync(WorkflowContext context, ModelInput input)
    {
        var parts = await Task.WhenAll(
            CallAsync(context, input, "note", "a"),
            CallAsync(context, input, "gate", "b"),
            LateAsync(),
            CallAsync(context, input, "gate", "c"),
            CallAsync(context, input, "note", "d"));
        return string.Join(' ', parts) + await CallAsync(context, input, "note", "f");

        async Task<string> LateAsync()
        {
            await context.DelayUntilAsync(context.UtcNow.AddSeconds(5));
            return await CallAsync(context, input, "note", "e") + Time(context);
        }
    }

    private static async Task<string> SleeperAsync(WorkflowContext context, ModelInput input)
    {
        await context.DelayUntilAsync(context.UtcNow.AddSeconds(5));
        var note = await CallAsync(context, input, "note", Time(context));
        await context.DelayUntilAsync(context.UtcNow.AddSeconds(-1));
        await Task.WhenAll(context.DelayUntilAsync(context.UtcNow.AddSeconds(3)), context.DelayUntilAsync(context.UtcNow.AddSeconds(3)));
        var last = await CallAsync(context, input, "gate", "last");
        return $"{note} {last} {Time(context)}";
    }

    private static async Task<string> ApprovalAsync(WorkflowContext context, ModelInput input)
    {
        var got = new List<string>();
        while (got.Count < 3)
        {
            var raised = context.WaitForEventAsync<int>("go");
            if (await Task.WhenAny(raised, context.DelayUntilAsync(context.UtcNow.AddSeconds(10))) != raised)
            {
                // The wait that was given up takes the next event, so this one gets the one after it.
                got.Add($"late {Time(context)} {await context.WaitForEventAsync<int>("go")}");
                break;
            }

            got.Add($"{await raised}");
        }

        return string.Join(' ', got) + await CallAsync(context, input, "gate", "last");
    }

    private static async Task<string> RaceAsync(WorkflowContext context, ModelInput input)
    {
        var call = CallAsync(context, input, "gate", "a");
        var raised = context.WaitForEventAsync<int>("go");
        var won = await Task.WhenAny(call, raised) == call ? await call : $"go {await raised}";
        return $"{won} {await context.WaitForEventAsync<int>("end")} {Time(context)}";
    }

    private static async Task<string> RetryAsync(WorkflowContext context, ModelInput input)
    {
        var first = new StepAttempt(CompanyId.Parse("demo"), input.Tag, "step", $"{input.Tag}/{input.Run}/{context.UtcNow.UtcTicks}", 1, context.UtcNow, s_policy);
        var stops = context.WaitForEventAsync<int>(Stop);
        var outcome = await StepRetries.RunAsync(context, "attempt", first, () => stops.IsCompleted);
        return $"{outcome.Kind} {Time(context)}";
    }

    private static async Task<string> CatchesAsync(WorkflowContext context, ModelInput input)
    {
        var seen = new List<string>();
        foreach (var activity in (string[])["faulty", "gate"])
        {
            try
            {
                seen.Add(await CallAsync(context, input, activity, activity));
            }
            catch (WorkflowActivityException fault)
            {
                seen.Add(fault.Message);
            }
        }

        return string.Join(' ', seen) + await CallAsync(context, input, "note", "z");
    }

    private static async Task<string> ThrowsAsync(WorkflowContext context, ModelInput input)
    {
        await context.WaitForEventAsync<int>("go");
        throw new InvalidOperationException(input.Tag);
    }

    private static async Task<string> CounterAsync(WorkflowContext context, ModelInput input)
    {
        // Held beside the wait, and given up when the run ends.
        var side = input.Run % 2 == 1 ? CallAsync(context, input, "gate", "side") : null;
        var raised = context.WaitForEventAsync<int>("add");
        if (await Task.WhenAny(raised, context.DelayUntilAsync(context.UtcNow.AddSeconds(30))) != raised)
        {
            return $"{input.Run} rounds {Time(context)} {side?.Status == TaskStatus.RanToCompletion}";
        }

        var added = await raised;
        if (added < 3)
        {
            await CallAsync(context, input, "note", $"n{added}");
        }
        else if (added == 9)
        {
            return await CallAsync(context, input, "note", "nine");
        }

        context.ContinueAsNew(input with { Run = input.Run + 1 });
        return string.Empty;
    }

    private static Task<string> CallAsync(WorkflowContext context, ModelInput input, string activity, string step) =>
        context.CallAsync<string, string>(activity, $"{input.Tag}/{input.Run}/{step}");

    private static string Time(WorkflowContext context) => context.UtcNow.ToString("HH:mm:ss");
}
