using System.Security.Cryptography;
using System.Text;
using Kayse.Core.Webhooks;

namespace Kayse.Tests.Webhooks;

/// <summary>A delivery that was signed a moment ago, and the receiver's secret: what a test changes to see whether it is noticed.</summary>
internal sealed class VerifierDelivery
{
    private readonly long _seconds;

    public VerifierDelivery(long secondsOff = 0)
    {
        _seconds = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + secondsOff;
        Headers["webhook-id"] = "evt_7Qf1";
        Headers["webhook-timestamp"] = $"{_seconds}";
        Sign();
    }

    public string Secret { get; set; } = WebhookSignature.NewSecret();

    public Dictionary<string, string> Headers { get; } = new(StringComparer.Ordinal);

    // Not ASCII, a break in the text and one at the end: what careless reading loses.
    public byte[] Body { get; set; } = Encoding.UTF8.GetBytes("{ \"id\": \"evt_7Qf1\", \"data\": { \"text\": \"Cañon Road\\n\u2013 Tilda\" } }\r\n\n");

    public string Signature
    {
        get => Headers["webhook-signature"];
        set => Headers["webhook-signature"] = value;
    }

    /// <summary>The signature with a secret.</summary>
    public string SignedWith(string secret) => WebhookSignature.Standard(secret, "evt_7Qf1", _seconds, Body);

    /// <summary>A signature whose key is the secret's text, not what its base64 stands for.</summary>
    public string SignedWithText()
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"evt_7Qf1.{_seconds}."), .. Body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), signed));
    }

    /// <summary>Signs the body as it is now.</summary>
    public void Sign()
    {
        Signature = SignedWith(Secret);
        Headers["X-Kayse-Signature"] = WebhookSignature.Kayse(SignatureFormat.Hex, Secret, Body, DateTimeOffset.UnixEpoch);
    }

    /// <summary>What a program says of it.</summary>
    public Task<bool?> AskAsync(string language) => Verifiers.RunAsync(language, Secret, Headers, Body);
}
