using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// The signature of Lawmatics' webhooks: HMAC-SHA256 in hex digits; the key is the whole secret, <c>whsec_</c> included, the message the timestamp's text, a dot
/// and the body's bytes as they came (docs.lawmatics.com, "Webhooks").
/// </summary>
public static class LawmaticsSignature
{
    /// <summary>True when the hex digits are the signature. Compared in constant time.</summary>
    public static bool Matches(string secret, string timestamp, ReadOnlySpan<byte> body, string hex)
    {
        ArgumentNullException.ThrowIfNull(hex);
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return Convert.FromHexString(hex, given, out var read, out var written) == OperationStatus.Done && read == hex.Length && written == given.Length
            && CryptographicOperations.FixedTimeEquals(given, Hash(secret, timestamp, body));
    }

    /// <summary>The time that a timestamp in Unix seconds says; null for another text.</summary>
    public static long? Seconds(string? timestamp) => timestamp is { Length: <= 15 } && long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;

    private static byte[] Hash(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(Encoding.UTF8.GetBytes(timestamp + "."));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }
}
