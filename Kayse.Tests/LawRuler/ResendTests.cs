using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Kayse.Tests.LawRuler;

/// <summary>What a person can have sent again.</summary>
public sealed class ResendTests(ChainFixture fixture) : IClassFixture<ChainFixture>, IAsyncLifetime
{
    private readonly TestHost _host = fixture.Host;

    public async Task InitializeAsync()
    {
        using var clear = await _host.Http.DeleteAsync($"{_host.SandboxUrl}/_sandbox/faults");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("campaign_call")]
    [InlineData("note_summary")]
    [InlineData("recording")]
    public async Task One_step_of_a_chain_can_be_resent_alone(string step)
    {
        await Chain.RunAsync(_host, $"call_only_{step}", 940001);
        var before = (await _host.SandboxRequestsAsync("campaign")).Count;
        using var answer = await _host.Http.PostAsJsonAsync($"/api/companies/demo/workflows/postcall.call_only_{step}/rerun", new { fromStep = step, only = true });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var workflow = await _host.EndOfWorkflowAsync(Chain.Text(await answer.Content.ReadFromJsonAsync<JsonElement>(), "id")!, Chain.Second);

        Assert.Equal(("done", "completed"), (Chain.States(workflow), Chain.Text(workflow, "state")));
        Assert.Equal(step, Chain.Text(Assert.Single(workflow.GetProperty("steps").EnumerateArray()), "name"));
        Assert.Equal(step == "campaign_call" ? 1 : 0, (await _host.SandboxRequestsAsync("campaign")).Count - before);
        Assert.Equal(2, Chain.Notes(await _host.LeadAsync(940001), $"call_only_{step}").Count);
    }

    [Fact]
    public async Task A_call_whose_id_begins_with_an_r_is_resent_like_any_other()
    {
        await Chain.RunAsync(_host, "r1", 940002);
        Assert.Equal("postcall.r1.r1", await Chain.RerunAsync(_host, "postcall.r1", "recording"));
        await _host.EndOfWorkflowAsync("postcall.r1.r1", Chain.Second);
        Assert.Equal("postcall.r1.r2", await Chain.RerunAsync(_host, "postcall.r1.r1", "recording"));
        Assert.Equal("done", Chain.States(await _host.EndOfWorkflowAsync("postcall.r1.r2", Chain.Second)));
    }

    [Fact]
    public async Task A_message_and_a_document_that_are_there_are_found_and_not_written_again()
    {
        await Deliveries.RunMessageAsync(_host, "msg_r1", 940003);
        await Deliveries.RunDocumentAsync(_host, "doc_r1", 940004, "receipt.pdf");
        await Deliveries.ServeAsync(_host, "doc_r1", 410);

        Assert.Equal(("done", "It was there from an earlier try and was not written again."), Deliveries.Step(await Deliveries.RerunAsync(_host, "message.msg_r1", "message")));
        Assert.Equal("done", Deliveries.Step(await Deliveries.RerunAsync(_host, "document.doc_r1", "document")).State);
        Assert.Single(await Deliveries.NotesAsync(_host, 940003));
        Assert.Single(Chain.Documents(await _host.LeadAsync(940004)));
    }

    [Fact]
    public async Task A_message_that_was_refused_is_sent_when_the_cause_is_mended()
    {
        await _host.SendAsync(Deliveries.Message("msg_r2", 940005));
        var refused = await _host.EndOfWorkflowAsync("message.msg_r2", Chain.Second);
        Assert.Contains("Law Ruler has no lead 940005.", Deliveries.Step(refused).Reason, StringComparison.Ordinal);
        await Chain.LeadAsync(_host, 940005);
        Assert.Equal("done", Deliveries.Step(await Deliveries.RerunAsync(_host, "message.msg_r2", "message")).State);
        Assert.Single(await Deliveries.NotesAsync(_host, 940005));
    }

    [Fact]
    public async Task What_was_refused_goes_along_after_the_leads_next_successful_call()
    {
        await Deliveries.ServeAsync(_host, "doc_r3", 200);
        await _host.SendAsync(Deliveries.Message("msg_r3", 940006));
        await _host.SendAsync(Deliveries.Document(_host, "doc_r3", 940006, "receipt.pdf"));
        await _host.EndOfWorkflowAsync("message.msg_r3", Chain.Second);
        await _host.EndOfWorkflowAsync("document.doc_r3", Chain.Second);

        await Chain.RunAsync(_host, "call_failed", 940006, json => Chain.Analysis(json)["call_successful"] = false);
        await Deliveries.NothingPendingAsync(_host);
        Assert.Null(await _host.WorkflowAsync("message.msg_r3.r1"));

        await _host.SendAsync(Chain.Call(_host, "call_good", 940006));
        Assert.Equal("done", Deliveries.Step(await _host.EndOfWorkflowAsync("message.msg_r3.r1", Chain.Second)).State);
        Assert.Equal("done", Deliveries.Step(await _host.EndOfWorkflowAsync("document.doc_r3.r1", Chain.Second)).State);
        await _host.EndOfWorkflowAsync("postcall.call_good", Chain.Second);
        Assert.Single(await Deliveries.NotesAsync(_host, 940006), note => Chain.Text(note, "text")!.EndsWith("Kayse message msg_r3", StringComparison.Ordinal));

        await _host.SendAsync(Chain.Call(_host, "call_again", 940006));
        await _host.EndOfWorkflowAsync("postcall.call_again", Chain.Second);
        await Deliveries.NothingPendingAsync(_host);
        Assert.Null(await _host.WorkflowAsync("message.msg_r3.r2"));
    }

    [Fact]
    public async Task A_step_that_a_workflow_does_not_have_is_named_and_one_that_runs_is_not_run_beside_itself()
    {
        await Chain.LeadAsync(_host, 940007);
        await _host.FaultAsync(new { system = "lawruler", operation = "addnote", kind = "503", count = 1, applied = "no" });
        await _host.SendAsync(Deliveries.Message("msg_r4", 940007));
        await _host.EventuallyAsync(async () => await _host.WorkflowAsync("message.msg_r4") is { } one && Chain.States(one) == "waiting");
        using var running = await RerunAsync("message.msg_r4", new { fromStep = "message" });
        using var unknown = await RerunAsync("message.msg_r4", new { fromStep = "recording" });
        using var wrong = await RerunAsync("message.msg_r4", new { fromStep = "message", only = "yes" });
        using var none = await RerunAsync("message.msg_none", new { fromStep = "message" });
        Assert.Equal(
            (HttpStatusCode.Conflict, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.NotFound),
            (running.StatusCode, unknown.StatusCode, wrong.StatusCode, none.StatusCode));
        Assert.Contains("Expected one of: message.", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("\"only\"", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await _host.EndOfWorkflowAsync("message.msg_r4", Chain.Second);
    }

    private Task<HttpResponseMessage> RerunAsync(string id, object body) => _host.Http.PostAsJsonAsync($"/api/companies/demo/workflows/{id}/rerun", body);
}
