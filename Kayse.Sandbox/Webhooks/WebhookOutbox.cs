namespace Kayse.Sandbox.Webhooks;

/// <summary>An account's posts: those made, the one held back, and those under way.</summary>
/// <typeparam name="TPost">What is to be posted.</typeparam>
/// <typeparam name="TDelivery">One try, with what came back.</typeparam>
internal sealed class WebhookOutbox<TPost, TDelivery>
    where TPost : class
{
    private const int MaxDeliveries = 5000;
    private readonly Lock _gate = new();
    private readonly Queue<TDelivery> _deliveries = new();
    private Task _underWay = Task.CompletedTask;
    private TPost? _held;
    private int _pending;

    /// <summary>Completes when every post so far has been made.</summary>
    public Task Settled
    {
        get
        {
            lock (_gate)
            {
                return _underWay;
            }
        }
    }

    public (IReadOnlyList<TDelivery> Deliveries, int Pending, bool Held) Look()
    {
        lock (_gate)
        {
            return ([.. _deliveries], _pending, _held is not null);
        }
    }

    public void Record(TDelivery delivery)
    {
        lock (_gate)
        {
            _deliveries.Enqueue(delivery);
            while (_deliveries.Count > MaxDeliveries)
            {
                _deliveries.Dequeue();
            }
        }
    }

    /// <summary>Puts a post in its order: where posts are to come out of order, the first is held until the second has gone.</summary>
    public IReadOnlyList<TPost> Order(TPost post, bool outOfOrder)
    {
        lock (_gate)
        {
            if (!outOfOrder)
            {
                return [post];
            }

            if (_held is not { } held)
            {
                _held = post;
                return [];
            }

            _held = null;
            return [post, held];
        }
    }

    public TPost? Release()
    {
        lock (_gate)
        {
            var held = _held;
            _held = null;
            return held;
        }
    }

    /// <summary>Starts work after what is under way, or beside it.</summary>
    public void Enqueue(bool concurrent, Func<Task> work)
    {
        lock (_gate)
        {
            _pending++;
            var before = _underWay;
            var mine = Task.Run(() => RunAsync(concurrent ? Task.CompletedTask : before, work));
            _underWay = concurrent ? Task.WhenAll(before, mine) : mine;
        }
    }

    private async Task RunAsync(Task before, Func<Task> work)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await work();
        }
        finally
        {
            lock (_gate)
            {
                _pending--;
            }
        }
    }
}
