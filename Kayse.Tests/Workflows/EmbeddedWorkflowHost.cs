using Kayse.Core.Workflows;
using Kayse.Standalone.Storage;
using Kayse.Standalone.Workflows;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kayse.Tests.Workflows;

/// <summary>The contract over the embedded engine, and what its own tests share: a database in a folder of its own and a clock.</summary>
public abstract class EmbeddedWorkflowHost : WorkflowEngineContract
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kayse-workflows-").FullName;
    private readonly List<IAsyncDisposable> _engines = [];
    private readonly List<SqliteDatabase> _databases = [];

    protected ManualClock Clock { get; } = new();

    protected EmbeddedWorkflowEngine Embedded { get; private set; } = null!;

    protected SqliteDatabase Database { get; private set; } = null!;

    protected override IWorkflowEngine Engine => Embedded;

    protected virtual EmbeddedWorkflowOptions Options => new();

    public override Task InitializeAsync()
    {
        Database = OpenDatabase("first");
        Embedded = NewEngine(Database, Catalog);
        Embedded.Start();
        return Task.CompletedTask;
    }

    public override async Task DisposeAsync()
    {
        foreach (var engine in _engines)
        {
            await engine.DisposeAsync();
        }

        _databases.ForEach(database => database.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    protected EmbeddedWorkflowEngine NewEngine(SqliteDatabase database, WorkflowCatalog catalog)
    {
        var engine = new EmbeddedWorkflowEngine(database, catalog, Clock, NullLogger<EmbeddedWorkflowEngine>.Instance, Options);
        _engines.Add(engine);
        return engine;
    }

    /// <summary>Goes on over what was acknowledged so far, as after kill -9: another engine over a copy of the file, while the first never hears of it.</summary>
    protected void Crash(WorkflowCatalog? catalog = null)
    {
        var copy = $"copy{_databases.Count}";
        Database.WriteAsync(store => store.Run("VACUUM INTO $1", Path.Combine(_folder, copy))).GetAwaiter().GetResult();
        Database = OpenDatabase(copy);
        Embedded = NewEngine(Database, catalog ?? Catalog);
        Embedded.Start();
    }

    /// <summary>Crashes from an earlier state next time.</summary>
    protected void UseDatabase(SqliteDatabase database) => Database = database;

    protected long Count(string sql) => Database.Read(store => (long)store.Scalar(sql)!);

    protected async Task IdleAsync() => await UntilAsync(() => Embedded.LiveInstances == 0);

    private SqliteDatabase OpenDatabase(string name)
    {
        var database = SqliteDatabase.Open(Path.Combine(_folder, name));
        _databases.Add(database);
        return database;
    }
}
