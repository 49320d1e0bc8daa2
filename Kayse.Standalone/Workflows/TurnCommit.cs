using System.Runtime.InteropServices;
using Kayse.Core.Workflows;

namespace Kayse.Standalone.Workflows;

/// <summary>How a turn left the workflow.</summary>
/// <param name="State">Running when it waits or begins anew.</param>
/// <param name="Output">Its result when it completed.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="NextInput">The new run's input when it continues as new.</param>
internal sealed record TurnOutcome(WorkflowState State, ReadOnlyMemory<byte>? Output = null, string? Error = null, ReadOnlyMemory<byte>? NextInput = null)
{
    public static TurnOutcome Waits { get; } = new(WorkflowState.Running);

    public static TurnOutcome Failed(string error) => new(WorkflowState.Failed, Error: error);
}

/// <summary>A timer of an instance; its time is in UTC ticks.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WorkflowTimer(int Step, long Due);

/// <summary>All that one turn changes in the store, in one piece of a group commit.</summary>
internal sealed record TurnCommit
{
    public required string Instance { get; init; }

    /// <summary>The run that the turn belongs to; the store refuses it when the instance is not in that run any more.</summary>
    public required long Run { get; init; }

    /// <summary>The turn's number within the run, from 0.</summary>
    public required int Sequence { get; init; }

    /// <summary>The turn's time in UTC ticks.</summary>
    public required long At { get; init; }

    public required byte[] Record { get; init; }

    public required TurnOutcome Outcome { get; init; }

    public required IReadOnlyList<WorkflowTimer> NewTimers { get; init; }

    public required IReadOnlyList<WorkflowTimer> FiredTimers { get; init; }

    /// <summary>The last raised event that is now part of the history, or 0.</summary>
    public required long EventsThrough { get; init; }

    /// <summary>Events not taken by a run that continues as new.</summary>
    public required IReadOnlyList<TurnEvent> CarriedEvents { get; init; }

    /// <summary>True when activities are to run: the instance must be resumed after a crash.</summary>
    public required bool HasWork { get; init; }

    /// <summary>True when the store says already that it must be resumed.</summary>
    public required bool HadWork { get; init; }

    /// <summary>The number of the run after this one.</summary>
    public required long NextRun { get; init; }
}
