using Kayse.Core.Companies;

namespace Kayse.Core.Workflows;

/// <summary>Does one <see cref="FirmWork"/> for one firm, so that a firm with much to do keeps no other waiting.</summary>
public static class FirmWorkflow
{
    /// <summary>The workflow's name.</summary>
    public const string Name = "FirmWorkflow";

    /// <summary>The activity that does the work.</summary>
    public const string WorkActivity = "firm.work";

    /// <summary>Runs the work.</summary>
    public static Task<FirmWorkResult> RunAsync(WorkflowContext context, FirmWorkInput input)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.CallAsync<FirmWorkInput, FirmWorkResult>(WorkActivity, input);
    }
}

/// <summary>Which work, and for whom.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Work">The work's name.</param>
public sealed record FirmWorkInput(CompanyId Company, string Work);

/// <summary>What became of it.</summary>
/// <param name="IsDone">False when it broke off; the timer's next turn does it again.</param>
public sealed record FirmWorkResult(bool IsDone);
