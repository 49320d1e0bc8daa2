using System.Security.Cryptography;
using System.Text;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Webhooks;

/// <summary>Which delivery: what a queue message and a workflow carry of it.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Subscription">The subscription.</param>
/// <param name="Event">The event.</param>
/// <param name="Id">The delivery's id, <c>dlv_…</c>; newer ones sort later.</param>
/// <param name="ReplayOf">The delivery that this one repeats, or null.</param>
public sealed record DeliveryKey(CompanyId Company, string Subscription, string Event, string Id, string? ReplayOf = null)
{
    /// <summary>How the ids of the workflows begin that try deliveries again.</summary>
    public const string WorkflowPrefix = "delivery.";

    /// <summary>The id of the workflow that tries it again, without the company prefix.</summary>
    public string Workflow => WorkflowPrefix + Id;

    /// <summary>The delivery of an event to a subscription: the same each time that it is asked for.</summary>
    public static DeliveryKey Of(CompanyId company, string subscription, string eventId, DateTimeOffset receivedAt) =>
        new(company, subscription, eventId, MadeFrom(receivedAt, $"{eventId}/{subscription}"));

    /// <summary>The repetition of a delivery by a replay: the same each time that it is asked for.</summary>
    public DeliveryKey ReplayedBy(string replay, DateTimeOffset at) => this with { Id = MadeFrom(at, $"{replay}/{Id}"), ReplayOf = Id };

    /// <summary>The repetition of a delivery that an admin asked for.</summary>
    public DeliveryKey ReplayedNow(TimeProvider clock) => this with { Id = Ids.New("dlv", clock), ReplayOf = Id };

    // The form of our other ids: the time in milliseconds first, then what makes it unique.
    private static string MadeFrom(DateTimeOffset time, string subject)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(subject), hash);
        return $"dlv_{time.ToUnixTimeMilliseconds():x12}{Convert.ToHexStringLower(hash[..10])}";
    }
}
