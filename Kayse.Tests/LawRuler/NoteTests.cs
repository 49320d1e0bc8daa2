using System.Text.Json;

namespace Kayse.Tests.LawRuler;

public sealed class NoteTests(ChainFixture fixture) : IClassFixture<ChainFixture>
{
    private readonly TestHost _host = fixture.Host;

    [Fact]
    public async Task A_successful_call_leaves_two_notes_in_order_with_category_and_times()
    {
        await Chain.RunAsync(_host, "call_n1", 840001);
        var notes = Chain.Notes(await _host.LeadAsync(840001), "call_n1");
        Assert.Equal(["Call Analysis Summary", "Full Call Transcript"], notes.Select(note => Chain.Text(note, "title")));
        Assert.All(notes, note => Assert.Equal("Client Communication", Chain.Text(note, "category")));
        Assert.Equal(["2026-11-20T15:05:00Z", "2026-11-20T15:05:01Z"], notes.Select(note => Chain.Text(note, "createdAt")));
        Assert.Equal(["Kayse call call_n1 (summary)", "Kayse call call_n1 (transcript)"], notes.Select(note => Chain.Text(note, "text")!.Split('\n')[^1]));
        Assert.Contains("\n[AGENT]: Hello, this is Kayse. Am I speaking with Tilda?\n[CLIENT]: Yes, I am listening.\n", Chain.Text(notes[1], "text"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_times_are_written_on_the_clock_of_the_US_East()
    {
        await Chain.RunAsync(_host, "call_n2", 840002, json => json["data"]!["call"]!["end_timestamp"] = new DateTimeOffset(2026, 7, 1, 3, 59, 59, TimeSpan.Zero).ToUnixTimeMilliseconds());
        var dates = (await _host.SandboxRequestsAsync("addnote")).Where(request => Chain.Text(request, "body")!.Length > 0).Select(request => JsonDocument.Parse(Chain.Text(request, "body")!).RootElement)
            .Where(body => body.GetProperty("LeadId").GetInt64() == 840002).Select(body => Chain.Text(body, "CreateDate"));
        Assert.Equal(["2026-06-30T23:59:59", "2026-07-01T00:00:00"], dates);
    }

    [Fact]
    public async Task A_call_that_did_not_succeed_leaves_the_summary_alone()
    {
        var workflow = await Chain.RunAsync(_host, "call_n3", 840003, json => Chain.Analysis(json)["call_successful"] = false);
        Assert.Equal("done done skipped done", Chain.States(workflow));
        var text = Chain.Text(Assert.Single(Chain.Notes(await _host.LeadAsync(840003), "call_n3")), "text");
        Assert.Contains("\nDisconnection Reason: user_hangup", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_category_is_a_setting()
    {
        await _host.PatchSettingsAsync(new { settings = new { noteCategory = "Client Communications" } });
        await Chain.RunAsync(_host, "call_n4", 840004);
        await _host.PatchSettingsAsync(new { settings = new { noteCategory = "Client Communication" } });
        Assert.All(Chain.Notes(await _host.LeadAsync(840004), "call_n4"), note => Assert.Equal("Client Communications", Chain.Text(note, "category")));
    }

    [Fact]
    public async Task Two_calls_of_one_lead_each_leave_their_notes_and_recording()
    {
        await Chain.RunAsync(_host, "call_n5", 840005);
        await _host.SendAsync(Chain.Call(_host, "call_n6", 840005));
        await _host.EndOfWorkflowAsync("postcall.call_n6", Chain.Second);
        var lead = await _host.LeadAsync(840005);
        Assert.Equal(4, lead.GetProperty("notes").GetArrayLength());
        Assert.Equal(["call_n5", "call_n6"], Chain.Documents(lead).Select(document => document.GetProperty("metadata").GetProperty("CallId").GetString()));
    }

    [Fact]
    public async Task A_transcript_of_300_kB_goes_through()
    {
        var said = string.Concat(Enumerable.Repeat("lorem ipsum ", 100));
        var workflow = await Chain.RunAsync(_host, "call_n7", 840006, json =>
        {
            var turns = json["data"]!["call"]!["transcript_object"]!.AsArray();
            for (var i = 0; i < 250; i++)
            {
                turns.Add(new System.Text.Json.Nodes.JsonObject { ["role"] = i % 2 == 0 ? "agent" : "user", ["content"] = $"{i} {said}", ["start"] = 20 + i });
            }
        });
        Assert.Equal("done done done done", Chain.States(workflow));
        var lead = await _host.LeadAsync(840006);
        Assert.Contains($"\n[CLIENT]: 249 {said.Trim()}\n", Chain.Text(Chain.Notes(lead, "call_n7")[1], "text"), StringComparison.Ordinal);
        Assert.EndsWith($"Client 04:29 249 {said.Trim()}", lead.GetProperty("fields").GetProperty("Call Transcript").GetString(), StringComparison.Ordinal);
    }
}
