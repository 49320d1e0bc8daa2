namespace Kayse.Tests.Sandbox;

/// <summary>A clock that moves only when told to; timers stay the system's.</summary>
internal sealed class SandboxClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 11, 20, 20, 14, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;
}
