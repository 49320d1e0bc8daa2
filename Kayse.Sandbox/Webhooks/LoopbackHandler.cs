using System.Net;
using System.Net.Sockets;

namespace Kayse.Sandbox.Webhooks;

/// <summary>How the stand-ins send webhooks: to nobody but this machine, whatever a name resolves to, and nobody is followed elsewhere.</summary>
internal static class LoopbackHandler
{
    /// <summary>The name of the client that has this handler.</summary>
    public const string ClientName = "Loopback";

    public static HttpMessageHandler Make() => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectCallback = ConnectAsync,
    };

    /// <summary>Whether an address is one that the stand-ins may call.</summary>
    public static bool Allows(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https") && url.IsLoopback;

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, ct);
        var own = Array.FindAll(addresses, IPAddress.IsLoopback);
        if (own.Length == 0)
        {
            throw new HttpRequestException("The sandbox sends webhooks to this machine only.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(own, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
