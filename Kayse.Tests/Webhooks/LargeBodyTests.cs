using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Kayse.Tests.Webhooks;

public sealed class LargeBodyTests
{
    private static readonly object[] s_turns = [.. Enumerable.Range(0, 3000).Select(i => new { role = "user", content = $"turn {i} " + new string('x', 100), start = i })];

    [Fact]
    public async Task A_transcript_that_makes_a_delivery_too_large_is_replaced_by_a_link_that_opens_it()
    {
        await using var firm = await WebhookFirm.StartAsync();
        await firm.AddAsync("crm");
        var id = await firm.SendAsync("transcript_updated", new { campaign = new { id = "42" }, call = new { call_id = "c_1", transcript_object = s_turns, transcript = "text" }, status = "New" });

        var body = JsonDocument.Parse((await firm.ReceivedAsync("crm", 1))[0].GetProperty("body").GetString()!).RootElement;
        var call = body.GetProperty("data").GetProperty("call");
        Assert.Equal(id, body.GetProperty("id").GetString());
        Assert.Equal("New", body.GetProperty("data").GetProperty("status").GetString());
        Assert.Equal(["call_id", "transcript_url"], call.EnumerateObject().Select(property => property.Name));

        using var stranger = firm.Host.ClientWith(null);
        var link = call.GetProperty("transcript_url").GetString()!;
        var transcript = await stranger.GetFromJsonAsync<JsonElement>(link);
        Assert.Equal(3000, transcript.GetProperty("transcript_object").GetArrayLength());
        Assert.Equal("text", transcript.GetProperty("transcript").GetString());
    }

    [Fact]
    public async Task The_link_opens_nothing_else_and_ends_after_thirty_days()
    {
        await using var firm = await WebhookFirm.StartAsync(("Kayse:PublicUrl", "https://kayse.example.com/"));
        await firm.AddAsync("crm");
        var other = await firm.SendAsync("transcript_updated", new { call = new { call_id = "c_2" }, transcript_object = s_turns });
        await firm.SendAsync("transcript_updated", new { call = new { call_id = "c_1", transcript_object = s_turns } });
        var bodies = (await firm.ReceivedAsync("crm", 2)).Select(request => JsonDocument.Parse(request.GetProperty("body").GetString()!).RootElement).ToList();
        var link = bodies.Single(body => body.GetProperty("id").GetString() != other).GetProperty("data").GetProperty("call").GetProperty("transcript_url").GetString()!;
        Assert.StartsWith("https://kayse.example.com/api/webhooks/transcripts/demo/", link, StringComparison.Ordinal);
        Assert.DoesNotContain(bodies, body => body.GetProperty("data").TryGetProperty("transcript_object", out _));
        var path = new Uri(link).PathAndQuery;
        using var stranger = firm.Host.ClientWith(null);

        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync(path)).StatusCode);
        foreach (var wrong in new[]
        {
            path.Replace("transcript_updated_2", "transcript_updated_1", StringComparison.Ordinal), path.Replace("/demo/", "/demo2/", StringComparison.Ordinal), path[..^1] + (path[^1] == '0' ? '1' : '0'),
            path.Replace("until=1", "until=2", StringComparison.Ordinal), path[..path.IndexOf('?', StringComparison.Ordinal)], path + "&until=9999999999", path.Replace("/evt_", "/..%2Fevt_", StringComparison.Ordinal),
        })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync(wrong)).StatusCode);
        }

        firm.Host.Clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync(path)).StatusCode);
        firm.Host.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task A_large_delivery_without_a_transcript_is_sent_whole()
    {
        await using var firm = await WebhookFirm.StartAsync();
        var webhook = await firm.AddIdAsync("crm");
        await firm.SendAsync("form_submitted", new { note = new string('n', 300_000) });
        var delivered = (await firm.DeliveriesAsync(webhook, "delivered", 1))[0].GetProperty("id").GetString()!;
        var payload = (await firm.DeliveryAsync(webhook, delivered)).GetProperty("payload");
        Assert.Equal(300_000, payload.GetProperty("data").GetProperty("note").GetString()!.Length);
        var length = (await firm.ReceivedAsync("crm"))[0].GetProperty("headers").EnumerateObject().Single(header => header.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Value.GetString();
        Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(payload.GetRawText()), int.Parse(length!, System.Globalization.CultureInfo.InvariantCulture));
    }
}
