namespace Kayse.Core.Workflows;

/// <summary>
/// The small deterministic face that a workflow sees. A workflow is an async method over it that is run again from its
/// history after every step, so it must do the same each time: no clock, no random numbers and no input or output but through
/// here, and no <c>await</c> of anything else. Payloads are JSON of at most <see cref="WorkflowLimits.MaxPayloadBytes"/> bytes:
/// ids and outcomes, never personal data.
/// </summary>
public abstract class WorkflowContext
{
    /// <summary>The instance's id, <c>{company}.{kind}.{subject}</c>.</summary>
    public abstract string InstanceId { get; }

    /// <summary>The time at which the step that is being taken was recorded; the same on every replay.</summary>
    public abstract DateTimeOffset UtcNow { get; }

    /// <summary>True while recorded steps are repeated; for telling a log line from its repetition.</summary>
    public abstract bool IsReplaying { get; }

    /// <summary>Runs an activity, at least once, and returns its recorded result.</summary>
    /// <exception cref="WorkflowActivityException">The activity threw, or its result was too large.</exception>
    public abstract Task<TOut> CallAsync<TIn, TOut>(string activity, TIn input);

    /// <summary>Waits until a time, outliving the process. A time that has passed completes at once.</summary>
    public abstract Task DelayUntilAsync(DateTimeOffset time);

    /// <summary>Waits for an event of that name; one that came before is taken first, in the order of arrival.</summary>
    public abstract Task<T> WaitForEventAsync<T>(string name);

    /// <summary>A new id, the same on every replay.</summary>
    public abstract Guid NewGuid();

    /// <summary>Ends this run and starts the workflow again under the same id with a new input and an empty history; events not yet taken are carried over. The workflow returns right after it.</summary>
    public abstract void ContinueAsNew<T>(T input);
}
