using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Kayse.Core.Webhooks;

/// <summary>
/// Which addresses Kayse may call on a firm's behalf: https on allowed ports, at hosts all of whose addresses are public. Checked when an address is
/// saved (<see cref="CheckAsync"/>), and again for the addresses that are dialled (<see cref="SafeHttp"/>), since a name may change in between.
/// </summary>
/// <param name="allowPrivate">Lifts the checks of scheme, port and range; for Development alone.</param>
/// <param name="ports">The ports that are allowed besides 443.</param>
/// <param name="resolve">Resolves a name; null for the system's resolver.</param>
/// <param name="clock">Measures how long a name may take when an address is saved; null for the system's.</param>
public sealed class SafeDestination(
    bool allowPrivate, IReadOnlyCollection<int> ports, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null, TimeProvider? clock = null)
{
    private const int MaxHostLength = 253;
    private const string NotAnAddress = "it is not an absolute https address.";
    private const string Unusual = "its host is a number in an unusual form. Write the host's name.";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly SearchValues<char> s_written = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]");
    private static readonly string[] s_localNames = ["localhost", "local", "localdomain", "internal", "intranet", "private", "corp", "home", "lan", "home.arpa"];
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve = resolve ?? Dns.GetHostAddressesAsync;
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>True when private destinations are let through.</summary>
    public bool AllowsPrivate => allowPrivate;

    /// <summary>Checks an address that is to be saved, with the addresses of its name; returns the parsed address, or what is wrong.</summary>
    public async Task<(Uri? Url, string? Refusal)> CheckAsync(string address, CancellationToken cancellationToken)
    {
        var refusal = Check(address, out var url) ?? (allowPrivate ? null : await CheckNameAsync(url!.Host, cancellationToken));
        return refusal is null ? (url, null) : (null, refusal);
    }

    /// <summary>Checks an address as it is written; returns what is wrong, or null and the parsed address.</summary>
    public string? Check(string address, out Uri? url) => Uri.TryCreate(address, UriKind.Absolute, out url) ? Check(url) : NotAnAddress;

    /// <summary>Checks an address as it is written; returns what is wrong, or null.</summary>
    public string? Check(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (!url.IsAbsoluteUri || url.Scheme is not ("https" or "http") || url.OriginalString.Any(char.IsControl))
        {
            return NotAnAddress;
        }

        if (CheckWritten(url) is { } wrong)
        {
            return wrong;
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

        return url.HostNameType != UriHostNameType.Dns ? Check(IPAddress.Parse(url.Host)) : IsLocal(url.Host.TrimEnd('.')) ? "it is a local name." : null;
    }

    /// <summary>Checks an address that is about to be dialled; returns what is wrong, or null.</summary>
    public string? Check(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return allowPrivate || PublicRanges.Contain(address) ? null : "it is not a public address.";
    }

    /// <summary>The addresses of a host, each of which has been checked; these, and no others, may be dialled.</summary>
    /// <exception cref="DestinationRefusedException">One of them is not public.</exception>
    /// <exception cref="SocketException">The name cannot be resolved.</exception>
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await _resolve(host, cancellationToken);
        if (addresses.Length == 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        foreach (var address in addresses)
        {
            if (Check(address) is { } refusal)
            {
                throw new DestinationRefusedException(refusal);
            }
        }

        return addresses;
    }

    // What is refused here is read in different ways by different programs: it has no place in an address, wherever it leads.
    private static string? CheckWritten(Uri url)
    {
        var original = url.OriginalString.AsSpan().Trim();
        var authority = original[(original.IndexOf("//", StringComparison.Ordinal) + 2)..];
        authority = authority.IndexOfAny("/?#") is >= 0 and var end ? authority[..end] : authority;
        if (authority.Contains('@'))
        {
            return "it carries a user name or password.";
        }

        if (authority.ContainsAnyExcept(s_written))
        {
            return "its host has characters other than a-z, 0-9, dots and hyphens. Write an international name in its xn-- form.";
        }

        if (url.HostNameType is UriHostNameType.Basic or UriHostNameType.Unknown || url.Host.TrimEnd('.').Length > MaxHostLength)
        {
            return "its host is not a valid name.";
        }

        var host = authority.IndexOf(':') is >= 0 and var colon ? authority[..colon] : authority;
        return url.HostNameType switch
        {
            UriHostNameType.IPv4 when !host.SequenceEqual(url.Host) => Unusual,
            UriHostNameType.Dns when EndsInNumber(url.Host.TrimEnd('.')) => Unusual,
            _ => null,
        };
    }

    private static bool EndsInNumber(string host)
    {
        var last = host[(host.LastIndexOf('.') + 1)..];
        return last.All(char.IsAsciiDigit) || (last.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && last.Skip(2).All(char.IsAsciiHexDigit));
    }

    private static bool IsLocal(string host) =>
        !host.Contains('.') || s_localNames.Any(name => host.Equals(name, StringComparison.OrdinalIgnoreCase) || host.EndsWith($".{name}", StringComparison.OrdinalIgnoreCase));

    private async Task<string?> CheckNameAsync(string host, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(s_patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await ResolveAsync(host, either.Token);
            return null;
        }
        catch (DestinationRefusedException)
        {
            return $"{host} leads to an address that is not on the public internet. Ask who runs the receiving system for an address that can be reached from outside.";
        }
        catch (SocketException fault) when (fault.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            return $"{host} is not a known name. Check the spelling, or ask who runs the receiving system for the right address.";
        }
        catch (Exception fault) when (fault is SocketException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return $"{host} could not be looked up within {s_patience.TotalSeconds} seconds. Check the spelling; if it is right, try again in a few minutes.";
        }
    }
}
