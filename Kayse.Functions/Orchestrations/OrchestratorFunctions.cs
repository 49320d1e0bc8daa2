using System.Text.Json;
using Kayse.Core.Cases.Import;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Webhooks;
using Kayse.Core.Workflows;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Kayse.Functions.Orchestrations;

/// <summary>One orchestrator a workflow of the catalog, under the workflow's name.</summary>
public sealed class OrchestratorFunctions(WorkflowCatalog catalog)
{
    /// <summary>What happens in Law Ruler after a call.</summary>
    [Function(PostCallWorkflow.Name)]
    public Task<JsonElement> PostCallAsync([OrchestrationTrigger] TaskOrchestrationContext context) => Orchestration.RunAsync(PostCallWorkflow.Name, context, catalog);

    /// <summary>A message, a document or a case's synchronisation with Law Ruler.</summary>
    [Function(LawRulerTaskWorkflow.Name)]
    public Task<JsonElement> LawRulerTaskAsync([OrchestrationTrigger] TaskOrchestrationContext context) => Orchestration.RunAsync(LawRulerTaskWorkflow.Name, context, catalog);

    /// <summary>What changed in a firm's Law Ruler.</summary>
    [Function(LawRulerSyncWorkflow.Name)]
    public Task<JsonElement> LawRulerSyncAsync([OrchestrationTrigger] TaskOrchestrationContext context) => Orchestration.RunAsync(LawRulerSyncWorkflow.Name, context, catalog);

    /// <summary>A status that was set in Kayse, on its way to Law Ruler.</summary>
    [Function(StatusPushWorkflow.Name)]
    public Task<JsonElement> StatusPushAsync([OrchestrationTrigger] TaskOrchestrationContext context) => Orchestration.RunAsync(StatusPushWorkflow.Name, context, catalog);

    /// <summary>The replay of the statuses that were queued while they were not synchronised.</summary>
    [Function(StatusReplayWorkflow.Name)]
    public Task<JsonElement> StatusReplayAsync([OrchestrationTrigger] TaskOrchestrationContext context) => Orchestration.RunAsync(StatusReplayWorkflow.Name, context, catalog);

    /// <summary>One case on its way to Lawmatics.</summary>
    [Function(LawmaticsSyncWorkflow.Name)]
    public Task<JsonElement> LawmaticsSyncAsync([OrchestrationTrigger] TaskOrchestrationContext context) => Orchestration.RunAsync(LawmaticsSyncWorkflow.Name, context, catalog);

    /// <summary>Many cases on their way to Lawmatics, one after the other.</summary>
    [Function(LawmaticsBulkWorkflow.Name)]
    public Task<JsonElement> LawmaticsBulkAsync([OrchestrationTrigger] TaskOrchestrationContext context) => Orchestration.RunAsync(LawmaticsBulkWorkflow.Name, context, catalog);

    /// <summary>What an event of Lawmatics' led to.</summary>
    [Function(LawmaticsEventWorkflow.Name)]
    public Task<JsonElement> LawmaticsEventAsync([OrchestrationTrigger] TaskOrchestrationContext context) => Orchestration.RunAsync(LawmaticsEventWorkflow.Name, context, catalog);

    /// <summary>The count of the matters in Lawmatics.</summary>
    [Function(LawmaticsPullWorkflow.Name)]
    public Task<JsonElement> LawmaticsPullAsync([OrchestrationTrigger] TaskOrchestrationContext context) => Orchestration.RunAsync(LawmaticsPullWorkflow.Name, context, catalog);

    /// <summary>The retries of a webhook delivery.</summary>
    [Function(WebhookRetryWorkflow.Name)]
    public Task<JsonElement> WebhookRetryAsync([OrchestrationTrigger] TaskOrchestrationContext context) => Orchestration.RunAsync(WebhookRetryWorkflow.Name, context, catalog);

    /// <summary>A timer's work for a firm.</summary>
    [Function(FirmWorkflow.Name)]
    public Task<JsonElement> FirmAsync([OrchestrationTrigger] TaskOrchestrationContext context) => Orchestration.RunAsync(FirmWorkflow.Name, context, catalog);

    /// <summary>The replay of a time range's deliveries.</summary>
    [Function(WebhookReplayWorkflow.Name)]
    public Task<JsonElement> WebhookReplayAsync([OrchestrationTrigger] TaskOrchestrationContext context) => Orchestration.RunAsync(WebhookReplayWorkflow.Name, context, catalog);

    /// <summary>The import of a file.</summary>
    [Function(ImportWorkflow.Name)]
    public Task<JsonElement> ImportAsync([OrchestrationTrigger] TaskOrchestrationContext context) => Orchestration.RunAsync(ImportWorkflow.Name, context, catalog);
}
