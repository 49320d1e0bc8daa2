using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Kayse.Core.Connectors.Lawmatics;

namespace Kayse.Tests.Lawmatics;

/// <summary>The client against the stand-in: one budget, and every answer a value.</summary>
public sealed class LawmaticsClientTests : IAsyncLifetime
{
    private TestHost _host = null!;

    private static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync()
    {
        _host = await LawmaticsHost.StartConnectedAsync();
        await _host.DoNotPollAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("401", LawmaticsKind.TokenRefused)]
    [InlineData("404", LawmaticsKind.NotFound)]
    [InlineData("404-path", LawmaticsKind.PathUnknown)]
    [InlineData("422", LawmaticsKind.Refused)]
    [InlineData("429", LawmaticsKind.RateLimited)]
    [InlineData("500", LawmaticsKind.Unavailable)]
    [InlineData("502", LawmaticsKind.Unavailable)]
    [InlineData("503", LawmaticsKind.Unavailable)]
    [InlineData("html200", LawmaticsKind.Indeterminate)]
    [InlineData("empty200", LawmaticsKind.Indeterminate)]
    [InlineData("invalid-json", LawmaticsKind.Indeterminate)]
    [InlineData("truncated", LawmaticsKind.Broken)]
    [InlineData("reset", LawmaticsKind.Broken)]
    [InlineData("login-redirect", LawmaticsKind.Indeterminate)]
    public async Task Each_fault_has_its_kind_and_its_advice(string fault, LawmaticsKind kind)
    {
        await _host.LawmaticsFaultAsync("listcontacts", fault);

        var reply = await _host.ReadAsync();

        Assert.Equal(kind, reply.Answer!.Kind);
        Assert.EndsWith(".", LawmaticsReasons.Of(reply), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_written_is_flat_json_with_the_token_and_comes_back_with_its_id()
    {
        var session = await _host.SessionAsync();
        var client = _host.Get<LawmaticsClient>();

        var made = await client.PostAsync(session, "/v1/contacts?fields=all", new JsonObject { ["first_name"] = "Tilda", ["last_name"] = "Örn", ["email"] = "tilda@example.com" }, None);
        var changed = await client.PutAsync(session, $"/v1/contacts/{LawmaticsPath.Segment(made.Answer!.Record!.Id)}?fields=all", new JsonObject { ["phone"] = "505-555-0142" }, None);

        Assert.Equal(("Örn", "505-555-0142"), (changed.Answer!.Record!.Text("last_name"), changed.Answer.Record.Text("phone")));
        Assert.NotNull(changed.Answer.RequestId);
        var found = await client.GetAsync(session, $"/v1/contacts/find_by_email/{LawmaticsPath.Segment("tilda@example.com")}", None);
        Assert.Equal(made.Answer.Record.Id, found.Answer!.Record!.Id);
    }

    [Theory]
    [InlineData("404", LawmaticsKind.NotFound)]
    [InlineData("null", LawmaticsKind.Success)]
    public async Task A_finder_that_finds_nothing_says_so_in_either_way(string notFound, LawmaticsKind kind)
    {
        await _host.SandboxOptionsAsync(new { notFound });

        var reply = await _host.Get<LawmaticsClient>().GetAsync(await _host.SessionAsync(), "/v1/contacts/find_by_email/nobody%40example.com", None);

        Assert.Equal((kind, null), (reply.Answer!.Kind, reply.Answer.Record));
    }

    [Fact]
    public async Task What_lawmatics_says_of_a_refusal_is_kept_with_its_request_id()
    {
        var reply = await _host.Get<LawmaticsClient>().GetAsync(await _host.SessionAsync(), LawmaticsPath.Of("/v1/contacts", ("filter_by", "shoe_size"), ("filter_on", "9")), None);

        Assert.Equal(LawmaticsKind.Refused, reply.Answer!.Kind);
        Assert.Contains("Filter By Parameter Not Available", LawmaticsReasons.Said(reply.Answer), StringComparison.Ordinal);
        Assert.Contains(reply.Answer.RequestId!, LawmaticsReasons.Said(reply.Answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_minute_sees_more_requests_than_the_setting_however_many_want_to_be_made()
    {
        var sent = new List<DateTimeOffset>();
        for (var second = 0; second < 180; second++)
        {
            while ((await _host.ReadAsync()).Answer is not null)
            {
                sent.Add(_host.Clock.GetUtcNow());
            }

            _host.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var most = sent.Max(from => sent.Count(one => one >= from && one < from.AddMinutes(1)));
        Assert.InRange(most, 40, 45);
        Assert.DoesNotContain(await _host.LawmaticsRequestsAsync(), request => request.GetProperty("status").GetInt32() == 429);
    }

    [Fact]
    public async Task Bulk_work_leaves_a_whole_sync_to_live_work_at_any_time()
    {
        for (var second = 0; second < 120; second++)
        {
            while ((await _host.ReadAsync(LawmaticsPriority.Bulk)).Answer is not null)
            {
            }

            _host.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        for (var i = 0; i < 7; i++)
        {
            Assert.True((await _host.ReadAsync()).IsSuccess);
        }

        Assert.Null((await _host.ReadAsync(LawmaticsPriority.Bulk)).Answer);
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(null, 60)]
    public async Task A_429_holds_all_of_the_firms_work_as_long_as_lawmatics_asks_or_a_minute(int? retryAfter, int seconds)
    {
        await _host.FaultAsync(new { system = "lawmatics", operation = "listcontacts", kind = "429", count = 1, retryAfter, applied = "no" });

        var reply = await _host.ReadAsync();

        Assert.Equal(TimeSpan.FromSeconds(seconds), reply.Answer!.RetryAfter);
        var held = await _host.ReadAsync();
        Assert.Null(held.Answer);
        Assert.Equal(_host.Clock.GetUtcNow().AddSeconds(seconds), held.ComeBack);
        Assert.Single(await _host.LawmaticsRequestsAsync("listcontacts"));
        _host.Clock.Advance(TimeSpan.FromSeconds(seconds));
        Assert.True((await _host.ReadAsync()).IsSuccess);
    }

    [Fact]
    public async Task The_budget_is_a_setting()
    {
        using var answer = await _host.Http.PatchAsJsonAsync($"{LawmaticsHost.Base}/settings", new { settings = new { requestsPerMinute = 8 } });
        answer.EnsureSuccessStatusCode();

        for (var i = 0; i < 4; i++)
        {
            Assert.True((await _host.ReadAsync()).IsSuccess);
        }

        Assert.Null((await _host.ReadAsync()).Answer);
    }

    [Fact]
    public async Task A_refusal_of_a_request_without_a_token_says_nothing_about_the_connection()
    {
        var reply = await _host.Get<LawmaticsClient>().SendAsync(await _host.SessionAsync(), new LawmaticsRequest(HttpMethod.Get, "/v1/contacts") { IsAnonymous = true }, None);

        Assert.Equal(LawmaticsKind.TokenRefused, reply.Answer!.Kind);
        Assert.False((await _host.ConnectionAsync()).GetProperty("reconnectNeeded").GetBoolean());
    }

    [Fact]
    public async Task An_answer_that_takes_too_long_is_waited_for_for_half_a_minute()
    {
        await _host.FaultAsync(new { system = "lawmatics", operation = "listcontacts", kind = "slow", delayMs = 120_000, count = 1, applied = "no" });
        var reading = _host.ReadAsync();
        await _host.EventuallyAsync(() => Task.FromResult(reading.IsCompleted), TimeSpan.FromSeconds(10));

        Assert.Equal(LawmaticsKind.TimedOut, (await reading).Answer!.Kind);
        Assert.True((await reading).Answer!.MayStillTakeEffect);
    }

    [Fact]
    public async Task Where_nothing_listens_nothing_was_sent()
    {
        await using var host = await TestHost.StartAsync(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Lawmatics:ApiUrl"] = "http://127.0.0.1:1" });
        await host.SandboxOptionsAsync(new { authorizePage = "grant" });

        Assert.Equal(502, await host.SignInAsync());
        Assert.Equal(LawmaticsKind.Unreachable, (await host.Get<LawmaticsClient>().WhoAmIAsync(new LawmaticsToken("tok_1", "x", null, null), None)).Kind);
    }
}
