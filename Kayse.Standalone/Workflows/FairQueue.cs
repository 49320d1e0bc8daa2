using System.Diagnostics.CodeAnalysis;

namespace Kayse.Standalone.Workflows;

/// <summary>
/// Waiting items by key (whose they are), taken round robin over the keys within a limit for all and one for each. Not for
/// several threads: the owner locks.
/// </summary>
/// <param name="max">Items taken and not yet released.</param>
/// <param name="maxPerKey">The same for one key.</param>
/// <param name="firstAlwaysEnters">True when a key with nothing taken gets one beyond <paramref name="max"/>.</param>
internal sealed class FairQueue<T>(int max, int maxPerKey, bool firstAlwaysEnters)
{
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly Queue<Lane> _rotation = new();

    /// <summary>Items taken and not yet released.</summary>
    public int Taken { get; private set; }

    /// <summary>What waits, in no order.</summary>
    public IEnumerable<T> Waiting => _lanes.Values.SelectMany(lane => lane.Waiting);

    public void Enqueue(string key, T item)
    {
        if (!_lanes.TryGetValue(key, out var lane))
        {
            lane = new Lane(key);
            _lanes.Add(key, lane);
        }

        lane.Waiting.Enqueue(item);
        Rotate(lane);
    }

    public bool TryTake([MaybeNullWhen(false)] out string key, [MaybeNullWhen(false)] out T item)
    {
        var lane = Next();
        if (lane is null)
        {
            key = null;
            item = default;
            return false;
        }

        key = lane.Key;
        item = lane.Waiting.Dequeue();
        lane.Taken++;
        Taken++;
        Rotate(lane);
        return true;
    }

    public void Release(string key)
    {
        var lane = _lanes[key];
        lane.Taken--;
        Taken--;
        if (lane is { Taken: 0, Waiting.Count: 0 })
        {
            _lanes.Remove(key);
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
        // Past the limit only a key that has nothing may pass; the others keep their order.
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
        if (!lane.InRotation && lane.Waiting.Count > 0 && lane.Taken < maxPerKey)
        {
            lane.InRotation = true;
            _rotation.Enqueue(lane);
        }
    }

    private sealed class Lane(string key)
    {
        public string Key => key;

        public Queue<T> Waiting { get; } = new();

        public int Taken { get; set; }

        public bool InRotation { get; set; }
    }
}
