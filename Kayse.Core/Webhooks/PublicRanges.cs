using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Kayse.Core.Webhooks;

/// <summary>Which addresses are on the public internet, by the IANA registers of special-purpose addresses.</summary>
public static class PublicRanges
{
    private const uint Isatap = 0x00005efe;

    // ISATAP's identifier with the bit that says that the IPv4 address is unique in the world.
    private const uint IsatapUnique = 0x02005efe;

    private static readonly IPNetwork[] s_special4 = Parse(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
        "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        // Azure's platform address (learn.microsoft.com, "What is IP address 168.63.129.16?").
        "168.63.129.16/32");

    // Global unicast is all that is given out of IPv6: what lies outside needs no list. 2001::/23 has Teredo (2001::/32) in it.
    private static readonly IPNetwork s_unicast6 = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork[] s_special6 = Parse("2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20");

    private static readonly IPNetwork s_nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork s_sixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork s_compatible = IPNetwork.Parse("::/96");

    /// <summary>True for an address on the public internet. An IPv4 address inside an IPv6 form (mapped, compatible, NAT64, 6to4, ISATAP) counts as itself.</summary>
    public static bool Contain(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return !s_special4.Any(range => range.Contains(address));
        }

        var bytes = address.GetAddressBytes();
        var isPublic = Carried(address, bytes) is { } carried ? Contain(carried) : s_unicast6.Contains(address) && !s_special6.Any(range => range.Contains(address));
        // An ISATAP prefix is the site's own, so both must be public.
        return isPublic && (BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(8)) is not (Isatap or IsatapUnique) || Contain(new IPAddress(bytes.AsSpan(12))));
    }

    private static IPAddress? Carried(IPAddress address, byte[] bytes) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : s_nat64.Contains(address) || s_compatible.Contains(address) ? new IPAddress(bytes.AsSpan(12))
        : s_sixToFour.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4))
        : null;

    private static IPNetwork[] Parse(params IEnumerable<string> ranges) => [.. ranges.Select(range => IPNetwork.Parse(range))];
}
