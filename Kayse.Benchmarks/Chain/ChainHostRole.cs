using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Kayse.Benchmarks.Processes;
using Kayse.Core;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;
using Kayse.Standalone.Storage;
using Kayse.Standalone.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kayse.Benchmarks.Chain;

/// <summary>
/// The workflow engine with a chain shaped like the one after a call: four steps that return at once, each with its row and its audit line, and
/// the record's start and end. A request starts a chain and is answered when it has ended.
/// </summary>
internal sealed class ChainHostRole : IAsyncDisposable
{
    /// <summary>The role's name.</summary>
    public const string Name = "chain-host";

    private const string Workflow = "BenchmarkChain";
    private const string StepActivity = "benchmark.step";
    private const string FinishActivity = "benchmark.finish";
    private const int Firms = 16;

    private static readonly string[] s_steps = ["first", "second", "third", "fourth"];

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new(StringComparer.Ordinal);
    private readonly SqliteDatabase _database;
    private readonly EmbeddedWorkflowEngine _engine;
    private readonly WorkflowRecords _records;
    private readonly StepRunner _runner;
    private readonly long _firstNumber;
    private long _number;

    private ChainHostRole(SqliteDatabase database)
    {
        _database = database;
        var catalog = new WorkflowCatalog(KayseJson.Default.Options)
            .AddWorkflow<StepAttempt, StepOutcome>(Workflow, RunAsync)
            .AddActivity<StepAttempt, StepOutcome>(StepActivity, (_, attempt, cancellationToken) => StepAsync(attempt, cancellationToken))
            .AddActivity<StepAttempt, StepOutcome>(FinishActivity, (_, attempt, cancellationToken) => FinishAsync(attempt, cancellationToken));
        var store = new SqliteEntityStore(database);
        _engine = new EmbeddedWorkflowEngine(database, catalog, TimeProvider.System, NullLogger<EmbeddedWorkflowEngine>.Instance);
        _records = new WorkflowRecords(store, _engine, TimeProvider.System);
        _runner = new StepRunner(_records, new AuditLog(store, TimeProvider.System), new SyncHealth(store, TimeProvider.System), TimeProvider.System, NullLogger<StepRunner>.Instance);
        _number = _firstNumber = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
    }

    /// <summary>Runs over a data folder.</summary>
    public static async Task RunAsync(string folder)
    {
        using var data = DataFolder.Open(folder);
        using var database = SqliteDatabase.Open(data.Database);
        await using var host = new ChainHostRole(database);
        host._engine.Start();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.Run(host.StartAsync);
        await app.StartAsync();
        await RoleServer.ServeAsync(
            $"{new Uri(app.Urls.Single()).Port}",
            () => database.Commits,
            new Dictionary<string, Func<string, Task<string>>>(StringComparer.Ordinal) { ["stored"] = _ => host.StoredAsync() });
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private static async Task<StepOutcome> RunAsync(WorkflowContext context, StepAttempt input)
    {
        foreach (var step in s_steps)
        {
            await StepRetries.RunAsync(context, StepActivity, input with { Step = step, FirstAt = context.UtcNow }, () => false);
        }

        return await context.CallAsync<StepAttempt, StepOutcome>(FinishActivity, input);
    }

    private Task<StepOutcome> StepAsync(StepAttempt attempt, CancellationToken cancellationToken) =>
        _runner.RunAsync(attempt, "benchmark", Array.IndexOf(s_steps, attempt.Step), _ => Task.FromResult(StepOutcome.Done("711551")), cancellationToken);

    private async Task<StepOutcome> FinishAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        await _records.EndAsync(attempt.Company, attempt.Workflow, WorkflowStates.Completed, null, cancellationToken);
        if (_waiting.TryRemove(attempt.Workflow, out var waiter))
        {
            waiter.SetResult();
        }

        return StepOutcome.Done();
    }

    private async Task StartAsync(HttpContext context)
    {
        var number = Interlocked.Increment(ref _number);
        var id = $"postcall.call_{number}";
        var company = CompanyId.Parse($"firm{number % Firms}", null);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = ended;
        var attempt = new StepAttempt(company, id, s_steps[0], $"evt_{number}", 1, default, new RetryPolicy(5, 3600, 24));
        await _records.StartAsync(company, id, Workflow, $"evt_{number}", JsonSerializer.SerializeToUtf8Bytes(attempt, KayseJson.Default.StepAttempt), context.RequestAborted);
        await ended.Task;
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.ContentLength = 0;
    }

    // The chains of this process that have ended. Their last turn is stored shortly after they are told to have ended.
    private async Task<string> StoredAsync()
    {
        while (true)
        {
            var (ended, steps) = Count();
            if (ended == steps)
            {
                return $"{ended}";
            }

            await Task.Delay(50);
        }
    }

    // The chains that ended, and the rows of last steps.
    private (long Ended, long Steps) Count()
    {
        var first = $"postcall.call_{_firstNumber}";
        var steps = 0L;
        var ended = _database.Read(statements => (long)statements.Scalar("SELECT count(*) FROM wf_instance WHERE state = 1 AND ended_at IS NOT NULL AND workflow = ?1 AND started_at >= ?2", Workflow, _firstNumber / 1_000_000 * TimeSpan.TicksPerMillisecond + DateTime.UnixEpoch.Ticks)!);
        for (var firm = 0; firm < Firms; firm++)
        {
            foreach (var partition in Partitions.All(CompanyId.Parse($"firm{firm}", null)))
            {
                steps += _database.Read(statements => (long)statements.Scalar("SELECT count(*) FROM entity WHERE tbl = 'workflows' AND partition = ?1 AND row > ?2 AND row < 'w~postcall.call_z' AND row LIKE '%~fourth'", partition, $"w~{first}")!);
            }
        }

        return (ended, steps);
    }
}
