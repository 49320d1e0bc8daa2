using System.Text.Json;

namespace Kayse.Tests.Sandbox;

public sealed class LawmaticsWebhookTests
{
    private const string Webhook = LawmaticsSandbox.Own + "/webhook";
    private const string Receiver = "/_sandbox/receiver/kayse";

    [Fact]
    public async Task The_signing_reproduces_the_references_test_vector()
    {
        var clock = new ManualClock(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        await using var sandbox = await StartAsync(new { secret = "whsec_unit_test_only_0001" }, clock);
        await SendAsync(sandbox, new { eventId = "evt_test_1", firmId = 1, matterId = 456 });
        var received = Assert.Single(await ReceivedAsync(sandbox));
        Assert.Equal(
            "{\"event_id\":\"evt_test_1\",\"firm_id\":1,\"event_type\":\"matter.converted\",\"version\":\"v1\",\"timestamp\":\"2023-11-14T22:13:20.000Z\",\"data\":{\"matter_id\":456}}",
            received.GetProperty("body").GetString());
        Assert.Equal(148, received.GetProperty("body").GetString()!.Length);
        Assert.Equal(
            ("1700000000", "evt_test_1", "sha256=fe52697dace321864eb40c3e95af3b5c9cc8486a92c3ce6ccdbfa991c3613ffc"),
            (Header(received, "X-Lawmatics-Timestamp"), Header(received, "X-Lawmatics-Event-Id"), Header(received, "X-Lawmatics-Signature")));
    }

    [Theory]
    [InlineData("live", "matter.converted")]
    [InlineData("seed", "contact.created, matter.stage_changed, matter.converted")]
    [InlineData("extended", "matter.created, matter.updated, matter.updated, matter.status_changed, matter.converted, matter.note_added, contact.deleted")]
    public async Task What_happens_is_told_as_far_as_the_vocabulary_goes(string events, string expected)
    {
        await using var sandbox = await StartAsync(new { events });
        var id = await sandbox.MatterAsync(new { first_name = "Ana" });
        await sandbox.SetAsync("PATCH", $"{LawmaticsSandbox.Own}/matters/{id}", new { stage = "Retained" });
        await sandbox.DataAsync("PUT", $"prospects/{id}", new { sub_status_id = 3 });
        await sandbox.DataAsync("POST", "notes", new { name = "n", body = "b", notable_type = "Prospect", notable_id = id });
        await sandbox.DataAsync("DELETE", $"contacts/{(await sandbox.KeptAsync("contacts"))[0].GetProperty("id").GetInt64()}");
        var deliveries = await DeliveriesAsync(sandbox);
        Assert.Equal(expected, string.Join(", ", deliveries.Select(d => d.GetProperty("eventType").GetString())));
        Assert.Contains($"\"matter_id\":{id}", deliveries.First(d => d.GetProperty("eventType").GetString() == "matter.converted").GetProperty("sent").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_inactive_webhook_tells_nothing()
    {
        await using var sandbox = await StartAsync(new { active = false });
        await sandbox.SeedAsync("matters", new { first_name = "Ana", sub_status = "Hired" });
        Assert.Empty(await DeliveriesAsync(sandbox));
        await sandbox.SetAsync("PUT", Webhook, new { active = true });
        await sandbox.SeedAsync("matters", new { first_name = "Ana", sub_status = "Hired" });
        Assert.Single(await DeliveriesAsync(sandbox));
    }

    [Fact]
    public async Task A_post_can_be_stale_badly_signed_unsigned_another_firms_or_without_its_id()
    {
        var clock = new ManualClock();
        await using var sandbox = await StartAsync(clock: clock);
        await SendAsync(sandbox, new { timestampOffsetSeconds = -301, matterId = 1 });
        await SendAsync(sandbox, new { signature = "wrong", matterId = 1 });
        await SendAsync(sandbox, new { signature = "missing", matterId = 1 });
        await SendAsync(sandbox, new { firmId = 999, eventType = "firm.renamed", omitEventId = true });
        await SendAsync(sandbox, new { body = "{ not json" });
        var received = await ReceivedAsync(sandbox);
        Assert.Equal(clock.GetUtcNow().ToUnixTimeSeconds() - 301, long.Parse(Header(received[0], "X-Lawmatics-Timestamp")!));
        Assert.Equal([true, false, false, true, true], received.Select(r => Header(r, "X-Lawmatics-Signature") == Signature(r, "whsec_demo-client_0001")));
        Assert.Equal([true, true, false, true, true], received.Select(r => Header(r, "X-Lawmatics-Signature") is not null));
        Assert.Equal((null, true), (Header(received[3], "X-Lawmatics-Event-Id"), Body(received[3]).Contains("\"firm_id\":999,\"event_type\":\"firm.renamed\"", StringComparison.Ordinal)));
        Assert.Equal("{ not json", Body(received[4]));
    }

    [Fact]
    public async Task One_event_can_come_twice_under_one_id_and_two_out_of_order()
    {
        await using var sandbox = await StartAsync(new { outOfOrder = true });
        await SendAsync(sandbox, new { eventId = "evt_older" });
        await SendAsync(sandbox, new { eventId = "evt_newer", repeats = 2 });
        Assert.Equal(["evt_newer", "evt_newer", "evt_older"], (await DeliveriesAsync(sandbox)).Select(d => d.GetProperty("eventId").GetString()));
        await SendAsync(sandbox, new { eventId = "evt_held" });
        Assert.Equal(3, (await DeliveriesAsync(sandbox)).Count);
        await sandbox.SetAsync("POST", Webhook + "/flush", new { });
        Assert.Equal("evt_held", (await DeliveriesAsync(sandbox))[^1].GetProperty("eventId").GetString());
    }

    [Fact]
    public async Task A_regenerated_secret_signs_the_next_try_and_the_old_one_is_dead()
    {
        var clock = new ManualClock();
        await using var sandbox = await StartAsync(clock: clock);
        await sandbox.SetAsync("PUT", Receiver, new { status = 200, sequence = new[] { new { status = 503 } } });
        await SendAsync(sandbox, new { matterId = 1 });
        await DeliveriesAsync(sandbox);
        var secret = (await sandbox.AnsweredAsync("POST", Webhook + "/regenerate-secret", new { })).GetProperty("secret").GetString()!;
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(15));
        await SendAsync(sandbox, new { matterId = 1, signature = "previous" });
        var received = await ReceivedAsync(sandbox);
        Assert.Equal(3, received.Count);
        Assert.Equal([1, 2], received.Select(r => Header(r, "X-Lawmatics-Signature") == Signature(r, secret) ? 2 : 1).Distinct().Order());
        Assert.Equal(Signature(received[0], "whsec_demo-client_0001"), Header(received[0], "X-Lawmatics-Signature"));
        Assert.Single(received, r => Header(r, "X-Lawmatics-Signature") == Signature(r, secret));
    }

    [Fact]
    public async Task A_refused_event_is_tried_seven_times_at_the_documented_moments()
    {
        var clock = new ManualClock();
        await using var sandbox = await StartAsync(clock: clock);
        await sandbox.SetAsync("PUT", Receiver, new { status = 503 });
        await SendAsync(sandbox, new { matterId = 1 });
        int[] waits = [15, 60, 300, 1800, 3600, 7200];
        for (var n = 0; n < waits.Length; n++)
        {
            Assert.Equal(n + 1, (await DeliveriesAsync(sandbox)).Count);
            clock.Advance(TimeSpan.FromSeconds(waits[n] - 1));
            Assert.Equal(n + 1, (await DeliveriesAsync(sandbox)).Count);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        var deliveries = await DeliveriesAsync(sandbox);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], deliveries.Select(d => d.GetProperty("attempt").GetInt32()));
        Assert.Single(deliveries.Select(d => d.GetProperty("eventId").GetString()).Distinct());
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(7, (await DeliveriesAsync(sandbox)).Count);
    }

    [Theory]
    [InlineData(200, false)]
    [InlineData(204, false)]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(410, false)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(302, true)]
    public async Task Success_and_every_4xx_but_429_are_final(int status, bool again)
    {
        var clock = new ManualClock();
        await using var sandbox = await StartAsync(new { timeScale = 0.1 }, clock);
        await sandbox.SetAsync("PUT", Receiver, new { status = 200, sequence = new[] { new { status } } });
        await SendAsync(sandbox, new { matterId = 1 });
        Assert.Equal(again, (await DeliveriesAsync(sandbox))[0].TryGetProperty("nextAttemptAt", out var next) && next.ValueKind == JsonValueKind.String);
        clock.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(again ? [status, 200] : [status], (await DeliveriesAsync(sandbox)).Select(d => d.GetProperty("status").GetInt32()));
    }

