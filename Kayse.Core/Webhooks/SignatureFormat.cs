namespace Kayse.Core.Webhooks;

/// <summary>
/// How <c>X-Kayse-Signature</c> is written. That it is an HMAC-SHA256 with a secret of each webhook's own is public; the spelling is not, so the
/// formats that the field uses can be chosen.
/// </summary>
public enum SignatureFormat
{
    /// <summary><c>hex</c>, the default: lower-case hex of the HMAC over the body (e.g. Razorpay, Lemon Squeezy).</summary>
    Hex,

    /// <summary><c>sha256=</c> and the same hex, as GitHub's <c>X-Hub-Signature-256</c>.</summary>
    PrefixedHex,

    /// <summary>Base64 of the HMAC over the body, as Shopify's <c>X-Shopify-Hmac-Sha256</c>.</summary>
    Base64,

    /// <summary><c>t=</c> Unix seconds <c>,v1=</c> hex of the HMAC over <c>t.body</c>, as Stripe's <c>Stripe-Signature</c>.</summary>
    Timestamped,

    /// <summary><c>v=</c> Unix milliseconds <c>,d=</c> hex of the HMAC over the body followed by those milliseconds, as Retell's <c>x-retell-signature</c>.</summary>
    Retell,
}
