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

    [Fact]
    public async Task A_person_who_changes_the_status_between_two_tries_keeps_it_where_law_ruler_wins()
    {
        var lead = await firm.LeadAsync();
        await firm.Host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "500", count = 1, applied = "before" });
        var workflow = await firm.SetInKayseAsync(lead, Ours);
        await firm.Host.EventuallyAsync(async () => await firm.Host.WorkflowAsync(workflow) is { } waiting && Chain.States(waiting) == "waiting");
        await firm.SettledAsync();
        firm.Host.Clock.Advance(TimeSpan.FromSeconds(1));
        await firm.SetInLawRulerAsync(lead, Theirs);

        await firm.Host.EndOfWorkflowAsync(workflow, Chain.Second);

        Assert.Equal($"Kayse {Theirs}, Law Ruler {Theirs}", await firm.SidesAsync(lead));
        Assert.Equal([Ours], await firm.WritesAsync(lead));
    }

    [Theory]
    [InlineData("LawRulerWins")]
    [InlineData("KayseWins")]
    [InlineData("Newest")]
    public async Task When_both_sides_change_the_same_status_at_the_same_time_at_most_one_write_is_made_and_both_end_equal(string rule)
    {
        await RuleAsync(rule);
        var leads = new List<long>();
        for (var i = 0; i < 8; i++)
        {
            leads.Add(await firm.LeadAsync());
        }

        var workflows = await Task.WhenAll(leads.Select(async lead =>
        {
            var both = (Kayse: firm.SetInKayseAsync(lead, Ours), LawRuler: Task.Run(() => firm.SetInLawRulerAsync(lead, Theirs)));
            await both.LawRuler;
            return await both.Kayse;
        }));
        foreach (var workflow in workflows)
        {
            await firm.TakenAsync(workflow);
            await firm.Host.EventuallyAsync(async () => await firm.Host.WorkflowAsync(workflow) is not { } push || push.GetProperty("endedAt").ValueKind == System.Text.Json.JsonValueKind.String, Chain.Second);
        }

        for (var poll = 0; poll < 3; poll++)
        {
            await firm.SettledAsync();
            firm.Host.Clock.Advance(TimeSpan.FromSeconds(20));
            await firm.PullAsync();
        }

        foreach (var lead in leads)
        {
            Assert.Equal((await firm.CaseAsync(lead)).Status, await firm.StatusInLawRulerAsync(lead));
            Assert.InRange((await firm.WritesAsync(lead)).Count, 0, 1);
        }
    }

    private Task RuleAsync(string rule) => firm.Host.PatchSettingsAsync(new { settings = new { statuses = new { conflict = rule } } });
}
