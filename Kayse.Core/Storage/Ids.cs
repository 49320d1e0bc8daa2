using System.Text.RegularExpressions;

namespace Kayse.Core.Storage;

/// <summary>Ids that become part of keys: ours are made here and carry their time; those from outside are checked here.</summary>
public static partial class Ids
{
    /// <summary>A new id, <c>{prefix}_{32 hex digits}</c>, that sorts by the time it was made (a UUID of version 7).</summary>
    public static string New(string prefix, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return $"{prefix}_{Guid.CreateVersion7(clock.GetUtcNow()):N}";
    }

    /// <summary>True for what may stand in a key: 1 to 64 letters, digits, hyphens and underscores.</summary>
    public static bool IsValid(string? id) => id is not null && Allowed().IsMatch(id);

    /// <summary>
    /// The row key under which an id of ours is stored where lists are read newest first: the hex digits of its time
    /// complemented, so that a younger id sorts before an older one. Applying it twice gives the id back.
    /// </summary>
    public static string NewestFirst(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        var start = id.IndexOf('_', StringComparison.Ordinal) + 1;
        return string.Create(id.Length, (id, start), static (span, state) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = i < state.start ? state.id[i] : Complement(state.id[i]);
            }
        });
    }

    private static char Complement(char hex) => hex switch
    {
        >= '0' and <= '9' => "fedcba9876"[hex - '0'],
        >= 'a' and <= 'f' => (char)('5' - (hex - 'a')),
        _ => hex,
    };

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Allowed();
}
