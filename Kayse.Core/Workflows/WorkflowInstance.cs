namespace Kayse.Core.Workflows;

/// <summary>An instance as its engine sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Workflow">The workflow's name.</param>
/// <param name="State">Where it stands.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="EndedAt">When it ended, or null.</param>
/// <param name="Output">Its result as JSON, or null.</param>
/// <param name="Error">Why it failed or was terminated; no personal data.</param>
public sealed record WorkflowInstance(string Id, string Workflow, WorkflowState State, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Output, string? Error);
