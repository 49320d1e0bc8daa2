using Kayse.Core.Workflows;
using Kayse.Standalone.Storage;
using Kayse.Standalone.Workflows;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kayse.Tests.Workflows;

/// <summary>An embedded engine over a database in a folder of its own, with a clock, that can crash.</summary>
public sealed class EmbeddedWorkflowRig(WorkflowCatalog catalog, EmbeddedWorkflowOptions options)
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kayse-workflows-").FullName;
    private readonly List<IAsyncDisposable> _engines = [];
    private readonly List<SqliteDatabase> _databases = [];
    private readonly Dictionary<SqliteDatabase, string> _names = [];

    public ManualClock Clock { get; } = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    public EmbeddedWorkflowEngine Engine { get; private set; } = null!;

    public SqliteDatabase Database { get; private set; } = null!;

    public void Start()
    {
        Database = OpenDatabase("first");
        Engine = NewEngine(Database, catalog);
        Engine.Start();
    }

    public async Task CloseAsync()
    {
        foreach (var engine in _engines)
        {
            await engine.DisposeAsync();
        }

        _databases.ForEach(database => database.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    public EmbeddedWorkflowEngine NewEngine(SqliteDatabase database, WorkflowCatalog workflows)
    {
        var engine = new EmbeddedWorkflowEngine(database, workflows, Clock, NullLogger<EmbeddedWorkflowEngine>.Instance, options);
        _engines.Add(engine);
        return engine;
    }

    /// <summary>Goes on over what was acknowledged so far, as after kill -9: another engine over a copy of the file, while the first never hears of it.</summary>
    public void Crash(WorkflowCatalog? changed = null)
    {
        var name = $"copy{_databases.Count}";
        var source = Path.Combine(_folder, _names[Database]);
        // On the writer's thread nobody else writes: the copy is what the disk has at a moment between two commits.
        Database.WriteAsync(_ =>
        {
            File.Copy(source, Path.Combine(_folder, name));
            File.Copy(source + "-wal", Path.Combine(_folder, name + "-wal"));
            return 0;
        }).GetAwaiter().GetResult();
        Database = OpenDatabase(name);
        Engine = NewEngine(Database, changed ?? catalog);
        Engine.Start();
    }

    /// <summary>Crashes from an earlier state next time.</summary>
    public void UseDatabase(SqliteDatabase database) => Database = database;

    private SqliteDatabase OpenDatabase(string name)
    {
        var database = SqliteDatabase.Open(Path.Combine(_folder, name));
        _databases.Add(database);
        _names.Add(database, name);
        return database;
    }
}
