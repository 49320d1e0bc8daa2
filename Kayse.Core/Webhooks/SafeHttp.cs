using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Kayse.Core.Webhooks;

/// <summary>
/// Calls addresses that outsiders chose. The name is resolved here, every address it resolves to must be public, and the one that was checked is the one
/// that is dialled. No redirects, no cookies, no proxy from the environment.
/// </summary>
public sealed class SafeHttp : IDisposable
{
    private readonly HttpMessageInvoker _invoker;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;

    /// <summary>Makes the client.</summary>
    /// <param name="destinations">What may be called.</param>
    /// <param name="resolve">Resolves a name; null for the system's resolver.</param>
    public SafeHttp(SafeDestination destinations, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        Destinations = destinations;
        _resolve = resolve ?? Dns.GetHostAddressesAsync;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectCallback = ConnectAsync,
            SslOptions = new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 },
        });
    }

    /// <summary>What may be called.</summary>
    public SafeDestination Destinations { get; }

    /// <summary>Sends a request; the answer's body has not been read.</summary>
    /// <exception cref="HttpRequestException">It could not be sent; its inner exception is a <see cref="DestinationRefusedException"/> when the address is not allowed.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _invoker.SendAsync(request, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _invoker.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await _resolve(host, cancellationToken);
        if (addresses.Length == 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        foreach (var address in addresses)
        {
            if (Destinations.Check(address) is { } refusal)
            {
                throw new DestinationRefusedException(refusal);
            }
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>An address resolved to one that may not be called.</summary>
public sealed class DestinationRefusedException(string message) : Exception(message);
