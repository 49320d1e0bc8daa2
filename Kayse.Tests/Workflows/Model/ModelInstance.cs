using System.Text;
using Kayse.Core.Workflows;

namespace Kayse.Tests.Workflows.Model;

/// <summary>An event as it was raised; its place tells it from all others.</summary>
internal sealed record ModelEvent(long Place, string Name, int Payload, DateTimeOffset At)
{
    public ReadOnlyMemory<byte> Json => Encoding.UTF8.GetBytes($"{Payload}");

    public override string ToString() => $"{Name} {Payload}";
}

/// <summary>An instance in the model.</summary>
internal sealed class ModelInstance(string id, string workflow, ModelContext context, DateTimeOffset startedAt)
{
    public string Id => id;

    public string Workflow => workflow;

    public DateTimeOffset StartedAt => startedAt;

    public WorkflowState State { get; private set; } = WorkflowState.Running;

    public DateTimeOffset? EndedAt { get; private set; }

    public string? Output { get; private set; }

    public string? Error { get; private set; }

    public ModelContext Context { get; set; } = context;

    /// <summary>True when its run has begun.</summary>
    public bool HasBegun { get; set; }

    /// <summary>Raised while no process ran.</summary>
    public List<ModelEvent> Waiting { get; } = [];

    public bool Runs => State == WorkflowState.Running;

    public void End(WorkflowState state, DateTimeOffset at, string? output, string? error)
    {
        (State, EndedAt, Output, Error) = (state, at, output, error);
        Waiting.Clear();
    }
}
