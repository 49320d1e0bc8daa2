namespace Kayse.Core.Webhooks;

/// <summary>
/// What this process knows of one destination: how many deliveries are with it, how long it takes, and whether it is down. After five failures in a row
/// the circuit is open for ten seconds, doubling to five minutes; then one delivery tries whether it is back.
/// </summary>
/// <param name="concurrency">Deliveries at the same time.</param>
/// <param name="interval">The shortest time between two deliveries that wait their turn.</param>
internal sealed class Destination(int concurrency, TimeSpan interval)
{
    private const int FailuresThatOpen = 5;
    private const double NewestShare = 0.2;

    private static readonly TimeSpan s_firstOpen = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestOpen = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_horizon = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private int _inFlight;
    private int _failures;
    private bool _isProbed;
    private TimeSpan _mean;
    private TimeSpan _openFor;
    private DateTimeOffset _openUntil;
    private DateTimeOffset _nextTurn;

    /// <summary>Takes a place.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isBehind">True when the delivery has waited for long in its queue: behind a slow destination it gives way, so that the queue does not grow.</param>
    /// <returns>True when a place was taken; else why not.</returns>
    public (bool Entered, bool IsProbe, string? Why) TryEnter(DateTimeOffset now, bool isBehind)
    {
        lock (_gate)
        {
            var isProbe = _failures >= FailuresThatOpen;
            if (isProbe && (now < _openUntil || _isProbed))
            {
                return (false, false, "The destination has failed several times in a row and is left alone for a while.");
            }

            if (_inFlight >= concurrency)
            {
                return (false, false, $"{concurrency} deliveries are with the destination already.");
            }

            if (isBehind && _mean >= s_slow)
            {
                return (false, false, "The destination is slow, and other deliveries are before this one.");
            }

            _isProbed |= isProbe;
            _inFlight++;
            return (true, isProbe, null);
        }
    }

    /// <summary>Gives a place back without having used it.</summary>
    public void Leave(bool isProbe)
    {
        lock (_gate)
        {
            _inFlight--;
            _isProbed &= !isProbe;
        }
    }

    /// <summary>Gives a place back after an attempt.</summary>
    /// <param name="isProbe">It was the one that tried whether the destination is back.</param>
    /// <param name="isDown">It got no answer, or one that says that the destination is in trouble.</param>
    /// <param name="took">How long it took.</param>
    /// <param name="now">The time.</param>
    public void Leave(bool isProbe, bool isDown, TimeSpan took, DateTimeOffset now)
    {
        lock (_gate)
        {
            _inFlight--;
            _isProbed &= !isProbe;
            _mean = _mean == TimeSpan.Zero ? took : (_mean * (1 - NewestShare)) + (took * NewestShare);
            if (!isDown)
            {
                (_failures, _openFor) = (0, TimeSpan.Zero);
                return;
            }

            // Those that were under way when it opened say nothing new.
            if (++_failures >= FailuresThatOpen && now >= _openUntil)
            {
                _openFor = _openFor == TimeSpan.Zero ? s_firstOpen : _openFor * 2 < s_longestOpen ? _openFor * 2 : s_longestOpen;
                _openUntil = now + _openFor;
            }
        }
    }

    /// <summary>When a delivery that could not enter shall come back: one after the other, no faster than the destination takes them.</summary>
    public DateTimeOffset Turn(DateTimeOffset now, DateTimeOffset notBefore)
    {
        lock (_gate)
        {
            var earliest = _failures >= FailuresThatOpen && _openUntil > notBefore ? _openUntil : notBefore;
            earliest = earliest > now ? earliest : now;
            var pace = _mean / concurrency > interval ? _mean / concurrency : interval;
            _nextTurn = _nextTurn > earliest ? _nextTurn : earliest;
            // Beyond the horizon nothing is promised: by then it may be faster, or gone. They come back spread over some minutes.
            if (_nextTurn - earliest > s_horizon)
            {
                return earliest + (s_horizon * (1 + Random.Shared.NextDouble()));
            }

            var turn = _nextTurn + pace;
            _nextTurn = turn;
            return turn;
        }
    }
}
