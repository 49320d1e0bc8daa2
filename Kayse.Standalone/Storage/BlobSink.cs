using Kayse.Core.Storage;

namespace Kayse.Standalone.Storage;

/// <summary>Where a blob's bytes go. Its own faults (a full disk) are the store's; those of the stream that is copied from pass unchanged.</summary>
internal sealed class BlobSink(Stream file) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        try
        {
            file.Write(buffer, offset, count);
        }
        catch (IOException fault)
        {
            throw Unavailable(fault);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await file.WriteAsync(buffer, cancellationToken);
        }
        catch (IOException fault)
        {
            throw Unavailable(fault);
        }
    }

    /// <summary>Closes the file. What could not be written shows before, when it is flushed; after another fault it must not hide that one.</summary>
    public async Task CloseAsync()
    {
        try
        {
            await file.DisposeAsync();
        }
        catch (IOException)
        {
        }
    }

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static StorageUnavailableException Unavailable(IOException fault) => new($"The blob store could not take the write: {fault.Message}", fault);
}
