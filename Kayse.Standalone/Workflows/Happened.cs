namespace Kayse.Standalone.Workflows;

/// <summary>What a turn is given.</summary>
/// <param name="Events">In the order in which the workflow sees it.</param>
/// <param name="Timers">The timers among the events, in the same order.</param>
internal sealed record Happened(List<TurnEvent> Events, WorkflowTimer[] Timers)
{
    /// <summary>Puts raised events and timers behind the results in the order of their times: an event that came before a timer was due wins, however late both are seen.</summary>
    public static Happened InOrder(List<TurnEvent> results, IReadOnlyList<StoredEvent> raised, WorkflowTimer[] timers)
    {
        var events = new List<TurnEvent>(results.Count + raised.Count + timers.Length);
        events.AddRange(results);
        var timer = 0;
        foreach (var item in raised)
        {
            while (timer < timers.Length && timers[timer].Due < item.At)
            {
                events.Add(Fired(timers[timer++]));
            }

            events.Add(new TurnEvent(TurnEventKind.Raised, -1, item.Name, item.Payload, item.Sequence));
        }

        while (timer < timers.Length)
        {
            events.Add(Fired(timers[timer++]));
        }

        return new Happened(events, timers);
    }

    private static TurnEvent Fired(WorkflowTimer timer) => new(TurnEventKind.TimerFired, timer.Step, string.Empty, default, 0);
}
