using Kayse.Core.Workflows;
using Kayse.Standalone;
using Kayse.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kayse.Functions.Tests.Orchestrations;

/// <summary>The catalog that the product fills, from the one-machine host. Its workflows are run over answers of the tests.</summary>
public sealed class WorkflowCatalogOfTheProduct : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private StandaloneHost? _host;

    public WorkflowCatalog Catalog => _host!.Services.GetRequiredService<WorkflowCatalog>();

    public async Task InitializeAsync() => _host = await StandaloneHost.StartAsync(new StandaloneOptions
    {
        Data = Path.Combine(_folder.Path, "data"),
        Port = 0,
        IsDevelopment = true,
        Clock = new ManualClock(),
        Log = NullLoggerProvider.Instance,
    });

    public async Task DisposeAsync() => await _host!.DisposeAsync();

    public void Dispose() => _folder.Dispose();
}
