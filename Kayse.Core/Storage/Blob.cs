namespace Kayse.Core.Storage;

/// <summary>A blob that is open for reading.</summary>
/// <param name="ContentType">The media type it was stored with.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Content">The bytes, read once from the beginning.</param>
public sealed record Blob(string ContentType, long Length, Stream Content) : IAsyncDisposable
{
    /// <summary>Closes the stream.</summary>
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
