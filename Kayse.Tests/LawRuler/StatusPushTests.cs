using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;

namespace Kayse.Tests.LawRuler;

public sealed class StatusPushTests(StatusFirm firm) : IClassFixture<StatusFirm>, IAsyncLifetime
{
    public async Task InitializeAsync() => await firm.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_status_that_was_set_in_Kayse_is_written_to_its_lead()
    {
        var lead = await firm.LeadAsync();

        var workflow = await firm.PushAsync(lead, "Sent e-Sign");

        Assert.Equal(("StatusPushWorkflow", "completed", "done"), (Chain.Text(workflow, "name"), Chain.Text(workflow, "state"), Chain.States(workflow)));
        Assert.Equal("Kayse Sent e-Sign, Law Ruler Sent e-Sign", await firm.SidesAsync(lead));
        Assert.Equal(("kayse", KayseStatusState.Settled), ((await firm.CaseAsync(lead)).StatusOrigin, (await firm.CaseAsync(lead)).StatusByKayse!.State));
        Assert.NotNull((await firm.HealthAsync()).LastStatusPush);
        Assert.Contains(await firm.AuditAsync(Chain.Text(workflow, "id")), line => line is { Action: "status", Outcome: "done" } && line.Resource == $"{lead}");
    }

    [Fact]
    public async Task The_write_names_the_lead_its_override_and_the_status_and_nothing_else()
    {
        var lead = await firm.LeadAsync();
        await firm.PushAsync(lead, "Approved");

        var form = Assert.Single(await Chain.FormsAsync(firm.Host, lead));
        Assert.Equal(["Key", "LeadID", "OverriddenLead", "overridelead", "Status"], form.Select(pair => pair.Key));
    }

    [Fact]
    public async Task The_echo_of_a_push_is_no_change()
    {
        var lead = await firm.LeadAsync();
        await firm.PushAsync(lead, "Sent e-Sign");
        await firm.Host.WebhooksAnsweredAsync();
        await firm.PullAsync();

        var after = await firm.CaseAsync(lead);
        Assert.Equal(("Sent e-Sign", "kayse", 0), (after.Status, after.StatusOrigin, after.StatusChanges));
        Assert.Single(await firm.WritesAsync(lead));
    }

    [Fact]
    public async Task What_came_from_law_ruler_is_never_pushed_back()
    {
        var lead = await firm.LeadAsync();
        await firm.SetInLawRulerAsync(lead, "Approved");

        // The platform passes it on, with its origin, and then as its own.
        await firm.SetInKayseAsync(lead, "Approved", "lawruler");
        await firm.TakenAsync(await firm.SetInKayseAsync(lead, "approved **"));

        Assert.Empty(await firm.WritesAsync(lead));
        Assert.Equal("lawruler", (await firm.CaseAsync(lead)).StatusOrigin);
    }

    [Fact]
    public async Task With_receive_data_off_a_status_of_law_rulers_is_not_taken_over_by_the_push()
    {
        var lead = await firm.LeadAsync();
        await firm.Host.PatchSettingsAsync(new { toggles = new { receiveData = false } });
        await firm.SetInLawRulerAsync(lead, "Not Retained");

        var workflow = await firm.PushAsync(lead, "Approved");

        Assert.Equal("done", Chain.States(workflow));
        Assert.Equal("Kayse Approved, Law Ruler Approved", await firm.SidesAsync(lead));
        Assert.Empty(await StatusEventsAsync(lead));
    }

    [Fact]
    public async Task A_lead_that_has_the_status_already_is_not_written_to()
    {
        var lead = await firm.LeadAsync();
        await firm.SetInLawRulerUnseenAsync(lead, "Approved");

        var workflow = await firm.PushAsync(lead, "Approved");

        Assert.Equal(("done", "Law Ruler has this status already."), (Chain.States(workflow), Chain.Text(Chain.Step(workflow, "status"), "error")));
        Assert.Empty(await firm.WritesAsync(lead));
        Assert.Equal("Kayse Approved, Law Ruler Approved", await firm.SidesAsync(lead));
    }

    [Fact]
    public async Task A_status_goes_through_the_mapping_in_both_directions()
    {
        await firm.MapAsync(new { kayse = "Retained", crm = "Signed Retainer Contract **" }, new { kayse = "Won", crm = "Approved", crmId = "12" }, new { kayse = "Won elsewhere", crm = "Approved", crmId = "77" });
        var lead = await firm.LeadAsync();
        await firm.PushAsync(lead, " retained");
        Assert.Equal(["Signed Retainer Contract"], await firm.WritesAsync(lead));
        Assert.Equal("Kayse Signed Retainer Contract, Law Ruler Signed Retainer Contract", await firm.SidesAsync(lead));

        await firm.SetInLawRulerAsync(lead, "Approved");
        Assert.Equal(["Won by lawruler"], await StatusEventsAsync(lead));
    }

