using System.Collections.Concurrent;
using Kayse.Core.Companies;
using Kayse.Core.Connectors;

namespace Kayse.Core.Webhooks;

/// <summary>
/// Keeps one destination from hurting its neighbours: of each only so many deliveries at a time and a second, and none while it is down or asked to be
/// left alone. Who may not enter comes back later, and no attempt is spent. The rate and the time to be left alone are rows, which all processes keep to.
/// </summary>
public sealed class Destinations(ConnectionLimits limits, WebhookSettings settings, TimeProvider clock)
{
    /// <summary>What has waited so long in its queue gives way at a slow destination, and does not go back to the queue: there it would give way for ever.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_crowded = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<(CompanyId Company, string Subscription), Destination> _known = new();
    private readonly Places _first = new(ofACompany: 64, ofAll: int.MaxValue);
    private readonly Places _retries = new(ofACompany: 4, ofAll: 64);
    private readonly RateBudget _budget = new(settings.RatePerSecond, Math.Max(1, settings.RatePerSecond * 2), settings.Concurrency);

    /// <summary>Takes a place at a destination.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="subscription">The subscription.</param>
    /// <param name="waitingSince">Since when the delivery has waited in its queue; null when it is tried again by a workflow.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The visit; or when to come back, and why.</returns>
    public async Task<(DestinationVisit? Visit, DateTimeOffset ComeBack, string? Why)> EnterAsync(
        CompanyId company, string subscription, DateTimeOffset? waitingSince, CancellationToken cancellationToken)
    {
        var destination = Of(company, subscription);
        var now = clock.GetUtcNow();
        // The queue's places are shared by all firms, those of workflows by all of a firm's deliveries that are tried again.
        var places = waitingSince is null ? _retries : _first;
        if (!places.TryTake(company))
        {
            return (null, destination.Turn(now, now + s_crowded), "Other deliveries of the firm are under way.");
        }

        var (entered, isProbe, why) = destination.TryEnter(now, now - waitingSince > Patience);
        if (!entered)
        {
            GiveBack();
            return (null, destination.Turn(now, now), why);
        }

        try
        {
            var (permit, comeBack) = await limits.TakeAsync(company, subscription, _budget, cancellationToken);
            if (permit is not null)
            {
                return (new DestinationVisit(destination, permit, isProbe, clock, GiveBack), default, null);
            }

            destination.Leave(isProbe);
            GiveBack();
            return (null, destination.Turn(now, comeBack), "The destination asked to be left alone for a while, or gets as many deliveries a second as are allowed.");
        }
        catch
        {
            destination.Leave(isProbe);
            GiveBack();
            throw;
        }

        void GiveBack() => places.GiveBack(company);
    }

    /// <summary>The destination asked to be left alone until a time.</summary>
    public Task LeaveAloneAsync(CompanyId company, string subscription, DateTimeOffset until, CancellationToken cancellationToken) =>
        limits.BlockAsync(company, subscription, until, cancellationToken);

    /// <summary>Forgets what is known of a destination: it was switched on again, or is another one.</summary>
    public async Task ForgetAsync(CompanyId company, string subscription, CancellationToken cancellationToken)
    {
        _known.TryRemove((company, subscription), out _);
        await limits.ClearAsync(company, subscription, cancellationToken);
    }

    /// <summary>Removes what is kept of a destination whose subscription was deleted.</summary>
    public async Task RemoveAsync(CompanyId company, string subscription, CancellationToken cancellationToken)
    {
        _known.TryRemove((company, subscription), out _);
        await limits.RemoveAsync(company, subscription, cancellationToken);
    }

    private Destination Of(CompanyId company, string subscription) =>
        _known.GetOrAdd((company, subscription), static (_, settings) => new Destination(settings.Concurrency, TimeSpan.FromSeconds(1 / settings.RatePerSecond)), settings);
}
