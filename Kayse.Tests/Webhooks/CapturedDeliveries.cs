using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Kayse.Tests.Webhooks;

/// <summary>
/// Deliveries as they came to the sandbox's receivers. The programs of the documentation go by the real time, and take what is within five minutes of it:
/// the host's clock comes there at the end of the day for which two secrets sign, so that a delivery of that day and one after it can both be checked.
/// </summary>
public sealed class CapturedDeliveries : IAsyncLifetime
{
    /// <summary>What is easily lost on the way: more than ASCII, a character of two UTF-16 units, quotes, a break, and what some writers escape.</summary>
    public const string Text = "Cañon Road \u2013 Zoë \"T.\" \U0001F989 <b>&amp;</b> C:\\tmp\n'end'";

    private const int LargeRepeats = 10_000;

    /// <summary>The secret of the webhook whose secret was not changed.</summary>
    public string Secret { get; private set; } = string.Empty;

    /// <summary>The other webhook's secret before the change.</summary>
    public string OldSecret { get; private set; } = string.Empty;

    /// <summary>The other webhook's secret after the change.</summary>
    public string NewSecret { get; private set; } = string.Empty;

    /// <summary>When the old one ends, as the answer to the change said.</summary>
    public TimeSpan Overlap { get; private set; }

    /// <summary>A delivery to the webhook whose secret was not changed.</summary>
    internal CapturedDelivery Plain { get; private set; } = null!;

    /// <summary>The same of nearly the largest size.</summary>
    internal CapturedDelivery Large { get; private set; } = null!;

    /// <summary>A delivery in the last minute of the day for which both secrets sign.</summary>
    internal CapturedDelivery InOverlap { get; private set; } = null!;

    /// <summary>A delivery in the first minute after that day.</summary>
    internal CapturedDelivery AfterOverlap { get; private set; } = null!;

    /// <summary>What a receiver logged of <see cref="Text"/> that was sent to it as it is.</summary>
    internal CapturedDelivery Raw { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        // What is captured is good for five minutes.
        await Verifiers.PrepareAsync();
        var margin = TimeSpan.FromMinutes(1);
        await using var firm = await WebhookFirm.StartAtAsync(TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(1) + margin);
        var rotated = await firm.AddAsync("rotated");
        OldSecret = rotated.GetProperty("secret").GetString()!;
        using var answer = await firm.PostAsync($"/api/companies/demo/webhooks/{rotated.GetProperty("id").GetString()}/rotate-secret", new { });
        var change = await answer.Content.ReadFromJsonAsync<JsonElement>();
        NewSecret = change.GetProperty("secret").GetString()!;
        Overlap = change.GetProperty("previousUntil").GetDateTimeOffset() - firm.Host.Clock.GetUtcNow();

        firm.Host.Clock.Advance(TimeSpan.FromDays(1) - margin);
        var plain = await firm.AddAsync("plain");
        Secret = plain.GetProperty("secret").GetString()!;
        await SendAsync(firm, "evt_captured_1", Text);
        Plain = await NextAsync(firm, "plain", 0);
        InOverlap = await NextAsync(firm, "rotated", 0);
        foreach (var webhook in new[] { plain, rotated })
        {
            // Time that passes before the answer is there makes it a failure, which is tried again.
            await firm.DeliveriesAsync(webhook.GetProperty("id").GetString()!, "delivered", 1);
        }

        firm.Host.Clock.Advance(2 * margin);
        await SendAsync(firm, "evt_captured_2", new StringBuilder().Insert(0, "\u00f1\u2013\U0001F989", LargeRepeats).ToString());
        Large = await NextAsync(firm, "plain", 1);
        AfterOverlap = await NextAsync(firm, "rotated", 1);
        using var raw = new StringContent(Text, Encoding.UTF8, "application/json");
        using var taken = await firm.Http.PostAsync(firm.Address("raw"), raw);
        Raw = await NextAsync(firm, "raw", 0);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    // As a platform that escapes nothing sends it.
    private static async Task SendAsync(WebhookFirm firm, string id, string text)
    {
        var json = $$"""{"id":"{{id}}","type":"message_sent","occurredAt":"2026-11-20T15:06:00Z","companyId":"demo","data":{"message":{"id":"msg_31","text":{{Quoted(text)}} } } }""";
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await firm.Http.PostAsync("/api/events", content);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, answer.StatusCode);
    }

    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    private static async Task<CapturedDelivery> NextAsync(WebhookFirm firm, string receiver, int index)
    {
        var request = (await firm.ReceivedAsync(receiver, index + 1))[index];
        var headers = request.GetProperty("headers").EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString()!, StringComparer.OrdinalIgnoreCase);
        return new CapturedDelivery(headers, Encoding.UTF8.GetBytes(request.GetProperty("body").GetString()!));
    }
}

/// <summary>A delivery as it came.</summary>
/// <param name="Headers">Its headers.</param>
/// <param name="Body">Its body, to the byte.</param>
internal sealed record CapturedDelivery(IReadOnlyDictionary<string, string> Headers, byte[] Body);