    [Fact]
    public async Task A_mapping_with_one_status_of_Kayses_twice_is_refused_and_names_the_entry()
    {
        using var answer = await firm.Host.Http.PutAsJsonAsync(
            "/api/companies/demo/integrations/lawruler/statuses",
            new { entries = new[] { new { kayse = "Retained", crm = "Approved" }, new { kayse = "Lost", crm = "Not Retained" }, new { kayse = "retained **", crm = "Converted to Case" } } });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = Assert.Single((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateArray());
        Assert.Equal("entries[2].kayse", Chain.Text(error, "field"));
        Assert.Contains("stands in the mapping before", Chain.Text(error, "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_status_that_law_ruler_does_not_know_is_refused_and_goes_after_the_mapping_is_mended()
    {
        var lead = await firm.LeadAsync();
        var refused = await firm.PushAsync(lead, "On the moon");
        Assert.Equal(("completed_with_problems", "refused"), (Chain.Text(refused, "state"), Chain.States(refused)));
        Assert.Contains("does not know this status", Chain.Text(Chain.Step(refused, "status"), "error"), StringComparison.Ordinal);

        await firm.MapAsync(new { kayse = "On the moon", crm = "Review Needed" });
        var rerun = await Chain.RerunAsync(firm.Host, Chain.Text(refused, "id")!, "status");

        Assert.Equal("done", Chain.States(await firm.Host.EndOfWorkflowAsync(rerun, Chain.Second)));
        Assert.Equal("Kayse Review Needed, Law Ruler Review Needed", await firm.SidesAsync(lead));
    }

    [Fact]
    public async Task Synchronising_the_case_pushes_a_status_that_is_still_due()
    {
        var lead = await firm.LeadAsync();
        await firm.PushAsync(lead, "On the sun");
        await firm.MapAsync(new { kayse = "On the sun", crm = "Review Needed" });

        var synced = await Deliveries.SyncAsync(firm.Host, (await firm.CaseAsync(lead)).Id.ToString());

        Assert.EndsWith("sent again: 1.", Deliveries.Step(synced).Reason, StringComparison.Ordinal);
        await firm.Host.EventuallyAsync(async () => await firm.SidesAsync(lead) == "Kayse Review Needed, Law Ruler Review Needed", Chain.Second);
    }

    [Fact]
    public async Task A_lead_that_Kayse_has_no_case_of_is_written_to_and_gets_one()
    {
        await Chain.LeadAsync(firm.Host, 949_001);

        var workflow = await firm.PushAsync(949_001, "Approved");

        Assert.Equal("done", Chain.States(workflow));
        Assert.Equal("Kayse Approved, Law Ruler Approved", await firm.SidesAsync(949_001));
    }

    [Theory]
    [InlineData(false, "Zantac", "Send data to Law Ruler is off.")]
    [InlineData(true, "INNO MVA", "The case's type is not among those whose data goes to Law Ruler (setting outboundCaseTypes).")]
    public async Task What_may_not_go_out_is_not_written_and_the_audit_log_says_why(bool sendData, string caseType, string why)
    {
        var lead = await firm.LeadAsync();
        await firm.Host.PatchSettingsAsync(new { toggles = new { sendData }, settings = new { outboundCaseTypes = new[] { caseType } } });

        var workflow = await firm.SetInKayseAsync(lead, "Approved");
        await firm.TakenAsync(workflow);

        Assert.Equal(("skipped", why), Assert.Single(await firm.AuditAsync(workflow)) is var line ? (line.Outcome, line.Detail) : default);
        Assert.Empty(await firm.WritesAsync(lead));
    }

    [Fact]
    public async Task What_comes_while_the_integration_is_paused_is_written_when_it_is_resumed()
    {
        var lead = await firm.LeadAsync();
        await firm.Host.PatchSettingsAsync(new { toggles = new { enableIntegration = false } });
        var workflow = await firm.SetInKayseAsync(lead, "Approved");
        await firm.Host.EventuallyAsync(async () => (await firm.Host.Get<Core.Events.PendingWork>().AllAsync(StatusFirm.Demo, default)).Any(item => item.WaitsFor == "lawruler-status"));
        Assert.Empty(await firm.WritesAsync(lead));

        await firm.Host.PatchSettingsAsync(new { toggles = new { enableIntegration = true } });

        Assert.Equal("done", Chain.States(await firm.Host.EndOfWorkflowAsync(workflow, Chain.Second)));
        Assert.Equal(["Approved"], await firm.WritesAsync(lead));
    }

    [Fact]
    public async Task The_same_event_twice_is_written_once()
    {
        var lead = await firm.LeadAsync();
        var workflow = await firm.PushAsync(lead, "Approved");
        var id = Chain.Text(workflow, "id")!["status.".Length..];
        await firm.SetInLawRulerAsync(lead, "Not Retained");

        var told = (await firm.Host.Get<Core.Events.EventStore>().LoadAsync(StatusFirm.Demo, id, default))!;
        await firm.Host.Get<StatusPushes>().ReactAsync(told, told.OccurredAt, default);

        Assert.Equal("Kayse Not Retained, Law Ruler Not Retained", await firm.SidesAsync(lead));
        Assert.Equal(["Approved"], await firm.WritesAsync(lead));
    }

    [Fact]
    public async Task A_newer_change_takes_the_place_of_one_that_waits()
    {
        var lead = await firm.LeadAsync();
        await firm.Host.FaultAsync(new { system = "lawruler", operation = "getstatus", kind = "503", count = 1, applied = "no" });
        var first = await firm.SetInKayseAsync(lead, "Approved");
        await firm.Host.EventuallyAsync(async () => await firm.Host.WorkflowAsync(first) is { } waiting && Chain.States(waiting) == "waiting");

        await firm.PushAsync(lead, "Not Retained");

        Assert.Equal("skipped", Chain.States(await firm.Host.EndOfWorkflowAsync(first, Chain.Second)));
        Assert.Equal(["Not Retained"], await firm.WritesAsync(lead));
    }

    [Fact]
    public async Task An_older_change_that_comes_after_a_newer_one_counts_for_nothing()
    {
        var lead = await firm.LeadAsync();
        await firm.PushAsync(lead, "Approved");

        var late = await firm.SetInKayseAsync(lead, "Not Retained", at: firm.Host.Clock.GetUtcNow().AddMinutes(-5));
        await firm.TakenAsync(late);

        Assert.Equal("Kayse Approved, Law Ruler Approved", await firm.SidesAsync(lead));
    }

    [Theory]
    [InlineData("campaign", "429", "no")]
    [InlineData("campaign", "500", "no")]
    [InlineData("campaign", "500", "before")]
    [InlineData("campaign", "503", "no")]
    [InlineData("campaign", "401", "no")]
    [InlineData("campaign", "reset", "before")]
    [InlineData("campaign", "reset", "late")]
    [InlineData("campaign", "html200", "before")]
    [InlineData("campaign", "empty200", "no")]
    [InlineData("campaign", "truncated", "before")]
    [InlineData("campaign", "login-redirect", "no")]
    [InlineData("getstatus", "503", "no")]
    [InlineData("getstatus", "html200", "no")]
    [InlineData("getstatus", "reset", "no")]
    public async Task Whatever_goes_wrong_once_the_status_arrives(string operation, string kind, string applied)
    {
        var lead = await firm.LeadAsync();
        await firm.Host.FaultAsync(new { system = "lawruler", operation, kind, count = 1, applied });

        var workflow = await firm.PushAsync(lead, "Approved");

        Assert.Equal("done", Chain.States(workflow));
        Assert.Equal("Kayse Approved, Law Ruler Approved", await firm.SidesAsync(lead));
        var isThere = applied is "before" or "late";
        Assert.Equal(operation == "getstatus" || isThere ? 1 : 2, (await firm.WritesAsync(lead)).Count);
    }

    [Fact]
    public async Task A_write_that_law_ruler_applies_late_does_not_come_after_a_newer_one()
    {
        var lead = await firm.LeadAsync();
        await firm.Host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "reset", count = 1, applied = "late", lateMs = 20_000 });
        var first = await firm.SetInKayseAsync(lead, "Approved");
        await firm.Host.EventuallyAsync(async () => await firm.Host.WorkflowAsync(first) is { } waiting && Chain.States(waiting) == "waiting");

        await firm.PushAsync(lead, "Not Retained");

        Assert.Equal("Kayse Not Retained, Law Ruler Not Retained", await firm.SidesAsync(lead));
        Assert.Equal(["Approved", "Not Retained"], await firm.WritesAsync(lead));
    }

    [Fact]
    public async Task A_wrong_Key_is_said_and_nothing_more_is_tried()
    {
        var lead = await firm.LeadAsync();
        await Chain.PortalAsync(firm.Host, new { key = "another-key" });
        var workflow = await firm.PushAsync(lead, "Approved");
        await Chain.PortalAsync(firm.Host, new { key = "demo-key" });

        Assert.Equal("refused", Chain.States(workflow));
        Assert.Contains("refused the Key", Chain.Text(Chain.Step(workflow, "status"), "error"), StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<string>> StatusEventsAsync(long lead)
    {
        var found = new List<string>();
        foreach (var partition in Partitions.All(StatusFirm.Demo))
        {
            var page = await firm.Host.Get<IEntityStore>().QueryAsync(Tables.Events, partition, new RowRange(), 1000, default);
            found.AddRange(page.Rows.Select(row => JsonSerializer.Deserialize<JsonElement>(row.Json.Span).GetProperty("envelope"))
                .Where(envelope => Chain.Text(envelope, "id")!.StartsWith("evt_case_", StringComparison.Ordinal) && Chain.Text(envelope.GetProperty("case"), "externalSourceId") == $"{lead}")
                .Select(envelope => $"{Chain.Text(envelope.GetProperty("data"), "status")} by {Chain.Text(envelope.GetProperty("data"), "origin")}"));
        }

        return found;
    }
}
