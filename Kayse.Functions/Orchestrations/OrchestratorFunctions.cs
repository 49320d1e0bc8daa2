using System.Text.Json;
using Kayse.Core.Cases.Import;
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
