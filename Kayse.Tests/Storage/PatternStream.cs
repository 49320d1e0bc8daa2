namespace Kayse.Tests.Storage;

/// <summary>Bytes that are made as they are read and cannot be sought in, as a download's are.</summary>
public sealed class PatternStream(long length, long breaksAt = long.MaxValue) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static async Task<bool> MatchesAsync(Stream stream, long length)
    {
        var expected = new PatternStream(length);
        var (left, right) = (new byte[65536], new byte[65536]);
        while (true)
        {
            var read = await stream.ReadAtLeastAsync(left, left.Length, throwOnEndOfStream: false);
            var wanted = expected.Read(right, 0, right.Length);
            if (read != wanted || !left.AsSpan(0, read).SequenceEqual(right.AsSpan(0, wanted)))
            {
                return false;
            }

            if (read == 0)
            {
                return true;
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_position >= breaksAt)
        {
            throw new InvalidDataException("broken off");
        }

        var read = (int)Math.Min(count, length - _position);
        for (var i = 0; i < read; i++)
        {
            buffer[offset + i] = (byte)((_position + i) % 251);
        }

        _position += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
