using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kayse.Benchmarks.Load;

/// <summary>One HTTP/1.1 connection that sends prepared bytes and reads the status of each answer; it costs a fraction of a full client, so that the measured side has the processor.</summary>
internal sealed class HttpConnection : IDisposable
{
    private static readonly byte[] s_headEnd = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] s_lastChunk = "0\r\n\r\n"u8.ToArray();
    private static readonly byte[] s_length = "Content-Length: "u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[16 * 1024];

    /// <summary>Connects.</summary>
    public Task ConnectAsync(int port) => _socket.ConnectAsync(IPAddress.Loopback, port);

    /// <summary>Sends a request and reads its whole answer.</summary>
    /// <returns>The status code.</returns>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        await _socket.SendAsync(request, SocketFlags.None);
        var filled = 0;
        while (true)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(filled), SocketFlags.None);
            filled += read > 0 ? read : throw new IOException("The connection was closed within an answer.");
            if (IsWhole(_buffer.AsSpan(0, filled)))
            {
                return int.Parse(Encoding.ASCII.GetString(_buffer, 9, 3), System.Globalization.CultureInfo.InvariantCulture);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf(s_headEnd);
        if (head < 0)
        {
            return false;
        }

        var length = answer[..head].IndexOf(s_length);
        if (length < 0)
        {
            return answer.EndsWith(s_lastChunk);
        }

        var digits = answer[(length + s_length.Length)..];
        digits = digits[..digits.IndexOf((byte)'\r')];
        return answer.Length == head + s_headEnd.Length + int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture);
    }
}
