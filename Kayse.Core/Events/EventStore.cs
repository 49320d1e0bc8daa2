using System.Security.Cryptography;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Events;

/// <summary>Accepted events, each stored once by its id.</summary>
public sealed class EventStore(IEntityStore store, IBlobStore blobs)
{
    private const int MaxInlineBytes = 32 * 1024;

    private readonly EntityTable<StoredEvent> _events = new(store, Tables.Events, static () => KayseJson.Default.StoredEvent);

    /// <summary>SHA-256 of an envelope, base64.</summary>
    public static string Hash(ReadOnlyMemory<byte> envelope) => Convert.ToBase64String(SHA256.HashData(envelope.Span));

    /// <summary>A stored event, or null.</summary>
    public Task<Stored<StoredEvent>?> FindAsync(CompanyId company, string id, CancellationToken cancellationToken) =>
        _events.GetAsync(Partitions.Spread(company, id), id, cancellationToken);

    /// <summary>Stores an event; false when its id is taken.</summary>
    public async Task<bool> InsertAsync(
        PlatformEvent accepted, string hash, IReadOnlyList<string> connectors, IReadOnlyList<string> subscriptions, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        string? blob = null;
        RawJson? inline = null;
        if (accepted.Json.Length > MaxInlineBytes)
        {
            // The hash in the name: two contents under one id, sent at the same moment, must not share a blob.
            blob = $"{accepted.CompanyId}/events/{accepted.Id}-{Partitions.Hash(hash):x8}";
            await blobs.CreateAsync(blob, "application/json", new MemoryStream(accepted.Json.ToArray()), cancellationToken);
        }
        else
        {
            inline = new RawJson(accepted.Json);
        }

        var row = new StoredEvent(accepted.Id, accepted.Type, hash, now, connectors, inline, blob, subscriptions.Count > 0 ? subscriptions : null);
        return await _events.InsertAsync(Partitions.Spread(accepted.CompanyId, accepted.Id.ToString()), accepted.Id.ToString(), row, cancellationToken);
    }

    /// <summary>The event itself, or null when there is none of that id any more.</summary>
    public async Task<PlatformEvent?> LoadAsync(CompanyId company, string id, CancellationToken cancellationToken) =>
        await FindAsync(company, id, cancellationToken) is { } row ? await LoadAsync(row.Value, cancellationToken) : null;

    /// <summary>The event of a row, or null when its content is gone.</summary>
    public async Task<PlatformEvent?> LoadAsync(StoredEvent row, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.Envelope is { } inline)
        {
            return Read(JsonSerializer.Deserialize(inline.Utf8.Span, KayseJson.Default.JsonElement));
        }

        await using var blob = await blobs.OpenAsync(row.Blob!, cancellationToken);
        return blob is null ? null : Read(await JsonSerializer.DeserializeAsync(blob.Content, KayseJson.Default.JsonElement, cancellationToken));
    }

    /// <summary>The envelope of a row as it was accepted, or null when its content is gone.</summary>
    public async Task<ReadOnlyMemory<byte>?> EnvelopeAsync(StoredEvent row, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.Envelope is { } inline)
        {
            return inline.Utf8;
        }

        await using var blob = await blobs.OpenAsync(row.Blob!, cancellationToken);
        if (blob is null)
        {
            return null;
        }

        var bytes = new byte[blob.Length];
        await blob.Content.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    /// <summary>Notes that an event is sent again: it is kept as long as a new one.</summary>
    public async Task NoteReplayAsync(CompanyId company, string id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (await FindAsync(company, id, cancellationToken) is { } row)
        {
            if (await _events.ReplaceAsync(Partitions.Spread(company, id), row, row.Value with { ReplayedAt = now }, cancellationToken))
            {
                return;
            }
        }
    }

    private static PlatformEvent? Read(JsonElement envelope) => PlatformEventReader.Read(envelope, out _) is [var loaded] ? loaded : null;
}
