using System.Text.Json;
using Kayse.Core.Workflows;

namespace Kayse.Tests.Workflows.Model;

/// <summary>The activities of one process's life: how often each was run, and those that are held until they are released.</summary>
internal sealed class ModelActivities(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _runs = new(StringComparer.Ordinal);
    private readonly List<(string Label, TaskCompletionSource<bool> Released)> _held = [];
    private bool _isOver;

    /// <summary>How often each was run.</summary>
    public IReadOnlyDictionary<string, int> Runs
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<string, int>(_runs);
            }
        }
    }

    /// <summary>What is held, in order.</summary>
    public string[] Held
    {
        get
        {
            lock (_gate)
            {
                return [.. _held.Select(one => one.Label).Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>What tells an activity from all others.</summary>
    public static string LabelOf(string activity, ReadOnlyMemory<byte> input) =>
        activity == "attempt" ? LabelOf(JsonSerializer.Deserialize<StepAttempt>(input.Span)!) : JsonSerializer.Deserialize<string>(input.Span)!;

    public static string Note(string label) => $"{label} noted";

    /// <summary>The second attempt is postponed once, the fourth works.</summary>
    public static StepOutcome Attempt(StepAttempt attempt, DateTimeOffset now) => attempt.Number switch
    {
        4 => StepOutcome.Done(),
        2 when attempt.Subject.EndsWith($"/{attempt.FirstAt.UtcTicks}", StringComparison.Ordinal) => StepOutcome.Postpone("later", now.AddSeconds(20)),
        _ => StepOutcome.Retry("again", now.AddSeconds(Math.Ceiling(attempt.Policy.Delay(attempt.Subject, attempt.Number).TotalSeconds))),
    };

    /// <summary>The process died: what its threads still do does not count.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isOver = true;
        }
    }

    public void AddTo(WorkflowCatalog catalog) => catalog
        .AddActivity<string, string>("note", (_, label, _) =>
        {
            Count(label);
            return Task.FromResult(Note(label));
        })
        .AddActivity<string, string>("faulty", (_, label, _) =>
        {
            Count(label);
            throw new NotSupportedException();
        })
        .AddActivity<StepAttempt, StepOutcome>("attempt", (_, attempt, _) =>
        {
            Count(LabelOf(attempt));
            return Task.FromResult(Attempt(attempt, clock.GetUtcNow()));
        })
        .AddActivity<string, string>("gate", (_, label, token) => HoldAsync(label, token));

    public void Release(string label, bool fails)
    {
        TaskCompletionSource<bool> released;
        lock (_gate)
        {
            var index = _held.FindIndex(one => one.Label == label);
            released = _held[index].Released;
            _held.RemoveAt(index);
        }

        released.SetResult(!fails);
    }

    private static string LabelOf(StepAttempt attempt) => $"{attempt.Subject}#{attempt.Number}@{attempt.FirstAt.UtcTicks}";

    private async Task<string> HoldAsync(string label, CancellationToken token)
    {
        Count(label);
        var one = (label, new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            _held.Add(one);
        }

        try
        {
            return await one.Item2.Task.WaitAsync(token) ? Note(label) : throw new NotSupportedException();
        }
        finally
        {
            lock (_gate)
            {
                _held.Remove(one);
            }
        }
    }

    private void Count(string label)
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _runs[label] = _runs.GetValueOrDefault(label) + 1;
            }
        }
    }
}
