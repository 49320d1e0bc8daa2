using System.Text.Json;
using Kayse.Core.Storage;

namespace Kayse.Web.Operations;

/// <summary>
/// Whether the stores take writes: a full disk, or one that became read-only, still answers every read. Anybody may ask, so that
/// at most one write a second is made; in between, the last outcome stands.
/// </summary>
public sealed class WriteProbe(IEntityStore store, IBlobStore blobs, TimeProvider clock)
{
    // No company can have this id.
    private const string Owner = "healthz";

    // As large as an event that goes to a blob: the last few kilobytes of a disk take a single byte and nothing that comes in.
    private const int BlobBytes = 64 * 1024;

    // As large as the rows of a busy moment: within a full disk a log that was begun anew has room for a little.
    private static readonly byte[] s_row = JsonSerializer.SerializeToUtf8Bytes(new string('0', 32 * 1024));

    private readonly OnceASecond _entities = new(() => WriteRowAsync(store), clock);
    private readonly OnceASecond _blobs = new(() => WriteBlobAsync(blobs), clock);

    /// <summary>Ends when the entity store has taken a write, or with what it threw.</summary>
    public Task EntitiesAsync() => _entities.RunAsync();

    /// <summary>Ends when the blob store has taken a write, or with what it threw.</summary>
    public Task BlobsAsync() => _blobs.RunAsync();

    // That the row has moved on or the blob is there means that another host has written it just now, which proves as much.
    private static async Task WriteRowAsync(IEntityStore store)
    {
        var old = await store.GetAsync(Tables.Limits, Owner, "probe", CancellationToken.None);
        var write = old is null ? EntityOperation.Insert("probe", s_row) : EntityOperation.Replace("probe", s_row, old.ETag);
        await store.CommitAsync(Tables.Limits, Owner, [write], CancellationToken.None);
    }

    private static async Task WriteBlobAsync(IBlobStore blobs)
    {
        const string name = $"{Owner}/probe";
        await blobs.DeleteAsync(name, CancellationToken.None);
        using var content = new MemoryStream(new byte[BlobBytes]);
        await blobs.CreateAsync(name, "application/octet-stream", content, CancellationToken.None);
    }

    private sealed class OnceASecond(Func<Task> probe, TimeProvider clock)
    {
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

        private readonly Lock _gate = new();
        private Task? _last;
        private long _at;

        public Task RunAsync()
        {
            lock (_gate)
            {
                if (_last is null || (_last.IsCompleted && clock.GetElapsedTime(_at) >= Interval))
                {
                    _at = clock.GetTimestamp();
                    _last = Task.Run(probe);
                }

                return _last;
            }
        }
    }
}
