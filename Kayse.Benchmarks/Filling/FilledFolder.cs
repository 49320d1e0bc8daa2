using System.Text.Json;
using Kayse.Benchmarks.Intake;
using Kayse.Core;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Events;
using Kayse.Core.Workflows;
using Kayse.Standalone.Storage;
using Kayse.Standalone.Workflows;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kayse.Benchmarks.Filling;

/// <summary>A data folder as it is after a long time: many events, and chains that wait a day for their next attempt.</summary>
internal static class FilledFolder
{
    private const int Firms = 16;
    private const int AtOnce = 256;

    /// <summary>Fills a folder through the product's own stores and engine.</summary>
    public static async Task MakeAsync(string folder, int events, int waiting)
    {
        using var data = DataFolder.Open(folder);
        using var database = SqliteDatabase.Open(data.Database);
        var store = new SqliteEntityStore(database);
        await FillEventsAsync(new EventStore(store, new FileBlobStore(data.Blobs)), events);
        await FillWaitingAsync(store, database, waiting);
    }

    private static Task FillEventsAsync(EventStore store, int events) => Parallel.ForAsync(0, events, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, cancellationToken) =>
    {
        using var json = JsonDocument.Parse(IntakeRequests.Event($"firm{i % Firms}", $"evt_{i:d16}"));
        var read = PlatformEventReader.Read(json.RootElement, out _)[0];
        await store.InsertAsync(read, EventStore.Hash(read.Json), [], [], TimeProvider.System.GetUtcNow(), cancellationToken);
    });

    private static async Task FillWaitingAsync(SqliteEntityStore store, SqliteDatabase database, int waiting)
    {
        var tomorrow = TimeProvider.System.GetUtcNow().AddDays(1);
        var catalog = new WorkflowCatalog(KayseJson.Default.Options)
            .AddWorkflow<PostCallInput, PostCallResult>(PostCallWorkflow.Name, PostCallWorkflow.RunAsync)
            .AddActivity<StepAttempt, StepOutcome>(PostCallWorkflow.StepActivity, (_, _, _) => Task.FromResult(StepOutcome.Retry("Law Ruler is down.", tomorrow)))
            .AddActivity<PostCallFinish, PostCallResult>(PostCallWorkflow.FinishActivity, (_, finish, _) => Task.FromResult(new PostCallResult(finish.State)));
        await using var engine = new EmbeddedWorkflowEngine(database, catalog, TimeProvider.System, NullLogger<EmbeddedWorkflowEngine>.Instance);
        engine.Start();
        var records = new WorkflowRecords(store, engine, TimeProvider.System);
        await Parallel.ForAsync(0, waiting, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, cancellationToken) =>
        {
            var company = CompanyId.Parse($"firm{i % Firms}", null);
            var id = PostCallWorkflow.Id(CallIdOf(i));
            var input = new PostCallInput(company, id, $"evt_{i:d16}", PostCallWorkflow.Steps[0], new RetryPolicy(5, 3600, 48), 24 * 60);
            await records.StartAsync(company, id, PostCallWorkflow.Name, $"evt_{i:d16}", JsonSerializer.SerializeToUtf8Bytes(input, KayseJson.Default.PostCallInput), cancellationToken);
        });
        // Each has made its first attempt and waits.
        while (engine.LiveInstances > 0 || (long)database.Read(statements => statements.Scalar("SELECT count(*) FROM wf_work"))! > 0)
        {
            await Task.Delay(100);
        }
    }

    private static Core.Calls.CallId CallIdOf(int number) => Core.Calls.CallId.Parse($"call_{number}", null);
}
