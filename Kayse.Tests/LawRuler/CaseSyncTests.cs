using System.Net;
using System.Net.Http.Json;
using Kayse.Core.Cases;
using Kayse.Core.Companies;

namespace Kayse.Tests.LawRuler;

/// <summary>Synchronising one case by hand.</summary>
public sealed class CaseSyncTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        await _host.PatchSettingsAsync(new { settings = new { requestsPerMinute = 60_000, concurrency = 32 } });
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_leads_state_is_read_once_and_laid_over_the_case()
    {
        var id = await LostWebhookAsync(950001, new { status = "Consultation Complete**", caseType = "INNO MVA", fields = new { FirstName = "Ottoline", CellPhone = "5055550177" } });
        var workflow = await Deliveries.SyncAsync(_host, id);

        Assert.Equal(("done", "The case is updated. Messages, documents and statuses that are sent again: 0."), Deliveries.Step(workflow));
        var matter = await Deliveries.FindCaseAsync(_host, 950001);
        Assert.Equal(("Consultation Complete", "lawruler", "INNO MVA"), (Chain.Text(matter, "status"), Chain.Text(matter, "statusOrigin"), Chain.Text(matter, "caseType")));
        var client = (await _host.GetJsonAsync("/api/companies/demo/clients")).GetProperty("items").EnumerateArray().Single(one => Chain.Text(one, "id") == Chain.Text(matter, "clientId"));
        Assert.Equal(("Ottoline", "+15055550177"), (Chain.Text(client, "firstName"), Chain.Text(client, "phone")));
        Assert.Single(await _host.SandboxRequestsAsync("getlead"));
        Assert.Equal("done", (await Deliveries.AuditAsync(_host, Chain.Text(workflow, "id")!))[0].Outcome);

        Assert.StartsWith("The case is unchanged.", Deliveries.Step(await Deliveries.SyncAsync(_host, id)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_due_is_sent()
    {
        var id = await LostWebhookAsync(950002, null);
        await _host.FaultAsync(new { system = "lawruler", operation = "addnote", kind = "503", count = 1000, applied = "no" });
        await _host.PatchSettingsAsync(new { settings = new { retryWindowHours = 0.01 } });
        await _host.SendAsync(Deliveries.Message("msg_c2", 950002));
        Assert.Equal("refused", Deliveries.Step(await _host.EndOfWorkflowAsync("message.msg_c2", TimeSpan.FromSeconds(5))).State);
        using var clear = await _host.Http.DeleteAsync($"{_host.SandboxUrl}/_sandbox/faults");

        Assert.EndsWith("sent again: 1.", Deliveries.Step(await Deliveries.SyncAsync(_host, id)).Reason, StringComparison.Ordinal);
        Assert.Equal("done", Deliveries.Step(await _host.EndOfWorkflowAsync("message.msg_c2.r1", Chain.Second)).State);
        Assert.Single(await Deliveries.NotesAsync(_host, 950002));
        Assert.EndsWith("sent again: 0.", Deliveries.Step(await Deliveries.SyncAsync(_host, id)).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("429")]
    [InlineData("503")]
    [InlineData("reset")]
    [InlineData("truncated")]
    [InlineData("html200")]
    [InlineData("empty200")]
    public async Task A_fault_of_Law_Rulers_is_waited_for(string kind)
    {
        var id = await LostWebhookAsync(950003, new { status = "Approved" });
        await _host.FaultAsync(new { system = "lawruler", operation = "getlead", kind, count = 1 });
        Assert.Equal("done", Deliveries.Step(await Deliveries.SyncAsync(_host, id)).State);
        Assert.Equal("Approved", Chain.Text(await Deliveries.FindCaseAsync(_host, 950003), "status"));
    }

    [Fact]
    public async Task Without_the_Advanced_API_the_status_comes_from_the_Key_pages()
    {
        var id = await LostWebhookAsync(950004, new { status = "Approved", fields = new { FirstName = "Ottoline" } });
        await Chain.PortalAsync(_host, new { options = new { advancedApi = false } });
        Assert.Equal("done", Deliveries.Step(await Deliveries.SyncAsync(_host, id)).State);
        Assert.Equal("Approved", Chain.Text(await Deliveries.FindCaseAsync(_host, 950004), "status"));
    }

    [Fact]
    public async Task A_bare_lead_is_read_as_one_under_Data_is()
    {
        var id = await LostWebhookAsync(950005, new { status = "Approved" });
        await Chain.PortalAsync(_host, new { options = new { leadShape = "bare" } });
        Assert.Equal("done", Deliveries.Step(await Deliveries.SyncAsync(_host, id)).State);
        Assert.Equal("Approved", Chain.Text(await Deliveries.FindCaseAsync(_host, 950005), "status"));
    }

    [Fact]
    public async Task While_paused_it_waits_and_with_Receive_data_off_nothing_is_read()
    {
        var id = await LostWebhookAsync(950006, new { status = "Approved" });
        await _host.PatchSettingsAsync(new { toggles = new { enableIntegration = false, receiveData = false } });
        using var answer = await _host.Http.PostAsync($"/api/companies/demo/cases/{id}/sync", null);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await _host.EventuallyAsync(async () => (await _host.GetJsonAsync("/api/companies/demo/workflows?state=running")).GetProperty("items").EnumerateArray().Any(one => Chain.States(one) == "waiting"));
        await _host.PatchSettingsAsync(new { toggles = new { enableIntegration = true } });

        var workflow = await _host.EndOfWorkflowAsync(answer.Headers.Location!.ToString().Split('/')[^1], TimeSpan.FromSeconds(10));
        Assert.StartsWith("Receive data from Law Ruler is off: nothing was read.", Deliveries.Step(workflow).Reason, StringComparison.Ordinal);
        Assert.Empty(await _host.SandboxRequestsAsync("getlead"));
        Assert.Equal("New Lead", Chain.Text(await Deliveries.FindCaseAsync(_host, 950006), "status"));
    }

    [Fact]
    public async Task An_unknown_case_one_of_another_crm_and_a_firm_that_is_not_connected_are_refused()
    {
        var id = await LostWebhookAsync(950007, null);
        var other = new Case { Id = CaseId.Parse("case_other"), ExternalSource = "lawmatics", ExternalSourceId = "1", ClientId = ClientId.Parse("client_other") };
        await _host.Get<CaseStore>().ChangeAsync(CompanyId.Parse("demo"), other.Id, _ => other, CancellationToken.None);
        using var unknown = await _host.Http.PostAsync("/api/companies/demo/cases/case_none/sync", null);
        using var foreign = await _host.Http.PostAsync("/api/companies/demo/cases/case_other/sync?crm=lawruler", null);
        using var gone = await _host.Http.DeleteAsync("/api/companies/demo/integrations/lawruler/connection");
        using var unconnected = await _host.Http.PostAsync($"/api/companies/demo/cases/{id}/sync", null);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.Conflict, HttpStatusCode.Conflict), (unknown.StatusCode, foreign.StatusCode, unconnected.StatusCode));
        Assert.Contains("did not come from Law Ruler", await foreign.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lead_that_Law_Ruler_does_not_have_is_refused_and_named()
    {
        await _host.Get<CaseStore>().ChangeAsync(
            CompanyId.Parse("demo"),
            CaseId.Parse("case_lost"),
            _ => new Case { Id = CaseId.Parse("case_lost"), ExternalSource = "lawruler", ExternalSourceId = "950008", ClientId = ClientId.Parse("client_lost") },
            CancellationToken.None);
        var (state, reason) = Deliveries.Step(await Deliveries.SyncAsync(_host, "case_lost"));
        Assert.Equal("refused", state);
        Assert.StartsWith("Law Ruler has no lead 950008.", reason, StringComparison.Ordinal);
    }

    /// <summary>A lead that Kayse knows, and what changes on it without a webhook; returns the case.</summary>
    private async Task<string> LostWebhookAsync(long lead, object? change)
    {
        await Chain.LeadAsync(_host, lead, new { caseType = "Zantac", fields = new { FirstName = "Otto", LastName = "Hollow", CellPhone = "5055550176", Email1 = "otto@example.com" } });
        var id = Chain.Text(await Deliveries.CaseAsync(_host, lead), "id")!;
        using var away = await _host.Http.PutAsJsonAsync($"{_host.SandboxUrl}/_sandbox/lawruler/demo/webhook", new { url = $"{_host.SandboxUrl}/receiver/away", active = false });
        away.EnsureSuccessStatusCode();
        using var changed = await _host.Http.PatchAsJsonAsync($"{_host.SandboxUrl}/_sandbox/lawruler/demo/leads/{lead}", change ?? new { });
        changed.EnsureSuccessStatusCode();
        return id;
    }
}
