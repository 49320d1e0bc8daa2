using System.Net;
using System.Net.Sockets;

namespace Kayse.Core.Webhooks;

/// <summary>
/// Which addresses Kayse may call on a firm's behalf: https on allowed ports, at hosts all of whose addresses are public. Checked when an address is
/// saved, and again for the address that is dialled (<see cref="SafeHttp"/>), since a name may change in between.
/// </summary>
/// <param name="allowPrivate">Lifts the checks of scheme, port and range; for Development alone.</param>
/// <param name="ports">The ports that are allowed besides 443.</param>
public sealed class SafeDestination(bool allowPrivate, IReadOnlyCollection<int> ports)
{
    private static readonly IPNetwork[] s_forbidden =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
            "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            // Azure's platform address (learn.microsoft.com, "What is IP address 168.63.129.16?").
            "168.63.129.16/32",
            "::/128", "::1/128", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(range => IPNetwork.Parse(range)),
    ];

    private static readonly IPNetwork s_nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork s_localNat64 = IPNetwork.Parse("64:ff9b:1::/48");
    private static readonly IPNetwork s_sixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork s_compatible = IPNetwork.Parse("::/96");

    /// <summary>True when private destinations are let through.</summary>
    public bool AllowsPrivate => allowPrivate;

    /// <summary>Checks an address as it is written; returns what is wrong, or null and the parsed address.</summary>
    public string? Check(string address, out Uri? url)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out url) || url.Scheme is not ("https" or "http") || url.Host.Length == 0 || url.OriginalString.Any(char.IsControl))
        {
            return "it is not an absolute https address.";
        }

        if (url.UserInfo.Length > 0)
        {
            return "it carries a user name or password.";
        }

        if (allowPrivate)
        {
            return null;
        }

        if (url.Scheme != "https")
        {
            return "it is not https.";
        }

        if (url.Port != 443 && !ports.Contains(url.Port))
        {
            return $"port {url.Port} is not allowed.";
        }

        var host = url.IdnHost.TrimEnd('.');
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith(".local", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".internal", StringComparison.OrdinalIgnoreCase))
        {
            return "it is a local name.";
        }

        return IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? Check(literal) : null;
    }

    /// <summary>Checks an address that is about to be dialled; returns what is wrong, or null.</summary>
    public string? Check(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return allowPrivate || IsPublic(address) ? null : "it is not a public address.";
    }

    /// <summary>True for an address on the public internet. An IPv4 address inside an IPv6 form (mapped, compatible, NAT64, 6to4) counts as itself.</summary>
    public static bool IsPublic(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (Embedded(address) is { } embedded)
        {
            return IsPublic(embedded);
        }

        return !s_localNat64.Contains(address) && !s_forbidden.Any(range => range.BaseAddress.AddressFamily == address.AddressFamily && range.Contains(address));
    }

    private static IPAddress? Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        var bytes = address.GetAddressBytes();
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
            : s_nat64.Contains(address) ? new IPAddress(bytes.AsSpan(12, 4))
            : s_sixToFour.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4))
            : s_compatible.Contains(address) && !address.Equals(IPAddress.IPv6Any) && !address.Equals(IPAddress.IPv6Loopback) ? new IPAddress(bytes.AsSpan(12, 4))
            : null;
    }
}
