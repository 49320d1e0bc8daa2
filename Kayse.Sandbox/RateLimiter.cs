namespace Kayse.Sandbox;

/// <summary>Counts the calls of one account in windows of a minute.</summary>
internal sealed class RateLimiter
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private DateTimeOffset _windowStart = DateTimeOffset.MinValue;
    private int _calls;

    /// <summary>Null if the call may pass, else how long to wait.</summary>
    public TimeSpan? Refuse(int perMinute, DateTimeOffset now)
    {
        if (perMinute <= 0)
        {
            return null;
        }

        lock (_gate)
        {
            if (now - _windowStart >= Window)
            {
                (_windowStart, _calls) = (now, 0);
            }

            return ++_calls <= perMinute ? null : Window - (now - _windowStart);
        }
    }
}
