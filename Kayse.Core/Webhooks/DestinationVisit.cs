namespace Kayse.Core.Webhooks;

/// <summary>A place at a destination, to be given back.</summary>
public sealed class DestinationVisit : IDisposable
{
    private readonly Destination _destination;
    private readonly IDisposable _permit;
    private readonly bool _isProbe;
    private readonly TimeProvider _clock;
    private readonly Action _over;
    private bool _isOver;

    internal DestinationVisit(Destination destination, IDisposable permit, bool isProbe, TimeProvider clock, Action over)
    {
        _destination = destination;
        _permit = permit;
        _isProbe = isProbe;
        _clock = clock;
        _over = over;
    }

    /// <summary>Says how it went, and gives the place back.</summary>
    public void Report(AttemptResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        _destination.Leave(_isProbe, result.IsDown, result.Took, _clock.GetUtcNow());
        End();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isOver)
        {
            _destination.Leave(_isProbe);
            End();
        }
    }

    private void End()
    {
        _isOver = true;
        _permit.Dispose();
        _over();
    }
}
