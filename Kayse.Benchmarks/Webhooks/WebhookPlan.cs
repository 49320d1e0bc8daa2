using System.Globalization;

namespace Kayse.Benchmarks.Webhooks;

/// <summary>What a host for webhooks is set up with.</summary>
/// <param name="SinkPort">Where the deliveries go.</param>
/// <param name="Firms">The firms.</param>
/// <param name="RatePerSecond">The setting of this name, or null for the default.</param>
/// <param name="Concurrency">The setting of this name, or null for the default.</param>
internal sealed record WebhookPlan(int SinkPort, IReadOnlyList<FirmPlan> Firms, int? RatePerSecond = null, int? Concurrency = null)
{
    /// <summary>The host's settings.</summary>
    public IReadOnlyDictionary<string, string?> Settings() => new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["Webhooks:RatePerSecond"] = RatePerSecond?.ToString(CultureInfo.InvariantCulture),
        ["Webhooks:Concurrency"] = Concurrency?.ToString(CultureInfo.InvariantCulture),
    };
}

/// <summary>A firm to open.</summary>
/// <param name="Company">Its id.</param>
/// <param name="Subscriptions">How many subscriptions it has; the path of each is <c>/{company}/{number}</c>, from 0.</param>
internal sealed record FirmPlan(string Company, int Subscriptions);

/// <summary>What the parent is told of a host for webhooks.</summary>
/// <param name="Port">Where it listens.</param>
/// <param name="Firms">The firms.</param>
internal sealed record WebhookHost(int Port, IReadOnlyList<OpenedFirm> Firms);

/// <summary>A firm that was opened.</summary>
/// <param name="Company">Its id.</param>
/// <param name="Key">Its platform key.</param>
/// <param name="Subscriptions">The ids of its subscriptions.</param>
internal sealed record OpenedFirm(string Company, string Key, IReadOnlyList<string> Subscriptions);
