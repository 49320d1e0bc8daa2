using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Core.Companies;
using Kayse.Core.Events;

namespace Kayse.Tests.LawRuler;

public sealed class PostCallStartTests(ChainFixture fixture) : IClassFixture<ChainFixture>
{
    private static readonly CompanyId s_demo = CompanyId.Parse("demo");
    private readonly TestHost _host = fixture.Host;

    [Fact]
    public async Task An_end_without_an_analysis_starts_the_chain_15_minutes_later_with_what_there_is()
    {
        await SendEndAsync("call_e1", 820001);
        _host.Clock.Advance(TimeSpan.FromMinutes(14));
        await SettledAsync("call_e1");
        Assert.Null(await _host.WorkflowAsync("postcall.call_e1"));

        var workflow = await EndAfterAsync("call_e1", TimeSpan.FromMinutes(2));

        Assert.Equal("done done skipped done", Chain.States(workflow));
        Assert.Contains("Only a successful call's", Chain.Text(Chain.Step(workflow, "note_transcript"), "error"), StringComparison.Ordinal);
        var note = Assert.Single(Chain.Notes(await _host.LeadAsync(820001), "call_e1"));
        Assert.Contains("\nDisconnection Reason: voicemail_reached", Chain.Text(note, "text"), StringComparison.Ordinal);
        Assert.DoesNotContain(Assert.Single(await Chain.FormsAsync(_host, 820001)), pair => pair.Key is "CellPhone" or "Call Summary");
    }

    [Fact]
    public async Task An_analysis_starts_it_at_once_and_the_end_adds_nothing()
    {
        await SendEndAsync("call_e2", 820002);
        var workflow = await Chain.RunAsync(_host, "call_e2", 820002);
        _host.Clock.Advance(TimeSpan.FromMinutes(20));
        await NothingPendingAsync();

        Assert.Equal("done done done done", Chain.States(workflow));
        Assert.Equal(2, Chain.Notes(await _host.LeadAsync(820002), "call_e2").Count);
        Assert.Equal(1, await Chain.CountAsync(_host, "campaign", 820002));
    }

    [Fact]
    public async Task An_end_that_is_delivered_late_still_waits_for_its_analysis()
    {
        await Chain.LeadAsync(_host, 820003);
        await _host.SendAsync(Chain.Ended(_host, "call_e3", 820003, json => json["data"]!["call"]!["end_timestamp"] = _host.Clock.GetUtcNow().AddHours(-2).ToUnixTimeMilliseconds()));
        await SettledAsync("call_e3");
        Assert.Null(await _host.WorkflowAsync("postcall.call_e3"));
        Assert.Equal("done done done done", Chain.States(await Chain.RunAsync(_host, "call_e3", 820003)));
    }

    [Fact]
    public async Task What_arrives_in_a_pause_is_sent_when_it_ends_and_the_analysis_counts()
    {
        await _host.PatchSettingsAsync(new { toggles = new { enableIntegration = false } });
        await SendEndAsync("call_e4", 820004);
        await _host.SendAsync(Chain.Call(_host, "call_e4", 820004));
        await _host.EventuallyAsync(async () => (await PendingAsync()).Count(item => item.WaitsFor == "lawruler") == 2);
        _host.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Null(await _host.WorkflowAsync("postcall.call_e4"));

        await _host.PatchSettingsAsync(new { toggles = new { enableIntegration = true } });
        var workflow = await _host.EndOfWorkflowAsync("postcall.call_e4", Chain.Second);

        Assert.Equal("done done done done", Chain.States(workflow));
        await NothingPendingAsync();
    }

