using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Workflows;
using Kayse.Tests.LawRuler;

namespace Kayse.Tests.Lawmatics;

/// <summary>Faults on the way to Lawmatics: nothing is there twice, nothing is lost, and what failed says why.</summary>
public sealed class SyncFaultTests : IAsyncLifetime
{
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(5);

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await Outbound.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("createcontact", "reset")]
    [InlineData("createcontact", "500")]
    [InlineData("createcontact", "html200")]
    [InlineData("createcontact", "truncated")]
    [InlineData("createprospect", "reset")]
    [InlineData("createprospect", "503")]
    [InlineData("createprospect", "empty200")]
    [InlineData("createprospect", "invalid-json")]
    [InlineData("updatecontact", "reset")]
    [InlineData("updatecontact", "502")]
    public async Task A_write_whose_answer_was_lost_is_found_and_not_made_again(string operation, string kind)
    {
        await _host.FaultsAsync(operation, kind, "before");

        var synced = await _host.SyncAsync(Outbound.Intake("mat_1"), s_step);

        Assert.Equal("contact done, matter done, activity done", Outbound.Steps(synced));
        Assert.Equal((1, 1, 1), ((await _host.KeptAsync("contacts")).Count, (await _host.KeptAsync("matters")).Count, (await _host.KeptAsync("notes")).Count));
        Assert.Single(await _host.LawmaticsRequestsAsync(operation));
    }

    [Theory]
    [InlineData("createcontact")]
    [InlineData("createprospect")]
    [InlineData("updatecontact")]
    public async Task A_write_that_never_took_effect_is_made_when_that_is_certain(string operation)
    {
        await _host.FaultsAsync(operation, "reset", "no");

        var synced = await _host.SyncAsync(Outbound.Intake("mat_2"), s_step);

        Assert.Equal("done", Outbound.Text(synced, "state"));
        Assert.Equal((1, 1, 1), ((await _host.KeptAsync("contacts")).Count, (await _host.KeptAsync("matters")).Count, (await _host.KeptAsync("notes")).Count));
        Assert.Equal(2, (await _host.LawmaticsRequestsAsync(operation)).Count);
    }

    [Fact]
    public async Task A_lost_create_of_a_contact_without_an_address_is_found_too()
    {
        await _host.FaultsAsync("createcontact", "reset", "before");

        var synced = await _host.SyncAsync(Outbound.Created("mat_3", json => json["data"]!["client"] = Outbound.Client("Tilda", "Quillfeather", null)), s_step);

        Assert.Equal("done", Outbound.Text(synced, "state"));
        Assert.Single(await _host.KeptAsync("contacts"));
    }

    [Fact]
    public async Task Two_matters_of_one_title_and_client_are_two_though_both_answers_were_lost()
    {
        await _host.FaultsAsync("createprospect", "reset", "before", count: 2);
        foreach (var matter in new[] { "mat_4", "mat_5" })
        {
            await _host.SendAsync(Outbound.Created(matter, json =>
            {
                json["data"]!["matter"]!["title"] = "Quillfeather";
                json["data"]!["client"] = Outbound.Client("Tilda", "Quillfeather", "tilda@example.com");
            }));
        }

        var (first, second) = (await _host.SyncedAsync("mat_4", s_step), await _host.SyncedAsync("mat_5", s_step));

        Assert.NotEqual(Outbound.Text(first, "matterId"), Outbound.Text(second, "matterId"));
        Assert.Equal((1, 2), ((await _host.KeptAsync("contacts")).Count, (await _host.KeptAsync("matters")).Count));
    }

    [Fact]
    public async Task A_contact_whose_making_was_cut_off_by_a_restart_is_made_once()
    {
        await _host.FaultsAsync("createcontact", "reset", "before");
        await _host.SendAsync(Outbound.Intake("mat_6"));
        await _host.StandsAsync("mat_6", "waiting");

        await _host.RestartAsync();
        var synced = await _host.SyncedAsync("mat_6", s_step);

        Assert.Equal("contact done, matter done, activity done", Outbound.Steps(synced));
        Assert.Single(await _host.KeptAsync("contacts"));
    }

    [Fact]
    public async Task What_lawmatics_refuses_is_in_the_log_with_its_words_and_what_to_do_and_can_be_retried()
    {
        await _host.FaultsAsync("createprospect", "422", "no", detail: "Case title is too odd.");

        var synced = await _host.SyncAsync(Outbound.Created("mat_7"));

        Assert.Equal("failed", Outbound.Text(synced, "state"));
        Assert.Equal("contact done, matter refused", Outbound.Steps(synced));
        var (_, detail) = Assert.Single(await _host.AuditAsync("matter"), line => line.Outcome == "refused");
        Assert.Contains("Check the stage mapping", detail, StringComparison.Ordinal);
        Assert.Contains("Lawmatics says: ", detail, StringComparison.Ordinal);
        Assert.Contains("Case title is too odd.", detail, StringComparison.Ordinal);
        Assert.DoesNotContain("too odd", synced.GetRawText(), StringComparison.Ordinal);
        var workflow = Outbound.Text(synced.GetProperty("workflow"), "id");
        using var rerun = await _host.Http.PostAsJsonAsync($"/api/companies/demo/workflows/{workflow}/rerun", new { fromStep = "matter" });
        Assert.Equal(HttpStatusCode.Accepted, rerun.StatusCode);
        var again = await _host.EndOfWorkflowAsync((await rerun.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!, s_step);
        Assert.Equal("completed", Outbound.Text(again, "state"));
        Assert.Single(await _host.KeptAsync("matters"));
    }

    [Fact]
    public async Task All_that_failed_are_retried_at_once_and_the_others_are_left_alone()
    {
        await _host.SyncAsync(Outbound.Created("mat_8"));
        await _host.FaultsAsync("createprospect", "422", "no", count: 2);
        await _host.SyncAsync(Outbound.Created("mat_9"));
        await _host.SyncAsync(Outbound.Created("mat_10"));
        Assert.Single(await _host.KeptAsync("matters"));

        var bulk = await _host.EndOfWorkflowAsync(await _host.StartByHandAsync(new { matters = "failed" }), Outbound.Second);

        Assert.Equal("completed", Outbound.Text(bulk, "state"));
        Assert.Equal(3, (await _host.KeptAsync("matters")).Count);
        Assert.Equal((2, 0), await DoneAndFailedAsync());
    }

    [Fact]
    public async Task A_sync_that_waits_for_another_attempt_is_made_at_once_when_a_person_asks()
    {
        await _host.FaultsAsync("findcontact", "500", "no", count: 8);
        await _host.SendAsync(Outbound.Created("mat_11"));
        await _host.EventuallyAsync(() => WaitsLongAsync("mat_11"), s_step);
        var (before, requests) = (_host.Clock.GetUtcNow(), (await _host.LawmaticsRequestsAsync("findcontact")).Count);

        await _host.StartByHandAsync(new { matter = "mat_11" });
        await _host.EventuallyAsync(async () => (await _host.LawmaticsRequestsAsync("findcontact")).Count > requests);

        Assert.Equal(before, _host.Clock.GetUtcNow());
    }

    [Fact]
    public async Task An_outage_is_tried_through_for_a_day_with_longer_and_longer_waits_and_then_given_up()
    {
        await _host.FaultsAsync("findcontact", "503", "no", count: 10_000);
        await _host.SendAsync(Outbound.Created("mat_12"));

        await _host.StandsAsync("mat_12", "waiting");
        var workflow = Outbound.Text((await _host.GetJsonAsync($"/api/companies/demo/cases/{await _host.CaseAsync("mat_12")}/lawmatics")).GetProperty("workflow"), "id");
        await Chain.UntilAsync(_host, workflow!, one => one.GetProperty("endedAt").ValueKind == JsonValueKind.String);
        var synced = await _host.SyncedAsync("mat_12");

        Assert.Equal("failed", Outbound.Text(synced, "state"));
        var error = Outbound.Text(Outbound.Step(synced, "contact"), "error");
        Assert.Contains("Given up after 24 hours", error, StringComparison.Ordinal);
        Assert.Contains("Sync the matter again", error, StringComparison.Ordinal);
        var times = (await _host.LawmaticsRequestsAsync("findcontact")).Select(request => request.GetProperty("at").GetDateTimeOffset()).ToList();
        Assert.InRange(times[^1] - times[0], TimeSpan.FromHours(20), TimeSpan.FromHours(24.5));
        Assert.True(times[^1] - times[^2] > times[1] - times[0]);
        Assert.InRange(times.Count, 40, 100);
        Assert.Contains(await _host.AttentionMessagesAsync(), message => message.Contains("Given up after 24 hours", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_lawmatics_said_last_is_in_the_audit_log_when_a_step_is_given_up()
    {
        var attempt = new StepAttempt(LawmaticsHost.Demo, "lawmaticssync.syn_words", "contact", "case_1", 3, _host.Clock.GetUtcNow().AddDays(-2), new RetryPolicy(1, 60, 24));

        var outcome = await _host.Get<StepRunner>().RunAsync(attempt, "lawmatics", 0, _ => Task.FromResult(StepOutcome.Retry("It has a fault of its own.") with { Said = "Lawmatics says: under repair" }), default);

        Assert.Equal(StepKind.Refused, outcome.Kind);
        Assert.Contains(await _host.AuditAsync("contact"), line => line.Outcome == "refused" && line.Detail!.EndsWith("Lawmatics says: under repair", StringComparison.Ordinal));
    }

    /// <summary>True when an attempt has failed and the next is far off.</summary>
    private async Task<bool> WaitsLongAsync(string matter) =>
        await _host.StateAsync(matter) == "waiting" && await _host.CaseAsync(matter) is { } id
        && Outbound.Step(await _host.GetJsonAsync($"/api/companies/demo/cases/{id}/lawmatics"), "contact").GetProperty("nextAttemptAt") is { ValueKind: JsonValueKind.String } next
        && next.GetDateTimeOffset() > _host.Clock.GetUtcNow().AddMinutes(1);

    private async Task<(int Done, int Failed)> DoneAndFailedAsync()
    {
        var bulk = await _host.GetJsonAsync($"{LawmaticsHost.Base}/sync");
        return (bulk.GetProperty("done").GetInt32(), bulk.GetProperty("failed").GetInt32());
    }
}