    [Fact]
    public async Task An_answer_may_take_ten_seconds_and_no_longer()
    {
        var clock = new ManualClock();
        await using var sandbox = await StartAsync(clock: clock);
        await sandbox.SetAsync("PUT", Receiver, new { status = 200, sequence = new[] { new { status = 200, delayMs = 11_000 } } });
        await SendAsync(sandbox, new { matterId = 1 });
        await LawmaticsSandbox.EventuallyAsync(async () => (await LoggedAsync(sandbox)).Count == 1);
        clock.Advance(TimeSpan.FromSeconds(10));
        var late = Assert.Single(await DeliveriesAsync(sandbox));
        Assert.Equal("No answer in time.", late.GetProperty("error").GetString());
        clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(200, (await DeliveriesAsync(sandbox))[1].GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("https://example.com/hook")]
    [InlineData("http://10.0.0.1/hook")]
    public async Task No_other_machine_is_ever_called(string url)
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, Webhook) { Content = new StringContent($"{{\"url\":\"{url}\"}}") };
        using var answer = await sandbox.Http.SendAsync(request);
        Assert.Equal(400, (int)answer.StatusCode);
    }

    private static async Task<LawmaticsSandbox> StartAsync(object? settings = null, TimeProvider? clock = null)
    {
        var sandbox = await LawmaticsSandbox.StartAsync(clock: clock);
        await sandbox.SetAsync("PUT", Webhook, new { url = sandbox.Url + "/receiver/kayse" });
        await sandbox.SetAsync("PUT", Webhook, settings ?? new { });
        return sandbox;
    }

    private static Task<JsonElement> SendAsync(LawmaticsSandbox sandbox, object sent) => sandbox.AnsweredAsync("POST", Webhook + "/send", sent);

    private static async Task<IReadOnlyList<JsonElement>> DeliveriesAsync(LawmaticsSandbox sandbox) =>
        [.. (await sandbox.GetAsync(Webhook + "?settled=true")).GetProperty("deliveries").EnumerateArray()];

    private static async Task<IReadOnlyList<JsonElement>> ReceivedAsync(LawmaticsSandbox sandbox)
    {
        await DeliveriesAsync(sandbox);
        return await LoggedAsync(sandbox);
    }

    private static async Task<IReadOnlyList<JsonElement>> LoggedAsync(LawmaticsSandbox sandbox) =>
        [.. (await sandbox.GetAsync(Receiver)).GetProperty("requests").EnumerateArray()];

    private static string? Header(JsonElement request, string name) => request.GetProperty("headers").TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string Body(JsonElement request) => request.GetProperty("body").GetString()!;

    /// <summary>Written out here once more, so that the sender's own signing is not its own witness.</summary>
    private static string Signature(JsonElement request, string secret)
    {
        using var hmac = new System.Security.Cryptography.HMACSHA256(System.Text.Encoding.UTF8.GetBytes(secret));
        var message = Header(request, "X-Lawmatics-Timestamp") + "." + Body(request);
        return "sha256=" + Convert.ToHexStringLower(hmac.ComputeHash(System.Text.Encoding.UTF8.GetBytes(message)));
    }
}
