namespace Kayse.Core.Storage;

/// <summary>A stored row: its key, the version it was read at, and its JSON.</summary>
/// <param name="Row">The row key, unique within its partition.</param>
/// <param name="ETag">The version; a replace or a delete names it and fails when the row has moved on.</param>
/// <param name="Json">UTF-8 JSON.</param>
public sealed record Entity(string Row, string ETag, ReadOnlyMemory<byte> Json);

/// <summary>A part of a partition's rows in ordinal order of their row keys.</summary>
/// <param name="Rows">The rows, at most as many as were asked for.</param>
/// <param name="Next">Where the next page begins (exclusive), or null when this was the last.</param>
public sealed record EntityPage(IReadOnlyList<Entity> Rows, string? Next);

/// <summary>Which rows of a partition a range read returns: all whose key begins with <paramref name="Prefix"/> and comes after <paramref name="After"/>.</summary>
/// <param name="Prefix">The common beginning of the row keys; empty for all.</param>
/// <param name="After">A row key to resume behind, or null to begin at the start.</param>
public sealed record RowRange(string Prefix = "", string? After = null)
{
    /// <summary>The first key behind all that begin with a prefix, in ordinal order; null when nothing comes behind them.</summary>
    public static string? End(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        for (var length = prefix.Length; length > 0; length--)
        {
            var last = prefix[length - 1];
            if (last < char.MaxValue)
            {
                // The surrogates have no UTF-8 of their own and are in no key.
                var next = last == '\uD7FF' ? '\uE000' : (char)(last + 1);
                return string.Concat(prefix.AsSpan(0, length - 1), [next]);
            }
        }

        return null;
    }
}
