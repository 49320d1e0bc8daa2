using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Kayse.Core.Webhooks;

/// <summary>
/// Calls addresses that outsiders chose. The name is resolved here, every address it resolves to must be public, and those that were checked are the ones
/// that are dialled. No redirects, no cookies, no proxy from the environment, nothing fetched that the other side's certificate names.
/// </summary>
public sealed class SafeHttp : IDisposable
{
    private const int MaxHeaderKilobytes = 64;
    private readonly HttpMessageInvoker _invoker;

    /// <summary>Makes the client.</summary>
    public SafeHttp(SafeDestination destinations)
    {
        Destinations = destinations;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            // Strangers are not told the identifiers of our traces.
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            MaxResponseDrainSize = 0,
            ConnectCallback = ConnectAsync,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                // A certificate may name addresses to fetch its issuer and its revocation list from: these would be called unchecked.
                CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
            },
        });
    }

    /// <summary>What may be called.</summary>
    public SafeDestination Destinations { get; }

    /// <summary>Sends a request; the answer's body has not been read.</summary>
    /// <exception cref="HttpRequestException">It could not be sent; its inner exception is a <see cref="DestinationRefusedException"/> when the address is not allowed.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        // It may have been saved under other settings than today's.
        return request.RequestUri is { } url && Destinations.Check(url) is { } refusal
            ? Task.FromException<HttpResponseMessage>(new HttpRequestException($"The address is refused: {refusal}", new DestinationRefusedException(refusal)))
            : _invoker.SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _invoker.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await Destinations.ResolveAsync(context.DnsEndPoint.Host, cancellationToken);
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
