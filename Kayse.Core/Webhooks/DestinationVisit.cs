namespace Kayse.Core.Webhooks;

/// <summary>A place at a destination, to be given back.</summary>
public sealed class DestinationVisit : IDisposable
{
    private readonly Destination _destination;
    private readonly IDisposable? _permit;
    private readonly bool _isProbe;
    private readonly TimeProvider _clock;
    private bool _isOver;

    internal DestinationVisit(Destination destination, IDisposable? permit, bool isProbe, TimeProvider clock)
    {
        _destination = destination;
        _permit = permit;
        _isProbe = isProbe;
        _clock = clock;
    }

    /// <summary>Says how it went, and gives the place back.</summary>
    public void Report(AttemptResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        _isOver = true;
        _permit?.Dispose();
        _destination.Leave(_isProbe, result.IsDown, result.Took, _clock.GetUtcNow());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isOver)
        {
            _isOver = true;
            _permit?.Dispose();
            _destination.Leave(_isProbe);
        }
    }
}
