using System.Threading.Channels;
using Kayse.Core.Storage;

namespace Kayse.Standalone.Storage;

/// <summary>
/// Pushes the messages of a <see cref="SqliteQueue"/> to their handlers: one at a time within a session, a queue's sessions in turn,
/// at most a set number of each queue at once, at least once. What is with a handler is known in memory alone, so that a killed
/// process leaves its messages visible to the next. The loop owns all state; everything else posts to it. It sleeps until a message
/// is sent or due.
/// </summary>
public sealed partial class QueuePump : IAsyncDisposable
{
    private readonly Channel<Action> _posts = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<TaskCompletionSource> _awaitingIdle = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly SqliteQueue _queue;
    private readonly Dictionary<string, PumpLane> _lanes;
    // Messages that are handled and not yet deleted: enough to fill a group commit, not so many that a slow disk piles them up.
    private readonly int _maxSettling;
    private readonly QueuePumpOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private Task? _loop;
    private bool _disposed;
    private int _handling;
    private int _settling;
    private long _scannedTo = long.MinValue;
    private long? _nextScan = long.MinValue;

    /// <summary>Makes a pump that does nothing yet.</summary>
    /// <param name="queue">The queue; one pump each.</param>
    /// <param name="handlers">One a queue name. Messages of other queues wait.</param>
    /// <param name="options">The settings.</param>
    /// <param name="time">Says what is due.</param>
    /// <param name="logger">Takes ids and outcomes.</param>
    public QueuePump(SqliteQueue queue, IEnumerable<IQueueHandler> handlers, QueuePumpOptions options, TimeProvider time, ILogger<QueuePump> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConcurrentOf.Values.Append(options.MaxConcurrent).Min(), 1, nameof(options));
        _queue = queue;
        _lanes = handlers.ToDictionary(handler => handler.Queue, handler => new PumpLane(handler, options.PlacesOf(handler.Queue)), StringComparer.Ordinal);
        _maxSettling = Math.Max(256, _lanes.Keys.Select(options.PlacesOf).DefaultIfEmpty().Max());
        _options = options;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(_ => Post(static () => { }), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins to push, first what an earlier process left.</summary>
    public void Start()
    {
        if (_loop is not null)
        {
            throw new InvalidOperationException("The pump runs already.");
        }

        _queue.Sent = OnSent;
        _loop = Task.Run(RunAsync);
        Post(static () => { });
    }

    /// <summary>Pushes no more, cancels the handlers' tokens and waits for them; what they have not finished is pushed at the next start.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _queue.Sent = null;
        await _stopping.CancelAsync();
        Post(static () => { });
        await (_loop ?? Task.CompletedTask).WaitAsync(cancellationToken);
        await _timer.DisposeAsync();
    }

    /// <summary>Ends when nothing that is due waits, no handler runs, and every outcome is durable.</summary>
    public Task WhenIdleAsync()
    {
        var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Post(() => _awaitingIdle.Add(idle)) ? idle.Task : throw new InvalidOperationException("The pump was stopped.");
    }

    /// <summary>Stops; disposing it again does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            await StopAsync(CancellationToken.None);
            _stopping.Dispose();
            _disposed = true;
        }
    }

    private bool Post(Action action) => _posts.Writer.TryWrite(action);

    private void OnSent(QueueTurn turn, long visibleAt) => Post(() =>
    {
        if (visibleAt <= Now())
        {
            Touch(turn);
        }
        else
        {
            Expect(visibleAt);
        }
    });

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task RunAsync()
    {
        while (!(_stopping.IsCancellationRequested && _handling == 0 && _settling == 0))
        {
            await _posts.Reader.WaitToReadAsync();
            while (_posts.Reader.TryRead(out var action))
            {
                action();
            }

            if (!_stopping.IsCancellationRequested)
            {
                Step();
            }
        }

        _posts.Writer.Complete();
        _awaitingIdle.ForEach(idle => idle.TrySetCanceled());
    }

    private void Step()
    {
        try
        {
            Scan();
            Dispatch();
        }
#pragma warning disable CA1031 // The pump outlives whatever the store does.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.StoreFailed(_logger, fault.GetType().Name);
            _scannedTo = long.MinValue;
            _nextScan = Now() + (long)_options.StorageRetry.TotalMilliseconds;
        }

        SetTimer();
        if (_handling == 0 && _settling == 0 && _lanes.Values.All(static lane => lane.IsRoundEmpty))
        {
            _awaitingIdle.ForEach(idle => idle.TrySetResult());
            _awaitingIdle.Clear();
        }
    }

    private void Scan()
    {
        var now = Now();
        if (_nextScan is null || _nextScan > now)
        {
            return;
        }

        foreach (var turn in _queue.Messages.Due(_scannedTo, now))
        {
            Touch(turn);
        }

        _nextScan = _queue.Messages.NextAfter(now);
        _scannedTo = now;
    }

    private void Expect(long visibleAt)
    {
        // The clock was set back: the time has been scanned, this message has not.
        _scannedTo = Math.Min(_scannedTo, visibleAt - 1);
        _nextScan = Math.Min(_nextScan ?? visibleAt, visibleAt);
    }

    private void SetTimer()
    {
        // A timer takes 49 days at the most; waking for nothing once a day does no harm.
        var wait = _nextScan is { } next ? Math.Clamp(next - Now(), 1, 86_400_000) : Timeout.Infinite;
        _timer.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
    }

    private void Touch(QueueTurn turn)
    {
        if (_lanes.TryGetValue(turn.Queue, out var lane))
        {
            lane.Touch(turn);
        }
    }

    private void Dispatch()
    {
        if (_settling >= _maxSettling)
        {
            return;
        }

        // Nothing settles meanwhile, so that each lane fills its places, whatever the lanes before it take.
        foreach (var lane in _lanes.Values)
        {
            while (lane.TryTake(_queue.Messages, Now(), out var session, out var held))
            {
                _handling++;
                _ = Task.Run(() => HandleAsync(session, held));
            }
        }
    }
}
