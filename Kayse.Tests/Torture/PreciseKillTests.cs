using System.Text.Json;
using Kayse.Standalone.Storage;
using Kayse.Tests.Standalone;
using Microsoft.Data.Sqlite;

namespace Kayse.Tests.Torture;

/// <summary>Kills at the two moments that matter most: after a write was announced and before it is made, and after it was made and before its answer.</summary>
[Trait("Category", "Torture")]
[Collection(KillsCollection.Name)]
public sealed class PreciseKillTests : IAsyncLifetime
{
    private const long Lead = 300_001;
    private const long Other = 300_002;

    private TortureWorld _world = null!;

    public async Task InitializeAsync()
    {
        SystemSqlite.Use();
        _world = await TortureWorld.StartAsync(new { requestsPerMinute = 6000, concurrency = 1, retryFirstSeconds = 0.2, settleSeconds = 1.5 });
        await _world.LeadsAsync([Lead, Other], tokenLifetimeSeconds: 3600);
    }

    public Task DisposeAsync()
    {
        _world.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_kill_between_the_announcement_of_a_write_and_the_write_loses_nothing_and_doubles_nothing()
    {
        // The recording comes slowly; meanwhile a call about another lead takes the connection's only place, so that the upload is announced and waits for it.
        await _world.FaultAsync(new { system = "files", kind = "slow", applied = "before", delayMs = 12_000 });
        await _world.Client.EventAsync(_world.Call(Lead, WithoutStatus));
        await KayseProcess.EventuallyAsync(async () => await StatesAsync(Lead) is "done done done running");
        await _world.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "slow", applied = "no", delayMs = 120_000 });
        await _world.Client.EventAsync(_world.Call(Other, WithoutStatus));
        await KayseProcess.EventuallyAsync(async () => (await _world.RequestsAsync("campaign", Other)).Count == 1);
        await KayseProcess.EventuallyAsync(() => Task.FromResult(Effect(Lead, "recording") == "Announced"));

        await _world.Host.KillAsync();

        Assert.Equal("Announced", Effect(Lead, "recording"));
        Assert.Empty(await _world.RequestsAsync("upload", Lead));
        await EndAsync(Lead, Other);
        Assert.Single(await _world.RequestsAsync("upload", Lead));
    }

    [Theory]
    [InlineData("addnote", "note_summary", "before", 0)]
    [InlineData("upload", "recording", "before", 0)]
    [InlineData("addnote", "note_summary", "late", 700)]
    [InlineData("upload", "recording", "late", 700)]
    public async Task A_kill_between_a_write_and_its_answer_doubles_nothing(string operation, string step, string applied, int lateMs)
    {
        await _world.FaultAsync(new { system = "lawruler", operation, kind = "slow", applied, delayMs = 120_000, lateMs });
        await _world.Client.EventAsync(_world.Call(Lead, WithoutStatus));
        await KayseProcess.EventuallyAsync(async () => (await _world.RequestsAsync(operation, Lead)).Count == 1 && (applied == "late" || await IsThereAsync(operation)));

        await _world.Host.KillAsync();

        Assert.Equal("Announced", Effect(Lead, step));
        await EndAsync(Lead);
        Assert.Equal(step == "recording" ? 1 : 2, (await _world.RequestsAsync(operation, Lead)).Count);
    }

    /// <summary>Starts the host again and waits until the chains have ended with everything there once.</summary>
    private async Task EndAsync(params long[] leads)
    {
        _world.Host.Start();
        foreach (var lead in leads)
        {
            await KayseProcess.EventuallyAsync(async () => await StatesAsync(lead) is "done done done done");
            var found = await _world.LeadAsync(lead);
            Assert.Equal(["Call Analysis Summary", "Full Call Transcript"], found.GetProperty("notes").EnumerateArray().Select(note => note.GetProperty("title").GetString()).Order(StringComparer.Ordinal));
            Assert.Equal(1, found.GetProperty("documents").GetArrayLength());
        }
    }

    private async Task<bool> IsThereAsync(string operation) =>
        (await _world.LeadAsync(Lead)).GetProperty(operation == "upload" ? "documents" : "notes").GetArrayLength() == 1;

    private async Task<string?> StatesAsync(long lead) =>
        await _world.WorkflowAsync(lead) is { } workflow ? string.Join(' ', workflow.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("state").GetString())) : null;

    /// <summary>What stands in the store of a step's write, or null.</summary>
    private string? Effect(long lead, string step)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_world.Data, "kayse.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT json FROM entity WHERE tbl = 'effects' AND row = $row AND instr(partition, $call) > 0";
        command.Parameters.AddWithValue("$row", step);
        command.Parameters.AddWithValue("$call", $"call_{lead}");
        return command.ExecuteScalar() is byte[] json ? JsonSerializer.Deserialize<JsonElement>(json).GetProperty("state").GetString() : null;
    }

    private static void WithoutStatus(System.Text.Json.Nodes.JsonObject json) => json["data"]!.AsObject().Remove("status");
}
