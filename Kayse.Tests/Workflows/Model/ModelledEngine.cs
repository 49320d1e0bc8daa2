using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kayse.Core.Workflows;
using Kayse.Standalone.Storage;
using Kayse.Standalone.Workflows;
using Microsoft.Extensions.Logging;

namespace Kayse.Tests.Workflows.Model;

/// <summary>The real engine over a real file, whose process can die between any two turns, stay away and come back.</summary>
internal sealed class ModelledEngine : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_shortPatience = TimeSpan.FromSeconds(1);

    private readonly TempFolder _folder = new();
    private readonly Refusals _refusals = new();
    private int _file;

    public ModelledEngine()
    {
        Database = SqliteDatabase.Open(Name());
        Open();
    }

    public ManualClock Clock { get; } = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    public SqliteDatabase Database { get; private set; }

    public EmbeddedWorkflowEngine Engine { get; private set; } = null!;

    /// <summary>What runs in this process.</summary>
    public ModelActivities Activities { get; private set; } = null!;

    public static WorkflowCatalog NewCatalog() => new(new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() });

    /// <summary>From here on the store takes that many turns and then none.</summary>
    public Task CutAsync(int turns) => Database.WriteAsync(store =>
    {
        store.Run("CREATE TEMP TABLE fuse (turns INTEGER)");
        store.Run("INSERT INTO temp.fuse VALUES ($1)", turns);
        foreach (var (name, what) in new[] { ("turn", "INSERT ON main.wf_turn"), ("run", "UPDATE OF run ON main.wf_instance") })
        {
            store.Run($"CREATE TEMP TRIGGER cut_{name} BEFORE {what} BEGIN SELECT RAISE(ABORT, 'cut') FROM fuse WHERE turns <= 0; UPDATE fuse SET turns = turns - 1; END");
        }

        return 0;
    });

    /// <summary>From here on the store refuses a kind of write.</summary>
    public Task RefuseAsync(string what) =>
        Database.WriteAsync(store => store.Run($"CREATE TEMP TRIGGER refused BEFORE {what} BEGIN SELECT RAISE(ABORT, 'refused'); END"));

    /// <summary>Waits until nothing goes on by itself any more; then, a little, for the activities that should be held alone.</summary>
    public async Task RestAsync(string[]? held)
    {
        await UntilAsync(IsAtRest, s_patience, "The engine does not come to rest.");
        if (held is not null)
        {
            await UntilAsync(() => IsAtRest() && Activities.Held.SequenceEqual(held), s_shortPatience, null);
        }
    }

    /// <summary>Ends the process without its knowledge: what goes on is a copy of the file as it is between two commits.</summary>
    public async Task CrashAsync()
    {
        var (engine, database, source) = (Engine, Database, Current());
        var copy = Name();
        await database.WriteAsync(_ =>
        {
            File.Copy(source, copy);
            File.Copy(source + "-wal", copy + "-wal");
            return 0;
        });
        Activities.End();
        Database = SqliteDatabase.Open(copy);
        Open();
        await engine.DisposeAsync();
        database.Dispose();
    }

    /// <summary>Ends the process as an operator does.</summary>
    public async Task StopAsync()
    {
        await Engine.DisposeAsync();
        Database.Dispose();
        Activities.End();
        Database = SqliteDatabase.Open(Current());
        Open();
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Database.Dispose();
        _folder.Dispose();
    }

    private static async Task UntilAsync(Func<bool> holds, TimeSpan patience, string? otherwise)
    {
        using var limit = new CancellationTokenSource(patience);
        while (!holds())
        {
            if (limit.IsCancellationRequested)
            {
                Assert.True(otherwise is null, otherwise);
                return;
            }

            await Task.Yield();
        }
    }

    private string Current() => _folder.In($"{_file}.db");

    private string Name()
    {
        _file++;
        return Current();
    }

    private void Open()
    {
        _refusals.Count = 0;
        Activities = new ModelActivities(Clock);
        var catalog = NewCatalog();
        ModelWorkflows.AddTo(catalog);
        Activities.AddTo(catalog);
        Engine = new EmbeddedWorkflowEngine(Database, catalog, Clock, _refusals);
    }

    // What the store refused waits for the clock, and an activity that is held for its release.
    private bool IsAtRest() => Engine.Underway == Activities.Held.Length + Volatile.Read(ref _refusals.Count);

    private sealed class Refusals : ILogger<EmbeddedWorkflowEngine>
    {
        public int Count;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == "StoreRefused")
            {
                Interlocked.Increment(ref Count);
            }
        }
    }
}
