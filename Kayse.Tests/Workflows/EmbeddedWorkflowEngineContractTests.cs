using Kayse.Core.Workflows;
using Kayse.Standalone.Workflows;

namespace Kayse.Tests.Workflows;

/// <summary>The contract, kept by the embedded engine.</summary>
public sealed class EmbeddedWorkflowEngineContractTests : WorkflowEngineContract
{
    private EmbeddedWorkflowRig _rig = null!;

    protected override IWorkflowEngine Engine => _rig.Engine;

    public override Task InitializeAsync()
    {
        _rig = new EmbeddedWorkflowRig(Catalog, new EmbeddedWorkflowOptions());
        _rig.Start();
        return Task.CompletedTask;
    }

    public override Task DisposeAsync() => _rig.CloseAsync();
}
