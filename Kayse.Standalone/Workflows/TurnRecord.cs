namespace Kayse.Standalone.Workflows;

/// <summary>What a workflow can wait for. The numbers stand in the history.</summary>
internal enum OperationKind : byte
{
    /// <summary>An activity's result.</summary>
    Activity = 1,

    /// <summary>A time.</summary>
    Timer = 2,

    /// <summary>An event from outside.</summary>
    Event = 3,
}

/// <summary>What can happen to a workflow. The numbers stand in the history.</summary>
internal enum TurnEventKind : byte
{
    /// <summary>An activity returned; the payload is its result.</summary>
    ActivityDone = 1,

    /// <summary>An activity failed; the payload is the message that the workflow gets.</summary>
    ActivityFailed = 2,

    /// <summary>A timer's time came.</summary>
    TimerFired = 3,

    /// <summary>An event was raised.</summary>
    Raised = 4,
}

/// <summary>
/// An operation that the workflow's code asked for; its step is its place among all of the run. It has the name of the activity
/// or the event, and a timer its time in UTC ticks.
/// </summary>
internal readonly record struct OperationRecord(OperationKind Kind, string Name, long Due)
{
    public override string ToString() => Kind switch
    {
        OperationKind.Activity => $"activity '{Name}'",
        OperationKind.Event => $"event '{Name}'",
        _ => "a timer",
    };
}

/// <summary>
/// Something that happened to a workflow: to the operation of a step, or (step -1) an event that was raised, with its name and
/// its place among all events.
/// </summary>
internal readonly record struct TurnEvent(TurnEventKind Kind, int Step, string Name, ReadOnlyMemory<byte> Payload, long Sequence);

/// <summary>One turn of a workflow as the history has it: what happened, and what the code asked for then. The time is in UTC ticks.</summary>
internal sealed record TurnRecord(long At, IReadOnlyList<TurnEvent> Events, IReadOnlyList<OperationRecord> Operations);
