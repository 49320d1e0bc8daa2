using System.Net;
using System.Text.Json;

namespace Kayse.Tests.LawRuler;

public sealed class ChainOrderTests(ChainFixture fixture) : IClassFixture<ChainFixture>
{
    private readonly TestHost _host = fixture.Host;

    [Fact]
    public async Task The_steps_are_made_one_after_the_other()
    {
        await Chain.RunAsync(_host, "call_o1", 830001);
        var operations = (await _host.SandboxRequestsAsync()).Where(request => $"{Chain.Text(request, "body")}{Chain.Text(request, "query")}".Contains("830001", StringComparison.Ordinal))
            .Select(request => Chain.Text(request, "operation"));
        Assert.Equal(["getstatus", "campaign", "addnote", "addnote", "upload", "getdocuments"], operations);
    }

    [Fact]
    public async Task A_step_that_still_retries_after_15_minutes_goes_on_beside_the_next()
    {
        await Chain.LeadAsync(_host, 830002);
        await _host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "500", count = 9, applied = "no" });
        await _host.SendAsync(Chain.Call(_host, "call_o2", 830002));
        await _host.EventuallyAsync(async () => await _host.WorkflowAsync("postcall.call_o2") is { } one && Chain.States(one) == "waiting");
        var beside = await Chain.UntilAsync(_host, "postcall.call_o2", one => Chain.States(one) == "waiting done done done", _host.Clock.GetUtcNow().AddMinutes(15));
        var wait = Chain.Step(beside, "note_summary").GetProperty("startedAt").GetDateTimeOffset() - Chain.Step(beside, "campaign_call").GetProperty("startedAt").GetDateTimeOffset();
        Assert.InRange(wait, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(17));
        Assert.Equal("running", Chain.Text(beside, "state"));

        var workflow = await Chain.UntilAsync(_host, "postcall.call_o2", one => one.GetProperty("endedAt").ValueKind == JsonValueKind.String);
        Assert.Equal(("done done done done", "completed"), (Chain.States(workflow), Chain.Text(workflow, "state")));
        Assert.Equal(10, Chain.Step(workflow, "campaign_call").GetProperty("attempts").GetInt32());
    }

    [Fact]
    public async Task A_refused_Key_stops_all_is_not_retried_and_says_what_to_do()
    {
        await Chain.PortalAsync(_host, new { key = "another-key" });
        var workflow = await Chain.RunAsync(_host, "call_o3", 830003);
        await Chain.PortalAsync(_host, new { key = "demo-key" });

        Assert.Equal(("refused refused refused refused", "completed_with_problems"), (Chain.States(workflow), Chain.Text(workflow, "state")));
        Assert.All(workflow.GetProperty("steps").EnumerateArray(), step => Assert.Equal(JsonValueKind.String, step.GetProperty("endedAt").ValueKind));
        Assert.Contains("Connect again with the Key", Chain.Text(Chain.Step(workflow, "campaign_call"), "error"), StringComparison.Ordinal);
        Assert.Equal(1, Chain.Step(workflow, "campaign_call").GetProperty("attempts").GetInt32());
        Assert.All(["note_summary", "note_transcript", "recording"], name => Assert.Contains("refused the Key", Chain.Text(Chain.Step(workflow, name), "error"), StringComparison.Ordinal));
        Assert.Empty((await _host.LeadAsync(830003)).GetProperty("notes").EnumerateArray());
    }

    [Theory]
    [InlineData("401", 830005)]
    [InlineData("403", 830006)]
    public async Task A_portal_that_answers_a_wrong_Key_with_a_status_code_is_believed_after_three_tries(string invalidKey, long lead)
    {
        await Chain.PortalAsync(_host, new { key = "another-key", options = new { invalidKey } });
        var workflow = await Chain.RunAsync(_host, $"call_k{invalidKey}", lead);
        await Chain.PortalAsync(_host, new { key = "demo-key", options = new { invalidKey = "text" } });
        Assert.Equal("refused refused refused refused", Chain.States(workflow));
        Assert.Equal(3, Chain.Step(workflow, "campaign_call").GetProperty("attempts").GetInt32());
    }

    [Fact]
    public async Task An_unknown_lead_is_not_retried_and_says_what_to_do()
    {
        await _host.SendAsync(Chain.Call(_host, "call_o4", 839999));
        var workflow = await _host.EndOfWorkflowAsync("postcall.call_o4");
        Assert.All(workflow.GetProperty("steps").EnumerateArray(), step =>
        {
            Assert.Equal(("refused", 1), (Chain.Text(step, "state"), step.GetProperty("attempts").GetInt32()));
            Assert.Contains("no lead 839999. Check the Lead ID", Chain.Text(step, "error"), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task An_advanced_api_that_is_not_switched_on_is_said_and_does_not_pass_for_a_wrong_Key()
    {
        await Chain.PortalAsync(_host, new { options = new { advancedApi = false } });
        var workflow = await Chain.RunAsync(_host, "call_o5", 830007);
        await Chain.PortalAsync(_host, new { options = new { advancedApi = true } });
        Assert.Equal("done refused refused refused", Chain.States(workflow));
        Assert.Contains("Advanced API is not switched on", Chain.Text(Chain.Step(workflow, "note_summary"), "error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_steps_outcome_is_a_row_of_the_audit_log()
    {
        await _host.FaultAsync(new { system = "lawruler", operation = "addnote", kind = "503", count = 1, applied = "no" });
        await Chain.RunAsync(_host, "call_o6", 830008, json => json["data"]!["call"]!.AsObject().Remove("recording_url"));
        var lines = await Chain.AuditAsync(_host, "call_o6");
        Assert.Equal(
            ["campaign_call done", "note_summary done", "note_summary retry", "note_transcript done", "recording skipped"],
            lines.Select(line => $"{Chain.Text(line, "action")} {Chain.Text(line, "outcome")}").Order(StringComparer.Ordinal));
        Assert.Equal("The call has no recording.", Chain.Text(Assert.Single(lines, line => Chain.Text(line, "action") == "recording"), "detail"));
        Assert.Equal("830008", Chain.Text(Assert.Single(lines, line => Chain.Text(line, "action") == "campaign_call"), "resource"));
    }

    [Fact]
    public async Task A_terminated_chain_ends_where_it_stands_with_its_open_steps()
    {
        await Chain.LeadAsync(_host, 830009);
        await _host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "503", count = 1, applied = "no" });
        await _host.SendAsync(Chain.Call(_host, "call_o7", 830009));
        await _host.EventuallyAsync(async () => await _host.WorkflowAsync("postcall.call_o7") is { } one && Chain.States(one) == "waiting");
        using var answer = await _host.Http.PostAsync("/api/companies/demo/workflows/postcall.call_o7/terminate", null);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        _host.Clock.Advance(TimeSpan.FromHours(1));

        var workflow = (await _host.WorkflowAsync("postcall.call_o7"))!.Value;
        Assert.Equal(("terminated", "refused"), (Chain.Text(workflow, "state"), Chain.States(workflow)));
        Assert.Equal(1, await Chain.CountAsync(_host, "campaign", 830009));
        using var again = await _host.Http.PostAsync("/api/companies/demo/workflows/postcall.call_o7/terminate", null);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }
}
