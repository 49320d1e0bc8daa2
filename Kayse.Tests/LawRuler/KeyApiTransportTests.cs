namespace Kayse.Tests.LawRuler;

/// <summary>Notes and recordings over the Key pages, where nobody can look whether they arrived.</summary>
public sealed class KeyApiTransportTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        await _host.PatchSettingsAsync(new { settings = new { requestsPerMinute = 60_000, noteTransport = "KeyApi", recordingTransport = "KeyApi" } });
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Notes_go_as_Conversation_and_the_recording_as_a_multipart_file()
    {
        var workflow = await Chain.RunAsync(_host, "call_t1", 880001, json => Chain.Analysis(json)["call_summary"] = "a <b> c");
        Assert.Equal("done done done done", Chain.States(workflow));
        var lead = await _host.LeadAsync(880001);
        var notes = Chain.Notes(lead, "call_t1");
        Assert.Equal(["Kayse call call_t1 (summary)", "Kayse call call_t1 (transcript)"], notes.Select(note => Chain.Text(note, "text")!.Split('\n')[^1]));
        Assert.Contains("a &lt;b> c", Chain.Text(notes[0], "text"), StringComparison.Ordinal);
        Assert.Equal(("File", 320_000), (Chain.Text(Assert.Single(Chain.Documents(lead)), "formName"), Chain.Documents(lead)[0].GetProperty("size").GetInt64()));
        Assert.Empty(await _host.SandboxRequestsAsync("addnote"));
        Assert.Equal(["/lawruler/demo/lawruler-parsing.aspx"], (await _host.SandboxRequestsAsync("campaign")).Select(request => Chain.Text(request, "path")).Where(path => path!.Contains("parsing", StringComparison.Ordinal)));
        Assert.All(await _host.SandboxRequestsAsync(), request => Assert.DoesNotContain("demo-key", Chain.Text(request, "query"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_note_that_was_not_confirmed_is_not_written_again_and_says_so()
    {
        await FaultAtTheNotesAsync("call_t2", 880002, "reset", "before");
        var workflow = await _host.EndOfWorkflowAsync("postcall.call_t2", Chain.Second);
        Assert.Equal("done refused done done", Chain.States(workflow));
        Assert.Contains("check the lead in Law Ruler", Chain.Text(Chain.Step(workflow, "note_summary"), "error"), StringComparison.Ordinal);
        var rerun = await _host.EndOfWorkflowAsync(await Chain.RerunAsync(_host, "postcall.call_t2", "note_transcript"), Chain.Second);
        Assert.Equal("done done", Chain.States(rerun));
        Assert.Equal(2, Chain.Notes(await _host.LeadAsync(880002), "call_t2").Count);
    }

    [Fact]
    public async Task A_note_that_was_turned_away_unread_is_written_when_there_is_room()
    {
        await FaultAtTheNotesAsync("call_t3", 880003, "429", "no");
        Assert.Equal("done done done done", Chain.States(await _host.EndOfWorkflowAsync("postcall.call_t3", Chain.Second)));
        Assert.Equal(2, Chain.Notes(await _host.LeadAsync(880003), "call_t3").Count);
    }

    /// <summary>Sends a call whose first note fails. The sandbox calls every Key page by one name, so the campaign call before it gets a fault that does nothing.</summary>
    private async Task FaultAtTheNotesAsync(string call, long lead, string kind, string applied)
    {
        await Chain.LeadAsync(_host, lead);
        await _host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "slow", count = 1, applied = "before" });
        await _host.FaultAsync(new { system = "lawruler", operation = "campaign", kind, count = 1, applied });
        await _host.SendAsync(Chain.Call(_host, call, lead));
    }
}
