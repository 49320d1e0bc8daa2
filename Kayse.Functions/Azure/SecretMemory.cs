using System.Collections.Concurrent;
using Kayse.Core.Storage;

namespace Kayse.Functions.Azure;

/// <summary>Answers of a secret store, kept for a while. Callers of one secret share a request; one that failed is not kept.</summary>
/// <param name="memory">How long a value is kept.</param>
/// <param name="memoryOfNothing">How long it is kept that there is no value.</param>
/// <param name="clock">Says how old an answer is.</param>
internal sealed class SecretMemory(TimeSpan memory, TimeSpan memoryOfNothing, TimeProvider clock)
{
    private const int MaxHeld = 20_000;

    private readonly ConcurrentDictionary<(string Name, string? Version), Held> _held = new();

    /// <summary>The answer of a request that was begun no longer ago than <paramref name="maxAge"/>.</summary>
    public Task<Secret?> GetAsync(string name, string? version, TimeSpan maxAge, Func<Task<Secret?>> fetch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (key, now, age) = ((name, version), clock.GetUtcNow(), maxAge < memory ? maxAge : memory);
        if (_held.TryGetValue(key, out var held) && held.IsGood(now, age, memoryOfNothing))
        {
            return held.Answer.WaitAsync(cancellationToken);
        }

        if (_held.Count >= MaxHeld)
        {
            _held.Clear();
        }

        // The request is nobody's own: a caller who stops waiting does not end it for the others.
        var fresh = new Held(now, new Lazy<Task<Secret?>>(fetch));
        return _held.AddOrUpdate(key, fresh, (_, other) => other.IsGood(now, age, memoryOfNothing) ? other : fresh).Answer.WaitAsync(cancellationToken);
    }

    /// <summary>Forgets all versions of a name, also what is being asked at this moment.</summary>
    public void Forget(string name)
    {
        foreach (var key in _held.Keys.Where(key => key.Name == name))
        {
            _held.TryRemove(key, out _);
        }
    }

    private sealed class Held(DateTimeOffset since, Lazy<Task<Secret?>> answer)
    {
        public Task<Secret?> Answer => answer.Value;

        public bool IsGood(DateTimeOffset now, TimeSpan maxAge, TimeSpan maxAgeOfNothing)
        {
            var age = now - since;
            return age < maxAge && (!Answer.IsCompleted || (Answer.IsCompletedSuccessfully && (Answer.Result is not null || age < maxAgeOfNothing)));
        }
    }
}
