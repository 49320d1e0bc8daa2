using Kayse.Core.Webhooks;

namespace Kayse.Web.Integrations;

/// <summary>A firm's integrations.</summary>
/// <param name="Items">The connections to CRMs, each as its own route shows it (<see cref="LawRulerView"/>, <see cref="LawmaticsView"/>).</param>
/// <param name="Next">The cursor of the next page, or null when this is the last.</param>
/// <param name="Attention">What needs an admin's attention.</param>
public sealed record IntegrationsPage(IReadOnlyList<object> Items, string? Next, IReadOnlyList<Attention> Attention);

/// <summary>Something that needs an admin's attention.</summary>
/// <param name="Subject">What it is about: <c>integration</c>, <c>workflow</c> or <c>webhook</c>.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Message">What happened and what to do.</param>
/// <param name="Since">Since when, or null.</param>
public sealed record Attention(string Subject, string Id, string Name, string Message, DateTimeOffset? Since)
{
    /// <summary>What there is to say about a webhook, or null.</summary>
    public static Attention? To(Subscription subscription)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        var message = subscription.DisabledReason is { } reason ? $"Kayse switched this webhook off. {reason} Mend the destination, switch the webhook on and replay what was skipped."
            : subscription.AttentionAt is not null ? $"Deliveries to this webhook do nothing but fail. The first failure: {subscription.FirstFailure} Look at its delivery log."
            : null;
        return message is null ? null : new Attention("webhook", subscription.Id, subscription.Name, message, subscription.FailingSince);
    }
}
