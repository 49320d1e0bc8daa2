using System.Text.Json;

namespace Kayse.Tests.LawRuler;

public sealed class RetryTests(ChainFixture fixture) : IClassFixture<ChainFixture>, IAsyncLifetime
{
    private readonly TestHost _host = fixture.Host;

    public async Task InitializeAsync()
    {
        using var clear = await _host.Http.DeleteAsync($"{_host.SandboxUrl}/_sandbox/faults");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Law_ruler_down_for_a_day_is_asked_with_doubled_waits_for_24_hours_and_then_given_up()
    {
        await Chain.LeadAsync(_host, 870001);
        await _host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "503", count = 100_000, applied = "no" });
        var began = _host.Clock.GetUtcNow();
        await _host.SendAsync(Chain.Call(_host, "call_d1", 870001, json => json["data"]!.AsObject().Remove("status")));
        var waits = new List<double>();
        while (await AfterAttemptAsync("call_d1", "campaign_call", waits.Count + 1) is { } next)
        {
            waits.Add((next - _host.Clock.GetUtcNow()).TotalSeconds);
            _host.Clock.Advance(next - _host.Clock.GetUtcNow() + TimeSpan.FromMilliseconds(1));
        }

        var nominal = Enumerable.Range(0, waits.Count).Select(i => Math.Min(5 * Math.Pow(2, i), 1800));
        Assert.All(waits.Zip(nominal), pair => Assert.InRange(pair.First, pair.Second * 0.89, pair.Second * 1.11));
        Assert.InRange(_host.Clock.GetUtcNow() - began, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
        using var clear = await _host.Http.DeleteAsync($"{_host.SandboxUrl}/_sandbox/faults");
        var workflow = await _host.EndOfWorkflowAsync("postcall.call_d1", Chain.Second);
        Assert.Equal(("refused done done done", "completed_with_problems"), (Chain.States(workflow), Chain.Text(workflow, "state")));
        Assert.StartsWith("Given up after 24 hours.", Chain.Text(Chain.Step(workflow, "campaign_call"), "error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_After_in_seconds_is_honoured_by_the_whole_connection()
    {
        await ExpectWaitAsync("call_d2", 870002, "120", TimeSpan.FromSeconds(120));
        await ExpectWaitAsync("call_d3", 870003, _host.Clock.GetUtcNow().AddMinutes(5).ToString("R"), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task A_429_that_does_not_say_how_long_waits_10_seconds() => await ExpectWaitAsync("call_d4", 870004, null, TimeSpan.FromSeconds(10));

    [Fact]
    public async Task A_passing_401_after_other_faults_does_not_stop_the_chain()
    {
        foreach (var kind in new[] { "500", "503", "401", "502", "401" })
        {
            await _host.FaultAsync(new { system = "lawruler", operation = "campaign", kind, count = 1, applied = "no" });
        }

        var workflow = await Chain.RunAsync(_host, "call_d6", 870006);
        Assert.Equal("done done done done", Chain.States(workflow));
        Assert.Equal(6, Chain.Step(workflow, "campaign_call").GetProperty("attempts").GetInt32());
    }

    [Fact]
    public async Task A_401_of_the_token_page_without_a_word_why_is_tried_again()
    {
        await Chain.LeadAsync(_host, 870007);
        using var revoked = await _host.Http.PostAsync($"{_host.SandboxUrl}/_sandbox/lawruler/demo/revoke-tokens", null);
        await _host.FaultAsync(new { system = "lawruler", operation = "token", kind = "401", count = 2, applied = "no" });
        Assert.Equal("done done done done", Chain.States(await Chain.RunAsync(_host, "call_d7", 870007)));
    }

    [Fact]
    public async Task The_backoff_and_its_window_are_settings()
    {
        await _host.PatchSettingsAsync(new { settings = new { retryFirstSeconds = 1, retryMaxSeconds = 2, retryWindowHours = 0.01 } });
        await _host.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "503", count = 1000, applied = "no" });
        var workflow = await Chain.RunAsync(_host, "call_d5", 870005);
        await _host.PatchSettingsAsync(new { settings = new { retryFirstSeconds = 5, retryMaxSeconds = 1800, retryWindowHours = 24 } });
        using var clear = await _host.Http.DeleteAsync($"{_host.SandboxUrl}/_sandbox/faults");
        Assert.Equal("refused done done done", Chain.States(workflow));
        Assert.StartsWith("Given up after 0.01 hours.", Chain.Text(Chain.Step(workflow, "campaign_call"), "error"), StringComparison.Ordinal);
    }

    private async Task ExpectWaitAsync(string call, long lead, string? retryAfter, TimeSpan wait)
    {
        await Chain.LeadAsync(_host, lead);
        await _host.FaultAsync(new { system = "lawruler", operation = "addnote", kind = "429", count = 1, applied = "no", retryAfter });
        await _host.SendAsync(Chain.Call(_host, call, lead));
        var asked = _host.Clock.GetUtcNow();
        var next = await AfterAttemptAsync(call, "note_summary", 1);
        Assert.InRange(next!.Value - asked, wait - TimeSpan.FromSeconds(1), wait + TimeSpan.FromSeconds(1));

        // Another call of the firm meets the same wait without sending anything, and without spending an attempt.
        await Chain.LeadAsync(_host, lead + 50);
        await _host.SendAsync(Chain.Call(_host, $"{call}b", lead + 50));
        await _host.EventuallyAsync(async () => await _host.WorkflowAsync($"postcall.{call}b") is { } other && Chain.States(other) == "waiting");
        var waiting = Chain.Step((await _host.WorkflowAsync($"postcall.{call}b"))!.Value, "campaign_call");
        Assert.Equal((0, "Waiting for the connection's rate limit."), (waiting.GetProperty("attempts").GetInt32(), Chain.Text(waiting, "error")));
        Assert.Equal(0, await Chain.CountAsync(_host, "campaign", lead + 50));

        _host.Clock.Advance(next.Value - _host.Clock.GetUtcNow());
        var workflow = await _host.EndOfWorkflowAsync($"postcall.{call}", Chain.Second);
        Assert.Equal("done done done done", Chain.States(workflow));
        Assert.Equal(2, Chain.Step(workflow, "note_summary").GetProperty("attempts").GetInt32());
        Assert.Equal("done done done done", Chain.States(await _host.EndOfWorkflowAsync($"postcall.{call}b", Chain.Second)));
    }

    /// <summary>When the next attempt is after a number of them, or null when the step has ended.</summary>
    private async Task<DateTimeOffset?> AfterAttemptAsync(string call, string step, int attempts)
    {
        DateTimeOffset? next = null;
        var late = 0;
        await _host.EventuallyAsync(async () =>
        {
            if (await _host.WorkflowAsync($"postcall.{call}") is not { } workflow)
            {
                return false;
            }

            var row = workflow.GetProperty("steps").EnumerateArray().FirstOrDefault(one => Chain.Text(one, "name") == step);
            if (row.ValueKind != JsonValueKind.Object || row.GetProperty("attempts").GetInt32() < attempts || Chain.Text(row, "state") == "running")
            {
                // A timer that was being set while the clock was moved comes late by as much.
                if (row.ValueKind == JsonValueKind.Object && Chain.Text(row, "state") == "waiting" && ++late % 300 == 0)
                {
                    _host.Clock.Advance(TimeSpan.FromMinutes(10));
                }

                return false;
            }

            next = Chain.Text(row, "state") == "waiting" ? row.GetProperty("nextAttemptAt").GetDateTimeOffset() : null;
            return true;
        }, TimeSpan.FromMilliseconds(1));
        return next;
    }
}
