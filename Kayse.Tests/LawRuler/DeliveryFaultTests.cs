namespace Kayse.Tests.LawRuler;

/// <summary>Every fault of the sandbox at the writes of messages and documents: in the end each is there exactly once.</summary>
public sealed class DeliveryFaultTests(ChainFixture fixture) : IClassFixture<ChainFixture>, IAsyncLifetime
{
    private static readonly string[] s_kinds = ["429", "500", "502", "503", "401", "slow", "reset", "html200", "empty200", "truncated", "login-redirect"];
    private readonly TestHost _host = fixture.Host;

    public async Task InitializeAsync()
    {
        using var clear = await _host.Http.DeleteAsync($"{_host.SandboxUrl}/_sandbox/faults");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("no", 1)]
    [InlineData("before", 2)]
    [InlineData("late", 3)]
    public async Task Whatever_fails_at_a_message_its_note_is_there_once_in_the_end(string applied, int number)
    {
        var leads = await FailAsync("addnote", applied, 920_000 + (number * 100));
        await Task.WhenAll(leads.Select(lead => _host.SendAsync(Deliveries.Message($"msg_f{lead}", lead))));
        foreach (var lead in leads)
        {
            Assert.Equal("done", Deliveries.Step(await _host.EndOfWorkflowAsync($"message.msg_f{lead}", TimeSpan.FromSeconds(3))).State);
            Assert.Single(await Deliveries.NotesAsync(_host, lead));
        }

        Assert.Empty((await _host.GetJsonAsync($"{_host.SandboxUrl}/_sandbox/faults")).GetProperty("faults").EnumerateArray());
    }

    [Theory]
    [InlineData("upload", "no", 4)]
    [InlineData("upload", "before", 5)]
    [InlineData("upload", "late", 6)]
    [InlineData("getdocuments", "no", 7)]
    public async Task Whatever_fails_at_a_document_or_at_looking_for_it_it_is_there_once_in_the_end(string operation, string applied, int number)
    {
        var leads = await FailAsync(operation, applied, 920_000 + (number * 100));
        await Task.WhenAll(leads.Select(lead => Deliveries.ServeAsync(_host, $"doc_f{lead}", 200)));
        await Task.WhenAll(leads.Select(lead => _host.SendAsync(Deliveries.Document(_host, $"doc_f{lead}", lead, "receipt.pdf"))));
        foreach (var lead in leads)
        {
            Assert.Equal("done", Deliveries.Step(await _host.EndOfWorkflowAsync($"document.doc_f{lead}", TimeSpan.FromSeconds(3))).State);
            Assert.Single(Chain.Documents(await _host.LeadAsync(lead)));
        }
    }

    [Theory]
    [InlineData("reset", 929001)]
    [InlineData("503", 929002)]
    public async Task A_document_that_is_taken_half_a_minute_after_the_caller_gave_up_is_not_uploaded_twice(string kind, long lead)
    {
        await _host.FaultAsync(new { system = "lawruler", operation = "upload", kind, count = 1, applied = "late", lateMs = 30_000 });
        var (state, reason) = Deliveries.Step(await Deliveries.RunDocumentAsync(_host, $"doc_l{lead}", lead, "receipt.pdf"));
        Assert.Equal("done", state);
        Assert.Contains("was there from an earlier try", reason, StringComparison.Ordinal);
        Assert.Single(Chain.Documents(await _host.LeadAsync(lead)));
    }

    [Fact]
    public async Task A_drop_is_found_though_the_connection_broke_and_looking_was_turned_away()
    {
        await _host.PatchSettingsAsync(new { settings = new { documentNames = new { renamedExtensions = new { } } } });
        await _host.FaultAsync(new { system = "lawruler", operation = "upload", kind = "reset", count = 1, applied = "before" });
        await _host.FaultAsync(new { system = "lawruler", operation = "getdocuments", kind = "429", count = 1, applied = "no" });
        var workflow = await Deliveries.RunDocumentAsync(_host, "doc_drop", 929003, "payments.csv");
        await _host.PatchSettingsAsync(new { settings = new { documentNames = new { renamedExtensions = new { csv = "txt", mp3 = "wav" } } } });

        Assert.Equal("refused", Deliveries.Step(workflow).State);
        Assert.Contains("does not list it", Deliveries.Step(workflow).Reason, StringComparison.Ordinal);
        Assert.Equal(2, await Chain.CountAsync(_host, "upload", 929003));
    }

    [Fact]
    public async Task A_429_with_a_wait_holds_a_message_back_for_so_long()
    {
        await Chain.LeadAsync(_host, 929004);
        await _host.FaultAsync(new { system = "lawruler", operation = "addnote", kind = "429", count = 1, applied = "no", retryAfter = "120" });
        await _host.SendAsync(Deliveries.Message("msg_429", 929004));
        await _host.EventuallyAsync(async () => await _host.WorkflowAsync("message.msg_429") is { } one && Chain.States(one) == "waiting");
        var asked = _host.Clock.GetUtcNow();
        var next = Chain.Step((await _host.WorkflowAsync("message.msg_429"))!.Value, "message").GetProperty("nextAttemptAt").GetDateTimeOffset();

        Assert.InRange(next - asked, TimeSpan.FromSeconds(119), TimeSpan.FromSeconds(121));
        Assert.Equal("done", Deliveries.Step(await _host.EndOfWorkflowAsync("message.msg_429", TimeSpan.FromSeconds(5))).State);
    }

    private async Task<IReadOnlyList<long>> FailAsync(string operation, string applied, long first)
    {
        var leads = s_kinds.Select((_, i) => first + i).ToList();
        foreach (var (kind, lead) in s_kinds.Zip(leads))
        {
            await Chain.LeadAsync(_host, lead);
            await _host.FaultAsync(new { system = "lawruler", operation, kind, count = 1, applied, delayMs = kind == "slow" ? 40_000 : 0 });
        }

        return leads;
    }
}
