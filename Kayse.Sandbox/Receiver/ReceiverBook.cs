namespace Kayse.Sandbox.Receiver;

/// <summary>Every receiver's script. A receiver that was never told anything answers 200.</summary>
internal sealed class ReceiverBook
{
    private const int MaxBodyBytes = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ReceiverScript> _scripts = new(StringComparer.OrdinalIgnoreCase);

    public ReceiverScript this[string name]
    {
        get
        {
            lock (_gate)
            {
                return _scripts.GetValueOrDefault(name) ?? new ReceiverScript();
            }
        }
    }

    /// <exception cref="WrongRequestException">A status is none of HTTP's, or a number is negative or too large.</exception>
    public void Set(string name, ReceiverScript script)
    {
        if (script.Sequence.Append(script).Any(a => a.Status is < 200 or > 599 || a.DelayMs < 0 || a.TrickleMs < 0 || a.BodyBytes is < 0 or > MaxBodyBytes))
        {
            throw new WrongRequestException($"status must be from 200 to 599, delayMs and trickleMs 0 or more, bodyBytes from 0 to {MaxBodyBytes}.");
        }

        lock (_gate)
        {
            _scripts[name] = script;
        }
    }

    public ReceiverAnswer Next(string name)
    {
        lock (_gate)
        {
            if (!_scripts.TryGetValue(name, out var script) || script.Sequence.Count == 0)
            {
                return script ?? new ReceiverScript();
            }

            _scripts[name] = script with { Sequence = [.. script.Sequence.Skip(1)] };
            return script.Sequence[0];
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _scripts.Clear();
        }
    }
}