    [Fact]
    public async Task A_pause_of_two_days_in_mid_chain_spends_no_attempt_and_gives_nothing_up()
    {
        await Chain.LeadAsync(_host, 820005);
        await _host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "503", count = 1, applied = "no" });
        await _host.SendAsync(Chain.Call(_host, "call_e5", 820005));
        await _host.EventuallyAsync(async () => await _host.WorkflowAsync("postcall.call_e5") is { } one && Chain.States(one) == "waiting");
        await _host.PatchSettingsAsync(new { toggles = new { enableIntegration = false } });
        for (var day = 0; day < 2; day++)
        {
            _host.Clock.Advance(TimeSpan.FromDays(1));
            await _host.EventuallyAsync(async () => await _host.WorkflowAsync("postcall.call_e5") is { } one && Chain.Step(one, "campaign_call") is var step
                && step.TryGetProperty("nextAttemptAt", out var next) && next.ValueKind == JsonValueKind.String && next.GetDateTimeOffset() > _host.Clock.GetUtcNow(), TimeSpan.FromSeconds(30));
        }

        await _host.PatchSettingsAsync(new { toggles = new { enableIntegration = true } });
        var workflow = await _host.EndOfWorkflowAsync("postcall.call_e5", Chain.Second);
        Assert.Equal("done done done done", Chain.States(workflow));
        Assert.Equal(2, Chain.Step(workflow, "campaign_call").GetProperty("attempts").GetInt32());
    }

    [Theory]
    [InlineData("sendCallRecords", "done skipped skipped done", "Send call records is off.")]
    [InlineData("sendDocuments", "done done done skipped", "Send documents is off.")]
    public async Task Each_part_has_its_toggle(string toggle, string states, string reason)
    {
        await ToggleAsync(toggle, false);
        var workflow = await Chain.RunAsync(_host, $"call_{toggle}", toggle.Length + 820100);
        await ToggleAsync(toggle, true);
        Assert.Equal(states, Chain.States(workflow));
        Assert.Contains(workflow.GetProperty("steps").EnumerateArray(), step => step.GetProperty("error").ValueKind == JsonValueKind.String && Chain.Text(step, "error") == reason);
    }

    [Fact]
    public async Task Without_call_records_the_mapped_fields_go_alone()
    {
        await ToggleAsync("sendCallRecords", false);
        await Chain.RunAsync(_host, "call_norecord", 820016);
        await ToggleAsync("sendCallRecords", true);
        var form = Assert.Single(await Chain.FormsAsync(_host, 820016)).ToDictionary(pair => pair.Key, pair => pair.Value);
        Assert.Equal("Yes", form["Custom1234"]);
        Assert.Empty(form.Keys.Intersect(["Status", "Call Summary", "Call Transcript"]));
    }

    [Fact]
    public async Task Without_mapped_fields_no_custom_field_is_sent()
    {
        await ToggleAsync("sendMappedFields", false);
        await Chain.RunAsync(_host, "call_nomapped", 820006);
        await ToggleAsync("sendMappedFields", true);
        Assert.DoesNotContain(Assert.Single(await Chain.FormsAsync(_host, 820006)), pair => pair.Key.StartsWith("Custom", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_Send_data_off_nothing_is_started_and_the_audit_log_says_so()
    {
        await ToggleAsync("sendData", false);
        await _host.SendAsync(Chain.Call(_host, "call_nosend", 820007));
        await NothingPendingAsync();
        await ToggleAsync("sendData", true);
        Assert.Null(await _host.WorkflowAsync("postcall.call_nosend"));
        Assert.Equal("Send data to Law Ruler is off.", Chain.Text(Assert.Single(await Chain.AuditAsync(_host, "call_nosend")), "detail"));
    }

    [Fact]
    public async Task A_call_of_another_crms_case_starts_nothing()
    {
        await _host.SendAsync(Chain.Call(_host, "call_other", 820008, json => json["case"] = new JsonObject { ["externalSource"] = "lawmatics", ["externalSourceId"] = "820008" }));
        await NothingPendingAsync();
        Assert.Null(await _host.WorkflowAsync("postcall.call_other"));
    }

    private Task ToggleAsync(string name, bool value) => _host.PatchSettingsAsync(new { toggles = new Dictionary<string, bool> { [name] = value } });

    private async Task SendEndAsync(string call, long lead)
    {
        await Chain.LeadAsync(_host, lead);
        await _host.SendAsync(Chain.Ended(_host, call, lead, json => json["data"]!["call"]!["end_timestamp"] = _host.Clock.GetUtcNow().ToUnixTimeMilliseconds()));
        if ((await _host.GetJsonAsync("/api/companies/demo/integrations/lawruler")).GetProperty("toggles").GetProperty("enableIntegration").GetBoolean())
        {
            await SettledAsync(call);
        }
    }

    private Task SettledAsync(string call) =>
        _host.EventuallyAsync(async () => (await PendingAsync()).Any(item => item.Id == $"evt_end_{call}" && item.NotBefore > _host.Clock.GetUtcNow()));

    private Task NothingPendingAsync() => _host.EventuallyAsync(async () => (await PendingAsync()).Count == 0, Chain.Second);

    private Task<IReadOnlyList<PendingItem>> PendingAsync() => _host.Get<PendingWork>().AllAsync(s_demo, CancellationToken.None);

    private async Task<JsonElement> EndAfterAsync(string call, TimeSpan wait)
    {
        _host.Clock.Advance(wait);
        return await _host.EndOfWorkflowAsync($"postcall.{call}", Chain.Second);
    }
}
