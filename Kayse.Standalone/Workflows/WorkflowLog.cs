namespace Kayse.Standalone.Workflows;

/// <summary>What the engine logs: ids, types and outcomes.</summary>
internal sealed partial class WorkflowLog(ILogger logger)
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "The workflow engine resumes {Count} instances")]
    public partial void Resuming(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Workflow {Instance} failed: {Error}")]
    public partial void Failed(string instance, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Activity {Activity} of workflow {Instance} failed: {Fault}")]
    public partial void ActivityFailed(string instance, string activity, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store refused a turn of workflow {Instance}, which is tried again: {Fault}")]
    public partial void StoreRefused(string instance, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store refused to tell the due timers, which is tried again: {Fault}")]
    public partial void TimersRefused(string fault);
}
