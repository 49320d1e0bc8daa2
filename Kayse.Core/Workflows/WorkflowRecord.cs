using Kayse.Core.Companies;

namespace Kayse.Core.Workflows;

/// <summary>A workflow as the API shows it. Its insertion decides that it is started, once for ever.</summary>
/// <param name="Id">Its id without the company prefix, e.g. <c>postcall.call_9f2</c>.</param>
/// <param name="Name">The workflow's name.</param>
/// <param name="State"><c>running</c>, <c>completed</c>, <c>completed_with_problems</c>, <c>failed</c> or <c>terminated</c>.</param>
/// <param name="StartedAt">When.</param>
/// <param name="EndedAt">When it ended, or null.</param>
/// <param name="Subject">What it is about: the id of the event or case, for reruns.</param>
/// <param name="Error">Why it failed; or null.</param>
public sealed record WorkflowRecord(string Id, string Name, string State, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string Subject, string? Error)
{
    /// <summary>The id under which its writes in the CRM are announced, where it shares them with other workflows; else null.</summary>
    public string? Effects { get; init; }
}

/// <summary>A step of a workflow as the API shows it.</summary>
/// <param name="Name">The step.</param>
/// <param name="State"><c>running</c>, <c>waiting</c>, <c>done</c>, <c>skipped</c> or <c>refused</c>.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="StartedAt">The first attempt.</param>
/// <param name="EndedAt">When it ended, or null.</param>
/// <param name="Error">What happened and what to do; null when there is nothing to say.</param>
/// <param name="NextAttemptAt">When it is tried again, or null.</param>
public sealed record WorkflowStep(string Name, string State, int Attempts, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Error, DateTimeOffset? NextAttemptAt);

/// <summary>A workflow and its steps.</summary>
/// <param name="Record">The workflow.</param>
/// <param name="Steps">Its steps in order.</param>
public sealed record WorkflowView(WorkflowRecord Record, IReadOnlyList<WorkflowStep> Steps);

/// <summary>An entry of the index by state.</summary>
/// <param name="Id">The workflow.</param>
public sealed record WorkflowIndexEntry(string Id);

/// <summary>Names of states as the API writes them.</summary>
public static class WorkflowStates
{
    /// <summary>It runs or waits.</summary>
    public const string Running = "running";

    /// <summary>Every step is done or skipped.</summary>
    public const string Completed = "completed";

    /// <summary>It ended, and a step was refused.</summary>
    public const string CompletedWithProblems = "completed_with_problems";

    /// <summary>It broke.</summary>
    public const string Failed = "failed";

    /// <summary>It was ended from outside.</summary>
    public const string Terminated = "terminated";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Running, Completed, CompletedWithProblems, Failed, Terminated];

    /// <summary>The engine's id of a firm's workflow.</summary>
    public static string InstanceId(CompanyId company, string id) => $"{company}.{id}";
}
