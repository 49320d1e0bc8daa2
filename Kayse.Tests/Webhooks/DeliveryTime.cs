using System.Text.Json;

namespace Kayse.Tests.Webhooks;

/// <summary>Moves a firm's clock from one turn of a delivery to the next.</summary>
internal static class DeliveryTime
{
    /// <summary>So little that an exchange which is under way does not run out of its 15 seconds.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    /// <summary>Moves the clock to when the next of a webhook's waiting deliveries is due; not while one is under way, whose time has come.</summary>
    public static async Task NextDueAsync(this WebhookFirm firm, string webhook)
    {
        var next = (await firm.DeliveriesAsync(webhook, "limit=100&state=waiting")).Select(delivery => delivery.Time("nextAttemptAt")).Min();
        if (next > firm.Host.Clock.GetUtcNow())
        {
            firm.Host.Clock.Advance(next.Value - firm.Host.Clock.GetUtcNow());
        }
    }

    /// <summary>Waits until none of a webhook's deliveries waits any more; the clock is moved to each next one's time.</summary>
    public static Task NoneWaitsAsync(this WebhookFirm firm, string webhook) => firm.Host.EventuallyAsync(
        async () =>
        {
            await firm.NextDueAsync(webhook);
            return (await firm.DeliveriesAsync(webhook, "state=waiting")).Count == 0;
        },
        Step);

    /// <summary>Waits until a delivery was attempted so often; while it waits for its turn, the clock is moved there.</summary>
    public static async Task<JsonElement> AttemptedAsync(this WebhookFirm firm, string webhook, string delivery, int attempts)
    {
        JsonElement found = default;
        await firm.Host.EventuallyAsync(
            async () =>
            {
                found = await firm.DeliveryAsync(webhook, delivery);
                if (found.GetProperty("attemptCount").GetInt32() >= attempts)
                {
                    return true;
                }

                if (found.Time("nextAttemptAt") is { } next && next > firm.Host.Clock.GetUtcNow())
                {
                    firm.Host.Clock.Advance(next - firm.Host.Clock.GetUtcNow());
                }

                return false;
            },
            Step);
        return found;
    }

    /// <summary>The only delivery of a webhook, once it was attempted.</summary>
    public static async Task<JsonElement> OnlyAsync(this WebhookFirm firm, string webhook, TimeSpan? step = null)
    {
        IReadOnlyList<JsonElement> found = [];
        await firm.Host.EventuallyAsync(async () => (found = await firm.DeliveriesAsync(webhook)).Count > 0 && found[0].GetProperty("attemptCount").GetInt32() > 0, step);
        return await firm.DeliveryAsync(webhook, Assert.Single(found).Text("id")!);
    }

    public static IReadOnlyList<JsonElement> Attempts(this JsonElement delivery) => [.. delivery.GetProperty("attempts").EnumerateArray()];

    public static DateTimeOffset? Time(this JsonElement json, string name) => json.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetDateTimeOffset() : null;

    public static string? Text(this JsonElement json, string name) => json.GetProperty(name).GetString();
}
