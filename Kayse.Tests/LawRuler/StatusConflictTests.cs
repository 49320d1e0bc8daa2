namespace Kayse.Tests.LawRuler;

public sealed class StatusConflictTests(StatusFirm firm) : IClassFixture<StatusFirm>, IAsyncLifetime
{
    private const string Theirs = "Not Retained";
    private const string Ours = "Approved";

    public async Task InitializeAsync() => await firm.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("LawRulerWins", Theirs, 0)]
    [InlineData("KayseWins", Ours, 1)]
    [InlineData("Newest", Ours, 1)]
    public async Task When_Kayse_changes_a_status_that_law_ruler_has_changed_unseen_the_rule_decides(string rule, string stays, int writes)
    {
        var lead = await firm.LeadAsync();
        await RuleAsync(rule);
        await firm.SetInLawRulerUnseenAsync(lead, Theirs);
        firm.Host.Clock.Advance(TimeSpan.FromSeconds(5));

        var workflow = await firm.PushAsync(lead, Ours);

        Assert.Equal($"Kayse {stays}, Law Ruler {stays}", await firm.SidesAsync(lead));
        Assert.Equal(writes, (await firm.WritesAsync(lead)).Count);
        Assert.Equal(writes == 0 ? "skipped" : "done", Chain.States(workflow));
    }

    [Theory]
    [InlineData("LawRulerWins", Theirs)]
    [InlineData("KayseWins", Ours)]
    [InlineData("Newest", Theirs)]
    public async Task When_law_ruler_changes_a_status_while_Kayses_is_on_its_way_the_rule_decides(string rule, string stays)
    {
        var lead = await firm.LeadAsync();
        await RuleAsync(rule);
        await firm.Host.FaultAsync(new { system = "lawruler", operation = "getstatus", kind = "503", count = 1, applied = "no" });
        var workflow = await firm.SetInKayseAsync(lead, Ours);
        await firm.Host.EventuallyAsync(async () => await firm.Host.WorkflowAsync(workflow) is { } waiting && Chain.States(waiting) == "waiting");
        firm.Host.Clock.Advance(TimeSpan.FromSeconds(1));

        await firm.SetInLawRulerAsync(lead, Theirs);
        await firm.Host.EndOfWorkflowAsync(workflow, Chain.Second);

        Assert.Equal($"Kayse {stays}, Law Ruler {stays}", await firm.SidesAsync(lead));
    }

    [Fact]
    public async Task By_the_newest_a_change_of_Kayses_that_was_made_before_law_rulers_gives_way()
    {
        var lead = await firm.LeadAsync();
        await RuleAsync("Newest");
        var made = firm.Host.Clock.GetUtcNow();
        firm.Host.Clock.Advance(TimeSpan.FromMinutes(1));
        await firm.SetInLawRulerUnseenAsync(lead, Theirs);
        firm.Host.Clock.Advance(TimeSpan.FromSeconds(5));

        var workflow = await firm.Host.EndOfWorkflowAsync(await firm.SetInKayseAsync(lead, Ours, at: made), Chain.Second);

        Assert.Equal("skipped", Chain.States(workflow));
        Assert.Contains("Law Ruler's stays", Chain.Text(Chain.Step(workflow, "status"), "error"), StringComparison.Ordinal);
        Assert.Equal($"Kayse {Theirs}, Law Ruler {Theirs}", await firm.SidesAsync(lead));
    }

    [Theory]
    [InlineData("sync")]
    [InlineData("case")]
    public async Task By_the_newest_what_a_sync_reads_was_set_when_law_ruler_says_it_was(string way)
    {
        var lead = await firm.LeadAsync();
        await RuleAsync("Newest");
        await firm.SetInLawRulerUnseenAsync(lead, Theirs);
        firm.Host.Clock.Advance(TimeSpan.FromMinutes(1));
        await firm.Host.FaultAsync(new { system = "lawruler", operation = "getstatus", kind = "503", count = 1000, applied = "no" });
        var workflow = await firm.SetInKayseAsync(lead, Ours);
        await firm.Host.EventuallyAsync(async () => await firm.Host.WorkflowAsync(workflow) is { } waiting && Chain.States(waiting) == "waiting");
        firm.Host.Clock.Advance(TimeSpan.FromMinutes(1));

        await SyncAsync(way, lead);

        Assert.Equal((Ours, Core.Cases.KayseStatusState.Due), ((await firm.CaseAsync(lead)).Status, (await firm.CaseAsync(lead)).StatusByKayse!.State));
        using var clear = await firm.Host.Http.DeleteAsync($"{firm.Host.SandboxUrl}/_sandbox/faults");
        Assert.Equal("done", Chain.States(await firm.Host.EndOfWorkflowAsync(workflow, Chain.Second)));
        Assert.Equal($"Kayse {Ours}, Law Ruler {Ours}", await firm.SidesAsync(lead));
    }

    [Fact]
    public async Task A_calls_status_that_comes_late_leaves_what_was_set_in_Kayse_after_the_call()
    {
        var lead = await firm.LeadAsync();
        await firm.Host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "503", count = 1, applied = "no" });
        await firm.Host.SendAsync(Chain.Call(firm.Host, $"call_{lead}", lead, json => json["data"]!["status"] = "Review Needed"));
        await firm.Host.EventuallyAsync(async () => await firm.Host.WorkflowAsync($"postcall.call_{lead}") is { } waiting && Chain.States(waiting) == "waiting");
        firm.Host.Clock.Advance(TimeSpan.FromMilliseconds(10));

        await firm.PushAsync(lead, Ours);
        var chain = await firm.Host.EndOfWorkflowAsync($"postcall.call_{lead}", Chain.Second);

        Assert.Contains("set in Kayse after the call", Chain.Text(Chain.Step(chain, "campaign_call"), "error"), StringComparison.Ordinal);
        Assert.Equal($"Kayse {Ours}, Law Ruler {Ours}", await firm.SidesAsync(lead));
    }

    [Fact]
    public async Task What_is_set_in_Kayse_while_a_calls_status_is_being_written_is_written_after_it()
    {
        var lead = await firm.LeadAsync();
        // Enough of them that a late try of another test leaves one for this call.
        await firm.Host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "slow", count = 10, applied = "before", delayMs = 10_000 });
        await firm.Host.SendAsync(Chain.Call(firm.Host, $"call_{lead}", lead, json => json["data"]!["status"] = "Review Needed"));
        // Law Ruler tells of it by its webhook long before it answers: then the write is no longer among those under way.
        await firm.Host.EventuallyAsync(async () => await firm.CaseAsync(lead) is { StatusesBeingWritten.Count: > 0 } or { Status: "Review Needed" }, TimeSpan.FromMilliseconds(250));
        firm.Host.Clock.Advance(TimeSpan.FromMilliseconds(10));

        var workflow = await firm.PushAsync(lead, Ours);
        await firm.Host.EndOfWorkflowAsync($"postcall.call_{lead}", Chain.Second);
        await firm.Host.WebhooksAnsweredAsync();
        await firm.PullAsync();

        Assert.Equal("done", Chain.States(workflow));
        Assert.Equal(Ours, (await firm.CaseAsync(lead)).Status);
        Assert.Equal("kayse", (await firm.CaseAsync(lead)).StatusOrigin);
        Assert.Empty((await firm.CaseAsync(lead)).StatusesBeingWritten);
    }

    [Fact]
    public async Task A_person_who_changes_the_status_between_two_tries_keeps_it_where_law_ruler_wins()
    {
        var lead = await firm.LeadAsync();
        await firm.Host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "500", count = 1, applied = "before" });
        var workflow = await firm.SetInKayseAsync(lead, Ours);
        await firm.Host.EventuallyAsync(async () => await firm.Host.WorkflowAsync(workflow) is { } waiting && Chain.States(waiting) == "waiting");
        await firm.Host.WebhooksAnsweredAsync();
        firm.Host.Clock.Advance(TimeSpan.FromSeconds(1));
        await firm.SetInLawRulerAsync(lead, Theirs);

        await firm.Host.EndOfWorkflowAsync(workflow, Chain.Second);

        Assert.Equal($"Kayse {Theirs}, Law Ruler {Theirs}", await firm.SidesAsync(lead));
        Assert.Equal([Ours], await firm.WritesAsync(lead));
    }

    [Theory]
    [InlineData("LawRulerWins", false, false)]
    [InlineData("KayseWins", false, false)]
    [InlineData("Newest", false, false)]
    [InlineData("LawRulerWins", true, false)]
    [InlineData("KayseWins", true, true)]
    [InlineData("Newest", true, true)]
    [InlineData("LawRulerWins", false, true)]
    public async Task When_both_sides_change_the_same_status_at_the_same_time_at_most_one_write_is_made_and_both_end_equal(string rule, bool mapped, bool paused)
    {
        await RuleAsync(rule);
        if (mapped)
        {
            await firm.MapAsync(new { kayse = "Won", crm = $"{Ours} **" }, new { kayse = "Lost", crm = Theirs }, new { kayse = "Gone", crm = Theirs });
        }

        var leads = new List<long>();
        for (var i = 0; i < 8; i++)
        {
            leads.Add(await firm.LeadAsync());
        }

        await firm.Host.PatchSettingsAsync(new { toggles = new { enableIntegration = !paused } });
        var workflows = await Task.WhenAll(leads.Select(async lead =>
        {
            var both = (Kayse: firm.SetInKayseAsync(lead, mapped ? "Won" : Ours), LawRuler: Task.Run(() => firm.SetInLawRulerAsync(lead, Theirs)));
            await both.LawRuler;
            return await both.Kayse;
        }));
        await firm.Host.PatchSettingsAsync(new { toggles = new { enableIntegration = true } });
        foreach (var workflow in workflows)
        {
            await firm.Host.EventuallyAsync(async () => await firm.Host.WorkflowAsync(workflow) is not null || (await firm.AuditAsync(workflow)).Count > 0, Chain.Second);
            await firm.Host.EventuallyAsync(async () => await firm.Host.WorkflowAsync(workflow) is not { } push || push.GetProperty("endedAt").ValueKind == System.Text.Json.JsonValueKind.String, Chain.Second);
        }

        for (var poll = 0; poll < 3; poll++)
        {
            await firm.Host.WebhooksAnsweredAsync();
            firm.Host.Clock.Advance(TimeSpan.FromSeconds(20));
            await firm.PullAsync();
        }

        foreach (var lead in leads)
        {
            Assert.Equal((await firm.CaseAsync(lead)).Status, await firm.StatusInLawRulerAsync(lead));
            Assert.InRange((await firm.WritesAsync(lead)).Count, 0, 1);
        }
    }

    private async Task SyncAsync(string way, long lead)
    {
        string? id = null;
        var route = way == "case" ? $"/api/companies/demo/cases/{(await firm.CaseAsync(lead)).Id}/sync" : "/api/companies/demo/integrations/lawruler/sync";
        await firm.Host.EventuallyAsync(async () =>
        {
            using var asked = await firm.Host.Http.PostAsync(route, null);
            id = asked.StatusCode == System.Net.HttpStatusCode.Accepted ? Chain.Text(await System.Net.Http.Json.HttpContentJsonExtensions.ReadFromJsonAsync<System.Text.Json.JsonElement>(asked.Content), "id") : null;
            return id is not null;
        }, Chain.Second);
        await firm.Host.EndOfWorkflowAsync(id!, Chain.Second);
    }

    private Task RuleAsync(string rule) => firm.Host.PatchSettingsAsync(new { settings = new { statuses = new { conflict = rule } } });
}
