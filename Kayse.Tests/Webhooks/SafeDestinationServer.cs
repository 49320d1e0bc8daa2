using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Kayse.Tests.Webhooks;

/// <summary>A server on loopback that answers every request with the same bytes and keeps the heads of the requests; with a certificate, over TLS.</summary>
internal sealed class SafeDestinationServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _heads = [];
    private readonly Task _serving;
    private int _connections;

    public SafeDestinationServer(string answer, X509Certificate2? certificate = null)
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _serving = ServeAsync(Encoding.Latin1.GetBytes(answer), certificate);
    }

    public int Port { get; }

    public string Url => $"http://localhost:{Port}";

    /// <summary>How many connections came in, those that wait to be accepted included.</summary>
    public int Connections => Volatile.Read(ref _connections) + (_listener.Pending() ? 1 : 0);

    public IReadOnlyList<string> Heads
    {
        get
        {
            lock (_heads)
            {
                return [.. _heads];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(byte[] answer, X509Certificate2? certificate)
    {
        while (true)
        {
            using var socket = await _listener.AcceptSocketAsync(_stop.Token);
            Interlocked.Increment(ref _connections);
            await using Stream plain = new NetworkStream(socket);
            try
            {
                await using var stream = certificate is null ? plain : await SecureAsync(plain, certificate);
                await AnswerAsync(stream, answer);
            }
            catch (Exception fault) when (fault is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client went away: it may.
            }
        }
    }

    private async Task<SslStream> SecureAsync(Stream plain, X509Certificate2 certificate)
    {
        var secure = new SslStream(plain);
        await secure.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true) }, _stop.Token);
        return secure;
    }

    private async Task AnswerAsync(Stream stream, byte[] answer)
    {
        var buffer = new byte[16 * 1024];
        var head = new StringBuilder();
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer, _stop.Token);
            if (read == 0)
            {
                return;
            }

            head.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        lock (_heads)
        {
            _heads.Add(head.ToString());
        }

        await stream.WriteAsync(answer, _stop.Token);
    }
}
