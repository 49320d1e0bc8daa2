using Kayse.Core.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Functions.Orchestrations;

/// <summary>Composes Durable as the engine of workflows.</summary>
public static class DurableWorkflows
{
    /// <summary>Adds the engine. Every function hands its client to <see cref="DurableConnection.Use"/>.</summary>
    public static IServiceCollection AddDurableWorkflows(this IServiceCollection services) =>
        services.AddSingleton<DurableConnection>().AddSingleton<DurableWorkflowMeter>().AddSingleton<IWorkflowEngine, DurableWorkflowEngine>();
}
