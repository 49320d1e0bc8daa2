using System.Text.Json;
using Kayse.Core.Workflows;

namespace Kayse.Functions.Tests.Orchestrations;

/// <summary>What became of an activity, and how long it took.</summary>
internal sealed record Answer(JsonElement? Result, string? Error = null, TimeSpan Takes = default);

/// <summary>An event from outside.</summary>
internal sealed record OutsideEvent(TimeSpan After, string Name, JsonElement Payload);

/// <summary>The world around an orchestration: activities that answer, timers that fire at their time, events that come. Records what happens.</summary>
internal sealed class OrchestrationWorld(WorkflowCatalog catalog)
{
    public static readonly DateTimeOffset Start = new(2026, 11, 20, 15, 0, 0, TimeSpan.Zero);

    /// <summary>How an activity answers.</summary>
    public required Func<Asked, DateTimeOffset, Answer> Activity { get; init; }

    public IReadOnlyList<OutsideEvent> Events { get; init; } = [];

    /// <summary>The last script, to look at.</summary>
    public OrchestrationScript? Script { get; private set; }

    /// <summary>Runs an orchestration until it ends, or until nothing more can happen.</summary>
    public OrchestrationHistory Run(string workflow, string instance, JsonElement input)
    {
        Script = new OrchestrationScript(workflow, instance, input, catalog);
        var turns = new List<OrchestrationTurn>();
        var coming = Events.Select(raised => (At: Start + raised.After, What: new Happened("raised", Name: raised.Name, Payload: raised.Payload))).ToList();
        coming.Insert(0, (Start, new Happened("started")));
        while (Script.End is null && coming.Count > 0)
        {
            var (at, what) = coming.MinBy(next => next.At);
            coming.Remove((at, what));
            var now = turns.Count > 0 && turns[^1].At > at ? turns[^1].At : at;
            var asked = Script.Take(now, what);
            turns.Add(new OrchestrationTurn(now, what, asked));
            coming.AddRange(asked.Where(one => one.Kind != "event").Select(one => Outcome(one, now)));
            // A timer that was given up does not fire.
            coming.RemoveAll(next => next.What.Kind == "fired" && Script.Open.All(open => open.Id != next.What.Id));
        }

        return new OrchestrationHistory(workflow, instance, input, turns, Script.End);
    }

    /// <summary>Runs the same again from every prefix of its history: it must ask for the same, in the same order, and log nothing of what was before.</summary>
    public static void AssertReplays(OrchestrationHistory history, WorkflowCatalog catalog, bool shapesOnly = false)
    {
        for (var length = 1; length <= history.Turns.Count; length++)
        {
            var script = new OrchestrationScript(history.Workflow, history.Instance, history.Input, catalog);
            for (var place = 0; place < length; place++)
            {
                var turn = history.Turns[place];
                var asked = script.Take(turn.At, turn.Happened, isReplaying: place < length - 1);
                Assert.True(Same(turn.Asked, asked, shapesOnly), $"Turn {place + 1} of {history.Workflow}: the history has {OrchestrationHistory.Text(turn.Asked)}, the code now asks for {OrchestrationHistory.Text(asked)}.");
                if (place < length - 1)
                {
                    Assert.Empty(script.Logged);
                }
            }

            if (length == history.Turns.Count)
            {
                Assert.Equal(history.End?.Kind, script.End?.Kind);
            }
        }
    }

    private static bool Same(IReadOnlyList<Asked> recorded, IReadOnlyList<Asked> asked, bool shapesOnly) => shapesOnly
        ? recorded.Select(one => one.Shape).SequenceEqual(asked.Select(one => one.Shape))
        : OrchestrationHistory.Text(recorded) == OrchestrationHistory.Text(asked);

    private (DateTimeOffset At, Happened What) Outcome(Asked asked, DateTimeOffset now)
    {
        if (asked.Kind == "timer")
        {
            return (asked.Due!.Value, new Happened("fired", asked.Id));
        }

        var answer = Activity(asked, now);
        return (now + answer.Takes, answer.Error is { } error ? new Happened("failed", asked.Id, Error: error) : new Happened("done", asked.Id, Payload: answer.Result));
    }
}
