using Kayse.Core.Storage;

namespace Kayse.Standalone.Storage;

/// <summary>
/// The small rows that were lately read or written, and keys that were found to have none. It is exact: every write passes through
/// <see cref="Written"/> before its writer hears of it. A fixed number of places, each taken by whoever came last.
/// </summary>
/// <remarks>A reader's own page cache is of little use here: each commit of the writer empties it, some hundred times a second.</remarks>
internal sealed class RecentRows
{
    private const int Places = 8192;
    private const int MaxBytes = 4096;

    private readonly Line?[] _lines = new Line?[Places];

    /// <summary>Finds a row.</summary>
    /// <param name="table">The table.</param>
    /// <param name="partition">The partition key.</param>
    /// <param name="row">The row key.</param>
    /// <param name="entity">The row, or null when there is known to be none.</param>
    /// <param name="place">Where it would stand and what stands there; for <see cref="Read"/>.</param>
    public bool TryGet(string table, string partition, string row, out Entity? entity, out Place place)
    {
        var index = Index(table, partition, row);
        var line = Volatile.Read(ref _lines[index]);
        place = new Place(index, line);
        entity = line?.Entity;
        return line is not null && line.Row == row && line.Partition == partition && line.Table == table;
    }

    /// <summary>Keeps what was read from the store, unless a write has come since the place was looked up.</summary>
    public void Read(Place place, string table, string partition, string row, Entity? entity)
    {
        if (entity is null || entity.Json.Length <= MaxBytes)
        {
            Interlocked.CompareExchange(ref _lines[place.Index], new Line(table, partition, row, entity), place.Line);
        }
    }

    /// <summary>Keeps what was written; null for a row that was deleted.</summary>
    public void Written(string table, string partition, string row, Entity? entity)
    {
        // Always another object, also for a row that is too large to keep: it tells a reader that its copy may be old.
        var line = entity is null || entity.Json.Length <= MaxBytes ? new Line(table, partition, row, entity) : new Line("", "", "", null);
        Volatile.Write(ref _lines[Index(table, partition, row)], line);
    }

    private static int Index(string table, string partition, string row) =>
        (int)((uint)HashCode.Combine(table.GetHashCode(StringComparison.Ordinal), partition.GetHashCode(StringComparison.Ordinal), row.GetHashCode(StringComparison.Ordinal)) % Places);

    /// <summary>A place and what was seen in it.</summary>
    /// <param name="Index">Its number.</param>
    /// <param name="Line">What stood there.</param>
    internal readonly record struct Place(int Index, Line? Line);

    /// <summary>A key and its row.</summary>
    internal sealed class Line(string table, string partition, string row, Entity? entity)
    {
        public string Table => table;

        public string Partition => partition;

        public string Row => row;

        public Entity? Entity => entity;
    }
}
