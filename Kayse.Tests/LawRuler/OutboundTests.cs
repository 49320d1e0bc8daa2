using System.Net.Http.Json;
using System.Text.Json;

namespace Kayse.Tests.LawRuler;

/// <summary>What is switched on, and for which case types.</summary>
public sealed class OutboundTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        await _host.PatchSettingsAsync(new { settings = new { requestsPerMinute = 60_000, concurrency = 32 } });
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("sendMessages", "Send messages is off.", "done")]
    [InlineData("sendDocuments", "done", "Send documents is off.")]
    [InlineData("sendData", "Send data to Law Ruler is off.", "Send data to Law Ruler is off.")]
    public async Task What_is_switched_off_is_skipped_with_a_line_in_the_audit_log(string toggle, string message, string document)
    {
        await ToggleAsync(toggle, false);
        await SendBothAsync("t1", 930001);

        await ExpectAsync("message.msg_t1", message);
        await ExpectAsync("document.doc_t1", document);
    }

    [Fact]
    public async Task Case_types_that_are_not_chosen_are_skipped_the_others_go()
    {
        await _host.PatchSettingsAsync(new { settings = new { outboundCaseTypes = new[] { "INNO MVA" } } });
        await SendBothAsync("t2", 930002);
        await _host.SendAsync(Chain.Call(_host, "call_t2", 930002));
        await Deliveries.NothingPendingAsync(_host);
        const string reason = "The case's type is not among those whose data goes to Law Ruler (setting outboundCaseTypes).";
        await ExpectAsync("message.msg_t2", reason);
        await ExpectAsync("document.doc_t2", reason);
        await ExpectAsync("postcall.call_t2", reason);
        Assert.Empty(await _host.SandboxRequestsAsync("campaign"));

        await _host.PatchSettingsAsync(new { settings = new { outboundCaseTypes = new[] { "inno mva", "zantac" } } });
        await SendBothAsync("t3", 930003);
        await ExpectAsync("message.msg_t3", "done");
        await ExpectAsync("document.doc_t3", "done");
        Assert.Equal("done done done done", Chain.States(await Chain.RunAsync(_host, "call_t3", 930003)));
    }

    [Fact]
    public async Task Chosen_case_types_may_be_named_as_Kayse_names_them()
    {
        await LinkAsync("Medicine", "Zantac");
        await _host.PatchSettingsAsync(new { settings = new { outboundCaseTypes = new[] { "medicine" } } });

        await SendBothAsync("t8", 930008);

        await ExpectAsync("message.msg_t8", "done");
        await ExpectAsync("document.doc_t8", "done");
        Assert.Equal("done done done done", Chain.States(await Chain.RunAsync(_host, "call_t8", 930008)));
        await LinkAsync("Something else", "Zantac");
        await SendBothAsync("t9", 930009);
        await ExpectAsync("message.msg_t9", "The case's type is not among those whose data goes to Law Ruler (setting outboundCaseTypes).");
    }

    [Fact]
    public async Task A_chain_that_waits_while_its_case_type_is_taken_away_skips_its_steps_with_the_reason()
    {
        await Chain.LeadAsync(_host, 930004);
        await _host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "503", count = 1, applied = "no" });
        await _host.SendAsync(Chain.Call(_host, "call_t4", 930004));
        await _host.EventuallyAsync(async () => await _host.WorkflowAsync("postcall.call_t4") is { } one && Chain.States(one) == "waiting");
        await _host.PatchSettingsAsync(new { settings = new { outboundCaseTypes = new[] { "INNO MVA" } } });
        var workflow = await _host.EndOfWorkflowAsync("postcall.call_t4", Chain.Second);
        Assert.Equal("skipped skipped skipped skipped", Chain.States(workflow));
        Assert.All(workflow.GetProperty("steps").EnumerateArray(), step => Assert.Contains("outboundCaseTypes", Chain.Text(step, "error"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_comes_in_a_pause_waits_for_its_end()
    {
        await ToggleAsync("enableIntegration", false);
        await SendBothAsync("t5", 930005, settled: false);
        await Deliveries.WaitsForPauseAsync(_host);
        _host.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Null(await _host.WorkflowAsync("message.msg_t5"));

        await ToggleAsync("enableIntegration", true);
        await ExpectAsync("message.msg_t5", "done");
        await ExpectAsync("document.doc_t5", "done");
        Assert.Single(await Deliveries.NotesAsync(_host, 930005));
        Assert.Single(Chain.Documents(await _host.LeadAsync(930005)));
    }

    [Fact]
    public async Task A_pause_of_two_hours_before_a_retry_spends_no_attempt_and_its_history_starts_anew()
    {
        await Chain.LeadAsync(_host, 930006);
        await _host.FaultAsync(new { system = "lawruler", operation = "addnote", kind = "503", count = 1, applied = "no" });
        await _host.SendAsync(Deliveries.Message("msg_t6", 930006));
        await _host.EventuallyAsync(async () => await StepAsync("message.msg_t6") is { } step && Chain.Text(step, "state") == "waiting");
        await ToggleAsync("enableIntegration", false);
        var end = _host.Clock.GetUtcNow().AddHours(2);
        await _host.EventuallyAsync(async () => await StepAsync("message.msg_t6") is { } step && step.GetProperty("nextAttemptAt").GetDateTimeOffset() > end, TimeSpan.FromMinutes(1));

        await ToggleAsync("enableIntegration", true);
        var workflow = await _host.EndOfWorkflowAsync("message.msg_t6", Chain.Second);
        Assert.Equal(2, Chain.Step(workflow, "message").GetProperty("attempts").GetInt32());
        Assert.Single(await Deliveries.NotesAsync(_host, 930006));
    }

    [Fact]
    public async Task Disconnected_they_are_skipped_and_the_audit_log_says_so()
    {
        using var gone = await _host.Http.DeleteAsync("/api/companies/demo/integrations/lawruler/connection");
        gone.EnsureSuccessStatusCode();
        await SendBothAsync("t7", 930007);
        await ExpectAsync("message.msg_t7", "Law Ruler is not connected.");
        await ExpectAsync("document.doc_t7", "Law Ruler is not connected.");
    }

    private Task ToggleAsync(string name, bool value) => _host.PatchSettingsAsync(new { toggles = new Dictionary<string, bool> { [name] = value } });

    private async Task SendBothAsync(string id, long lead, bool settled = true)
    {
        await Chain.LeadAsync(_host, lead);
        await Deliveries.ServeAsync(_host, $"doc_{id}", 200);
        await _host.SendAsync(Deliveries.Message($"msg_{id}", lead));
        await _host.SendAsync(Deliveries.Document(_host, $"doc_{id}", lead, "receipt.pdf"));
        if (settled)
        {
            await Deliveries.NothingPendingAsync(_host);
        }
    }

    private async Task ExpectAsync(string workflow, string expected)
    {
        if (expected == "done")
        {
            Assert.Equal("done", Deliveries.Step(await _host.EndOfWorkflowAsync(workflow, Chain.Second)).State);
            return;
        }

        Assert.Null(await _host.WorkflowAsync(workflow));
        Assert.Equal(("skipped", expected), (await Deliveries.AuditAsync(_host, workflow))[0]);
    }

    private async Task<JsonElement?> StepAsync(string workflow) =>
        await _host.WorkflowAsync(workflow) is { } one && one.GetProperty("steps").GetArrayLength() == 1 ? one.GetProperty("steps")[0] : null;

    private async Task LinkAsync(string kayse, string crm)
    {
        using var answer = await _host.Http.PutAsJsonAsync("/api/companies/demo/integrations/lawruler/case-types", new { entries = new[] { new { kayse, crm } } });
        answer.EnsureSuccessStatusCode();
    }
}
