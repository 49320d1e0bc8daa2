namespace Kayse.Core.Storage;

/// <summary>
/// Named bytes that never change once they are there, with a content type; streamed both ways. Names are
/// <c>segment/segment/…</c> with segments of letters, digits, <c>. _ -</c> that do not begin with a dot, 512 characters at most, and begin with the company id;
/// anything else is refused with an <see cref="ArgumentException"/> (<see cref="BlobNames"/>).
/// A full or unreachable store throws <see cref="StorageUnavailableException"/>.
/// </summary>
public interface IBlobStore
{
    /// <summary>Stores the bytes under a new name; durable when the task completes. False when the name is taken: what is there stays.</summary>
    Task<bool> CreateAsync(string name, string contentType, Stream content, CancellationToken cancellationToken);

    /// <summary>Opens a blob to read, or null. The caller disposes it.</summary>
    Task<Blob?> OpenAsync(string name, CancellationToken cancellationToken);

    /// <summary>Deletes a blob; false when there was none.</summary>
    Task<bool> DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>The names that begin with <paramref name="prefix"/> (whole segments), in no particular order.</summary>
    IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken);
}
