using System.Diagnostics.CodeAnalysis;

namespace Kayse.Standalone.Workflows;

/// <summary>
/// Waiting items by company, taken round robin over the companies within a limit for all and one for each. Not for several
/// threads: the owner locks.
/// </summary>
/// <param name="max">Items taken and not yet released.</param>
/// <param name="maxPerCompany">The same for one company.</param>
/// <param name="firstAlwaysEnters">True when a company with nothing taken gets one beyond <paramref name="max"/>.</param>
internal sealed class FairQueue<T>(int max, int maxPerCompany, bool firstAlwaysEnters)
{
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly Queue<Lane> _rotation = new();

    /// <summary>Items taken and not yet released.</summary>
    public int Taken { get; private set; }

    /// <summary>What waits, in no order.</summary>
    public IEnumerable<T> Waiting => _lanes.Values.SelectMany(lane => lane.Waiting);

    public void Enqueue(string company, T item)
    {
        if (!_lanes.TryGetValue(company, out var lane))
        {
            lane = new Lane(company);
            _lanes.Add(company, lane);
        }

        lane.Waiting.Enqueue(item);
        Rotate(lane);
    }

    public bool TryTake([MaybeNullWhen(false)] out string company, [MaybeNullWhen(false)] out T item)
    {
        var lane = Next();
        if (lane is null)
        {
            company = null;
            item = default;
            return false;
        }

        company = lane.Company;
        item = lane.Waiting.Dequeue();
        lane.Taken++;
        Taken++;
        Rotate(lane);
        return true;
    }

    public void Release(string company)
    {
        var lane = _lanes[company];
        lane.Taken--;
        Taken--;
        if (lane is { Taken: 0, Waiting.Count: 0 })
        {
            _lanes.Remove(company);
            return;
        }

        Rotate(lane);
    }

    /// <summary>Forgets what waits.</summary>
    public void Clear()
    {
        _rotation.Clear();
        foreach (var lane in _lanes.Values)
        {
            lane.Waiting.Clear();
            lane.InRotation = false;
        }
    }

    private Lane? Next()
    {
        // Past the limit only a company that has nothing may pass; the others keep their order.
        for (var left = _rotation.Count; left > 0; left--)
        {
            if (Taken >= max && !firstAlwaysEnters)
            {
                return null;
            }

            var lane = _rotation.Dequeue();
            if (Taken < max || lane.Taken == 0)
            {
                lane.InRotation = false;
                return lane;
            }

            _rotation.Enqueue(lane);
        }

        return null;
    }

    private void Rotate(Lane lane)
    {
        if (!lane.InRotation && lane.Waiting.Count > 0 && lane.Taken < maxPerCompany)
        {
            lane.InRotation = true;
            _rotation.Enqueue(lane);
        }
    }

    private sealed class Lane(string company)
    {
        public string Company => company;

        public Queue<T> Waiting { get; } = new();

        public int Taken { get; set; }

        public bool InRotation { get; set; }
    }
}
