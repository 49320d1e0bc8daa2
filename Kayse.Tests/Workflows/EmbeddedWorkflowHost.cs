using Kayse.Core.Workflows;
using Kayse.Standalone.Storage;
using Kayse.Standalone.Workflows;

namespace Kayse.Tests.Workflows;

/// <summary>What the embedded engine's own tests share.</summary>
public abstract class EmbeddedWorkflowHost : WorkflowHarness
{
    private EmbeddedWorkflowRig _rig = null!;

    protected ManualClock Clock => _rig.Clock;

    protected EmbeddedWorkflowEngine Embedded => _rig.Engine;

    protected SqliteDatabase Database => _rig.Database;

    protected override IWorkflowEngine Engine => _rig.Engine;

    protected virtual EmbeddedWorkflowOptions Options => new();

    public override Task InitializeAsync()
    {
        _rig = new EmbeddedWorkflowRig(Catalog, Options);
        _rig.Start();
        return Task.CompletedTask;
    }

    public override Task DisposeAsync() => _rig.CloseAsync();

    /// <inheritdoc cref="EmbeddedWorkflowRig.Crash"/>
    protected void Crash(WorkflowCatalog? changed = null) => _rig.Crash(changed);

    /// <inheritdoc cref="EmbeddedWorkflowRig.UseDatabase"/>
    protected void UseDatabase(SqliteDatabase database) => _rig.UseDatabase(database);

    protected long Count(string sql) => Database.Read(store => (long)store.Scalar(sql)!);

    protected Task IdleAsync() => UntilAsync(() => Embedded.LiveInstances == 0);
}
