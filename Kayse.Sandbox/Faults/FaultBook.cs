namespace Kayse.Sandbox.Faults;

/// <summary>The faults still to be served, oldest first.</summary>
internal sealed class FaultBook
{
    private readonly Lock _gate = new();
    private readonly List<Fault> _faults = [];
    private long _lastId;

    /// <exception cref="WrongRequestException">The kind is unknown, or a number makes no sense.</exception>
    public Fault Add(Fault fault)
    {
        if (!Fault.Kinds.Contains(fault.Kind))
        {
            throw new WrongRequestException($"kind must be one of {string.Join(", ", Fault.Kinds)}.");
        }

        if (fault.Count < 1 || fault.DelayMs < 0 || fault.LateMs < 0)
        {
            throw new WrongRequestException("count must be 1 or more, delayMs and lateMs 0 or more.");
        }

        lock (_gate)
        {
            var added = fault with { Id = ++_lastId };
            _faults.Add(added);
            return added;
        }
    }

    /// <summary>The fault for this call, if there is one; it then counts one less.</summary>
    public Fault? Take(string system, string operation)
    {
        lock (_gate)
        {
            var index = _faults.FindIndex(f => f.Matches(system, operation));
            if (index < 0)
            {
                return null;
            }

            var fault = _faults[index];
            if (fault.Count == 1)
            {
                _faults.RemoveAt(index);
            }
            else
            {
                _faults[index] = fault with { Count = fault.Count - 1 };
            }

            return fault;
        }
    }

    public IReadOnlyList<Fault> List()
    {
        lock (_gate)
        {
            return [.. _faults];
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _faults.Clear();
        }
    }
}
