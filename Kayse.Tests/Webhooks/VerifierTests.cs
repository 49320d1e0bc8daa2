using System.Diagnostics;
using System.Text;
using Kayse.Core.Webhooks;
using Xunit.Abstractions;

namespace Kayse.Tests.Webhooks;

/// <summary>The documentation's programs, each asked about deliveries that are genuine and about ones that are not.</summary>
public sealed class VerifierTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, Action<VerifierDelivery>> s_genuine = new(StringComparer.Ordinal)
    {
        ["as it was sent"] = _ => { },
        ["a right signature last among several"] = sent => sent.Signature = $"v2,{sent.Signature[3..]} {Other(sent)} {sent.Signature}",
        ["a right signature first among several"] = sent => sent.Signature = $"{sent.Signature} {Other(sent)} v1a,AAAA",
        ["an empty body"] = sent => Resign(sent, []),
        ["a large body"] = sent => Resign(sent, Encoding.UTF8.GetBytes($"\"{new string('é', 200_000)}\"")),
        ["the old secret while two sign"] = sent => sent.Signature = $"{sent.SignedWith(WebhookSignature.NewSecret())} {sent.Signature}",
    };

    private static readonly Dictionary<string, Action<VerifierDelivery>> s_forged = new(StringComparer.Ordinal)
    {
        ["the first byte flipped"] = sent => sent.Body[0] ^= 1,
        ["the last byte flipped"] = sent => sent.Body[^1] ^= 1,
        ["the last line break lost"] = sent => sent.Body = sent.Body[..^1],
        ["the JSON written anew"] = sent => sent.Body = """{"id":"evt_7Qf1","data":{"text":"Ca\u00F1on Road\n\u2013 Tilda"}}"""u8.ToArray(),
        ["no id"] = sent => sent.Headers.Remove("webhook-id"),
        ["no timestamp"] = sent => sent.Headers.Remove("webhook-timestamp"),
        ["no signature"] = sent => sent.Headers.Remove("webhook-signature"),
        ["another id"] = sent => sent.Headers["webhook-id"] = "evt_7Qf2",
        ["another time"] = sent => sent.Headers["webhook-timestamp"] = $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 60}",
        ["a time that is no number"] = sent => sent.Headers["webhook-timestamp"] += "x",
        ["another secret"] = sent => sent.Secret = WebhookSignature.NewSecret(),
        ["the secret's text as the key"] = sent => sent.Signature = sent.SignedWithText(),
        ["unknown versions only"] = sent => sent.Signature = $"v2,{sent.Signature[3..]} v1a,{sent.Signature[3..]} v11,{sent.Signature[3..]}",
        ["no version"] = sent => sent.Signature = sent.Signature[3..],
        ["a part of the signature"] = sent => sent.Signature = sent.Signature[..20],
        ["only wrong signatures"] = sent => sent.Signature = $"{Other(sent)} {Other(sent)}",
        ["an empty list"] = sent => sent.Signature = string.Empty,
        ["a list of nothing"] = sent => sent.Signature = " ",
        ["the wildcard"] = sent => sent.Signature = "* v1,*",
    };

    public static TheoryData<string> Languages => [.. Verifiers.Languages];

    public static TheoryData<string, string> Genuine => Each(s_genuine.Keys);

    public static TheoryData<string, string> Forged => Each(s_forged.Keys);

    [Theory]
    [MemberData(nameof(Genuine))]
    public async Task A_genuine_delivery_passes(string language, string delivery)
    {
        var sent = new VerifierDelivery();
        s_genuine[delivery](sent);
        Expect(true, await sent.AskAsync(language), language);
    }

    [Theory]
    [MemberData(nameof(Forged))]
    public async Task What_was_not_sent_so_is_refused(string language, string delivery)
    {
        var sent = new VerifierDelivery();
        s_forged[delivery](sent);
        Expect(false, await sent.AskAsync(language), language);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_clock_that_is_almost_five_minutes_off_is_put_up_with(string language)
    {
        // The program's start takes from the one and gives to the other.
        Expect(true, await new VerifierDelivery(-240).AskAsync(language), language);
        Expect(true, await new VerifierDelivery(299).AskAsync(language), language);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_delivery_of_five_minutes_and_a_second_ago_is_refused(string language) =>
        Expect(false, await new VerifierDelivery(-301).AskAsync(language), language);

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_delivery_from_five_minutes_and_a_second_ahead_is_refused(string language)
    {
        // It comes nearer while the program starts: an answer counts only if it took no longer than what was laid on top.
        for (var margin = 1; margin <= 64; margin *= 2)
        {
            var took = Stopwatch.StartNew();
            var answer = await new VerifierDelivery(301 + margin).AskAsync(language);
            if (answer != true || took.Elapsed < TimeSpan.FromSeconds(margin))
            {
                Expect(false, answer, language);
                return;
            }
        }

        Assert.Fail("The program took more than a minute each time.");
    }

    [Fact]
    public async Task The_check_of_the_own_signature_alone_tells_genuine_from_forged()
    {
        const string Program = Verifiers.KayseSignatureAlone;
        var genuine = new VerifierDelivery();
        var flipped = new VerifierDelivery();
        flipped.Body[5] ^= 1;
        var none = new VerifierDelivery();
        none.Headers.Remove("X-Kayse-Signature");
        var decoded = new VerifierDelivery();
        decoded.Headers["X-Kayse-Signature"] = WebhookSignature.Kayse(SignatureFormat.Hex, decoded.Secret["whsec_".Length..], decoded.Body, DateTimeOffset.UnixEpoch);

        Expect(true, await genuine.AskAsync(Program), Program);
        genuine.Secret = WebhookSignature.NewSecret();
        Expect(false, await genuine.AskAsync(Program), Program);
        Expect(false, await flipped.AskAsync(Program), Program);
        Expect(false, await none.AskAsync(Program), Program);
        Expect(false, await decoded.AskAsync(Program), Program);
    }

    private void Expect(bool expected, bool? answer, string language)
    {
        if (answer is null)
        {
            output.WriteLine($"Not proved: what '{language}' needs is not on this machine.");
            return;
        }

        Assert.Equal(expected, answer);
    }

    private static string Other(VerifierDelivery sent) => sent.SignedWith(WebhookSignature.NewSecret());

    private static void Resign(VerifierDelivery sent, byte[] body)
    {
        sent.Body = body;
        sent.Sign();
    }

    private static TheoryData<string, string> Each(IEnumerable<string> deliveries)
    {
        var data = new TheoryData<string, string>();
        foreach (var language in Verifiers.Languages)
        {
            foreach (var delivery in deliveries)
            {
                data.Add(language, delivery);
            }
        }

        return data;
    }
}
