using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Kayse.Core.Webhooks;

/// <summary>
/// Signs deliveries, and makes the secrets for it. Two schemes share one secret: Kayse's own takes its text as the key, Standard Webhooks what the
/// base64 after <c>whsec_</c> stands for (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md).
/// </summary>
public static class WebhookSignature
{
    private const string SecretPrefix = "whsec_";
    private const int NewSecretBytes = 32;
    private const int MinSecretBytes = 24;
    private const int MaxSecretBytes = 64;
    private const int StackBytes = 256;

    /// <summary>The value of <c>X-Kayse-Signature</c>.</summary>
    /// <param name="format">How it is written.</param>
    /// <param name="secret">The secret; the key is its UTF-8 bytes, the prefix included.</param>
    /// <param name="body">The bytes that are sent.</param>
    /// <param name="at">When the attempt is made; only the formats with a time use it.</param>
    public static string Kayse(SignatureFormat format, string secret, ReadOnlySpan<byte> body, DateTimeOffset at)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        var bytes = Encoding.UTF8.GetMaxByteCount(secret.Length);
        var key = bytes <= StackBytes ? stackalloc byte[StackBytes] : new byte[bytes];
        key = key[..Encoding.UTF8.GetBytes(secret, key)];
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> time = stackalloc byte[24];
        switch (format)
        {
            case SignatureFormat.Timestamped:
                time = Digits(at.ToUnixTimeSeconds(), time, dot: true);
                HashJoined(key, time, body, hash);
                return Hex("t=", time[..^1], ",v1=", hash);
            case SignatureFormat.Retell:
                time = Digits(at.ToUnixTimeMilliseconds(), time, dot: false);
                HashJoined(key, body, time, hash);
                return Hex("v=", time, ",d=", hash);
            case SignatureFormat.Hex or SignatureFormat.PrefixedHex or SignatureFormat.Base64:
                HMACSHA256.HashData(key, body, hash);
                return format == SignatureFormat.Base64
                    ? Convert.ToBase64String(hash)
                    : Hex(format == SignatureFormat.PrefixedHex ? "sha256=" : string.Empty, [], string.Empty, hash);
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format.");
        }
    }

    /// <summary>One entry of <c>webhook-signature</c>: <c>v1,</c> and the base64 of the HMAC over <c>id.timestamp.body</c>.</summary>
    /// <param name="secret">The secret, with its prefix.</param>
    /// <param name="id">The <c>webhook-id</c>; a dot in it would let one message be read as another.</param>
    /// <param name="unixSeconds">The <c>webhook-timestamp</c>.</param>
    /// <param name="body">The bytes that are sent.</param>
    /// <exception cref="ArgumentException">The secret or the id is none.</exception>
    public static string Standard(string secret, string id, long unixSeconds, ReadOnlySpan<byte> body)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        Span<byte> key = stackalloc byte[MaxSecretBytes];
        if (!TryDecode(secret, key, out var keyLength))
        {
            throw new ArgumentException("It is not whsec_ and the base64 of 24 to 64 bytes.", nameof(secret));
        }

        if (id.Length > 64 || id.AsSpan().ContainsAnyExceptInRange('!', '~') || id.Contains('.', StringComparison.Ordinal))
        {
            throw new ArgumentException("An id has at most 64 visible ASCII characters and no dot.", nameof(id));
        }

        Span<byte> prefix = stackalloc byte[96];
        var length = Encoding.ASCII.GetBytes(id, prefix);
        prefix[length++] = (byte)'.';
        length += Digits(unixSeconds, prefix[length..], dot: true).Length;
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HashJoined(key[..keyLength], prefix[..length], body, hash);
        Span<char> text = stackalloc char[44];
        Convert.TryToBase64Chars(hash, text, out _);
        return string.Concat("v1,", text);
    }

    /// <summary>A new secret: <c>whsec_</c> and the base64 of 32 random bytes.</summary>
    public static string NewSecret()
    {
        Span<byte> random = stackalloc byte[NewSecretBytes];
        RandomNumberGenerator.Fill(random);
        return SecretPrefix + Convert.ToBase64String(random);
    }

    /// <summary>True for <c>whsec_</c> and the padded base64 of 24 to 64 bytes.</summary>
    public static bool IsSecret(string? secret) => TryDecode(secret, stackalloc byte[MaxSecretBytes], out _);

    private static bool TryDecode(string? secret, Span<byte> key, out int length)
    {
        length = 0;
        if (secret is null || !secret.StartsWith(SecretPrefix, StringComparison.Ordinal))
        {
            return false;
        }

        var encoded = secret.AsSpan(SecretPrefix.Length);
        // The decoder skips white space; receivers' decoders might not.
        return Base64.IsValid(encoded, out var decoded) && decoded is >= MinSecretBytes and <= MaxSecretBytes && encoded.Length == Base64.GetMaxEncodedToUtf8Length(decoded)
            && Convert.TryFromBase64Chars(encoded, key, out length);
    }

    // One pooled copy costs less than an incremental hash, which is an object with a handle of the system's.
    private static void HashJoined(ReadOnlySpan<byte> key, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> hash)
    {
        var length = first.Length + second.Length;
        var joined = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            first.CopyTo(joined);
            second.CopyTo(joined.AsSpan(first.Length));
            HMACSHA256.HashData(key, joined.AsSpan(0, length), hash);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(joined);
        }
    }

    private static Span<byte> Digits(long number, Span<byte> into, bool dot)
    {
        Utf8Formatter.TryFormat(number, into, out var length);
        if (dot)
        {
            into[length++] = (byte)'.';
        }

        return into[..length];
    }

    private static string Hex(string label, ReadOnlySpan<byte> time, string separator, ReadOnlySpan<byte> hash)
    {
        Span<char> digits = stackalloc char[24];
        Span<char> hex = stackalloc char[2 * HMACSHA256.HashSizeInBytes];
        Convert.TryToHexStringLower(hash, hex, out _);
        return string.Concat(label, digits[..Encoding.ASCII.GetChars(time, digits)], separator, hex);
    }
}
