using System.Net;
using System.Net.Http.Json;

namespace Kayse.Tests.LawRuler;

public sealed class RerunTests(ChainFixture fixture) : IClassFixture<ChainFixture>
{
    private readonly TestHost _host = fixture.Host;

    [Fact]
    public async Task A_rerun_from_any_step_writes_nothing_twice()
    {
        await Chain.RunAsync(_host, "call_x1", 890001);
        var number = 1;
        foreach (var (step, states) in new[] { ("campaign_call", "done done done done"), ("note_summary", "done done done"), ("note_transcript", "done done"), ("recording", "done") })
        {
            var id = await Chain.RerunAsync(_host, "postcall.call_x1", step);
            Assert.Equal($"postcall.call_x1.r{number++}", id);
            Assert.Equal(states, Chain.States(await _host.EndOfWorkflowAsync(id, Chain.Second)));
        }

        var lead = await _host.LeadAsync(890001);
        Assert.Equal(2, lead.GetProperty("notes").GetArrayLength());
        Assert.Single(Chain.Documents(lead));
        Assert.Equal("Sent e-Sign", Chain.Text(lead, "status"));
    }

    [Fact]
    public async Task A_rerun_makes_good_what_was_refused()
    {
        await Chain.LeadAsync(_host, 890002);
        await Chain.PortalAsync(_host, new { key = "another-key" });
        await _host.SendAsync(Chain.Call(_host, "call_x2", 890002));
        await _host.EndOfWorkflowAsync("postcall.call_x2", Chain.Second);
        await Chain.PortalAsync(_host, new { key = "demo-key" });
        var workflow = await _host.EndOfWorkflowAsync(await Chain.RerunAsync(_host, "postcall.call_x2", "campaign_call"), Chain.Second);
        Assert.Equal(("done done done done", "completed"), (Chain.States(workflow), Chain.Text(workflow, "state")));
        Assert.Equal(2, Chain.Notes(await _host.LeadAsync(890002), "call_x2").Count);
    }

    [Fact]
    public async Task A_recording_that_was_uploaded_is_found_though_its_address_is_gone()
    {
        var address = $"{_host.SandboxUrl}/receiver/recording";
        await Chain.LeadAsync(_host, 890005);
        await AnswerAsync(200);
        await _host.SendAsync(Chain.Call(_host, "call_x5", 890005, json => json["data"]!["call"]!["recording_url"] = address));
        Assert.Equal("done done done done", Chain.States(await _host.EndOfWorkflowAsync("postcall.call_x5", Chain.Second)));
        await AnswerAsync(410);

        var workflow = await _host.EndOfWorkflowAsync(await Chain.RerunAsync(_host, "postcall.call_x5", "recording"), Chain.Second);

        Assert.Equal("done", Chain.States(workflow));
        Assert.Single(Chain.Documents(await _host.LeadAsync(890005)));

        async Task AnswerAsync(int status) =>
            (await _host.Http.PutAsJsonAsync($"{_host.SandboxUrl}/_sandbox/receiver/recording", new { status, body = "sound" })).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task A_chain_that_runs_cannot_be_rerun_and_an_unknown_step_is_named()
    {
        await Chain.LeadAsync(_host, 890003);
        await _host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "503", count = 1, applied = "no" });
        await _host.SendAsync(Chain.Call(_host, "call_x3", 890003));
        await _host.EventuallyAsync(async () => await _host.WorkflowAsync("postcall.call_x3") is { } one && Chain.States(one) == "waiting");
        using var running = await _host.Http.PostAsJsonAsync("/api/companies/demo/workflows/postcall.call_x3/rerun", new { fromStep = "recording" });
        using var unknown = await _host.Http.PostAsJsonAsync("/api/companies/demo/workflows/postcall.call_x3/rerun", new { fromStep = "reccording" });
        using var none = await _host.Http.PostAsJsonAsync("/api/companies/demo/workflows/postcall.call_none/rerun", new { fromStep = "recording" });
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.BadRequest, HttpStatusCode.NotFound), (running.StatusCode, unknown.StatusCode, none.StatusCode));
        Assert.Contains("fromStep", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await _host.EndOfWorkflowAsync("postcall.call_x3", Chain.Second);
    }

    [Fact]
    public async Task After_a_restart_in_mid_chain_it_goes_on_where_it_was()
    {
        await using var host = await TestHost.StartAsync();
        await Chain.LeadAsync(host, 890004);
        await host.FaultAsync(new { system = "lawruler", operation = "addnote", kind = "reset", count = 1, applied = "before" });
        await host.SendAsync(Chain.Call(host, "call_x4", 890004, json => json["data"]!["call"]!.AsObject().Remove("recording_url")));
        await host.EventuallyAsync(async () => await host.WorkflowAsync("postcall.call_x4") is { } one && Chain.States(one) == "done waiting");

        await host.RestartAsync();
        var workflow = await host.EndOfWorkflowAsync("postcall.call_x4", Chain.Second);

        Assert.Equal("done done done skipped", Chain.States(workflow));
        Assert.Equal(1, Chain.Step(workflow, "campaign_call").GetProperty("attempts").GetInt32());
        Assert.Equal(2, Chain.Notes(await host.LeadAsync(890004), "call_x4").Count);
        Assert.Empty(await host.SandboxRequestsAsync("campaign"));
    }
}
