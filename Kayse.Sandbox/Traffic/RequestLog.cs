namespace Kayse.Sandbox.Traffic;

/// <summary>The last requests that reached the stand-ins, in the order of their arrival. Calls of <c>/_sandbox</c> are not in it.</summary>
internal sealed class RequestLog(SandboxOptions options)
{
    private readonly Lock _gate = new();
    private readonly Queue<LoggedRequest> _requests = new();
    private int _inFlight;

    /// <summary>How many requests have come and are not answered.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    public void Begin() => Interlocked.Increment(ref _inFlight);

    public void End() => Interlocked.Decrement(ref _inFlight);

    public void Add(LoggedRequest request)
    {
        lock (_gate)
        {
            _requests.Enqueue(request);
            while (_requests.Count > options.MaxLoggedRequests)
            {
                _requests.Dequeue();
            }
        }
    }

    /// <summary>The requests to a system, and to one of its operations; null means any.</summary>
    public IReadOnlyList<LoggedRequest> List(string? system, string? operation)
    {
        lock (_gate)
        {
            return [.. _requests.Where(r => Fits(system, r.System) && Fits(operation, r.Operation))];
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _requests.Clear();
        }
    }

    private static bool Fits(string? wanted, string actual) =>
        string.IsNullOrEmpty(wanted) || string.Equals(wanted, actual, StringComparison.OrdinalIgnoreCase);
}
