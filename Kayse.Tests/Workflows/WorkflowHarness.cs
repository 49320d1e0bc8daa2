using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kayse.Core.Workflows;

namespace Kayse.Tests.Workflows;

/// <summary>An engine, a catalog that a test adds its workflows to, and how a test waits.</summary>
public abstract class WorkflowHarness : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected static CancellationToken None => CancellationToken.None;

    protected WorkflowCatalog Catalog { get; } = new(new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() });

    protected abstract IWorkflowEngine Engine { get; }

    /// <summary>Makes and starts the engine over <see cref="Catalog"/>, which a test may still add to.</summary>
    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();

    protected static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!holds())
        {
            Assert.False(patience.IsCancellationRequested, "What was waited for did not come.");
            await Task.Delay(1);
        }
    }

    protected void AddEcho()
    {
        Catalog.AddActivity<int, string>("echo", static (_, input, _) => Task.FromResult(input.ToString()));
        Catalog.AddActivity<string, string>("echo_text", static (_, input, _) => Task.FromResult(input));
        Catalog.AddWorkflow<int, string>("echoes", static async (context, input) => await context.CallAsync<int, string>("echo", input));
    }

    protected Task<bool> StartAsync<T>(string id, string workflow, T input) => Engine.StartAsync(id, workflow, Catalog.Serialize(input), None);

    protected Task<bool> RaiseAsync<T>(string id, string name, T payload) => Engine.RaiseEventAsync(id, name, Catalog.Serialize(payload), None);

    protected async Task<WorkflowInstance> EndAsync(string id)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var instance = await Engine.GetAsync(id, None);
            if (instance is { State: not WorkflowState.Running })
            {
                return instance;
            }

            Assert.False(patience.IsCancellationRequested, $"{id} did not end.");
            await Task.Delay(1);
        }
    }
}
