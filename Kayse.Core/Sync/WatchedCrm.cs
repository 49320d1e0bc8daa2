using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Core.Sync;

/// <summary>A CRM whose connections are watched for failures.</summary>
/// <param name="Crm">Its name in routes and rows.</param>
/// <param name="FailuresAsync">What is wrong with a firm's connection, the most urgent first; null when there is none, or it is paused.</param>
/// <param name="IsChain">True for a workflow that sends something to it and can be run again.</param>
public sealed record WatchedCrm(string Crm, Func<CompanyId, SyncState, CancellationToken, Task<IReadOnlyList<IntegrationFailure>?>> FailuresAsync, Func<WorkflowView, bool> IsChain);
