using Kayse.Core.Webhooks;

namespace Kayse.Tests.Webhooks;

/// <summary>The signatures, against vectors that an independent HMAC implementation made.</summary>
public sealed class SignatureTests
{
    private const string Text = "test_signing_secret";
    private const string Standard = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const long Seconds = 1614265330;
    private const string StandardVector = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private static readonly DateTimeOffset s_at = DateTimeOffset.FromUnixTimeSeconds(1700000000);
    private static readonly byte[] s_body = """{"event":"call_ended","call":{"call_id":"c_1"}}"""u8.ToArray();
    private static readonly byte[] s_standardBody = """{"test": 2432232314}"""u8.ToArray();

    public static TheoryData<SignatureFormat, string> Vectors => new()
    {
        { SignatureFormat.Hex, "3d254df16ac5604a279a2e8276f943124257ea577127f40e5d68cb5072167c3e" },
        { SignatureFormat.PrefixedHex, "sha256=3d254df16ac5604a279a2e8276f943124257ea577127f40e5d68cb5072167c3e" },
        { SignatureFormat.Base64, "PSVN8WrFYEonmi6CdvlDEkJX6ldxJ/QOXWjLUHIWfD4=" },
        { SignatureFormat.Timestamped, "t=1700000000,v1=da7b8f5ff3d06b27a8f7da380b2d02cfb2e2ad0805eefb4de5534a132f84ed27" },
        { SignatureFormat.Retell, "v=1700000000000,d=aa23a93e66649ebd5ffed27686e0b11a3483febeef8ce030d83fb0c6ad512569" },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Each_format_gives_its_vector(SignatureFormat format, string vector) =>
        Assert.Equal(vector, WebhookSignature.Kayse(format, Text, s_body, s_at));

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Any_flipped_byte_gives_another_signature(SignatureFormat format, string vector)
    {
        for (var i = 0; i < s_body.Length; i++)
        {
            Assert.NotEqual(Mac(vector), Mac(WebhookSignature.Kayse(format, Text, Flipped(s_body, i), s_at)));
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Another_secret_or_the_same_json_written_anew_gives_another_signature(SignatureFormat format, string vector)
    {
        Assert.NotEqual(Mac(vector), Mac(WebhookSignature.Kayse(format, Text + "s", s_body, s_at)));
        Assert.NotEqual(Mac(vector), Mac(WebhookSignature.Kayse(format, Text, """{"event": "call_ended", "call": {"call_id": "c_1"}}"""u8, s_at)));
    }

    [Theory]
    [InlineData(SignatureFormat.Timestamped, 1000)]
    [InlineData(SignatureFormat.Retell, 1)]
    public void A_format_with_a_time_signs_the_time(SignatureFormat format, int milliseconds) =>
        Assert.NotEqual(Mac(WebhookSignature.Kayse(format, Text, s_body, s_at)), Mac(WebhookSignature.Kayse(format, Text, s_body, s_at.AddMilliseconds(milliseconds))));

    [Fact]
    public void The_key_of_the_own_scheme_is_the_whole_text_of_any_length_and_script()
    {
        Assert.NotEqual(WebhookSignature.Kayse(SignatureFormat.Hex, Standard, s_body, s_at), WebhookSignature.Kayse(SignatureFormat.Hex, Standard["whsec_".Length..], s_body, s_at));
        // HMAC hashes a key that is longer than a block; computed with Python's hmac.
        Assert.Equal("10c32a0df6fdc82ad751f89f4d42329a6dbf7e0d00d24d9c2488e809f1583233", WebhookSignature.Kayse(SignatureFormat.Hex, string.Concat(Enumerable.Repeat("ключ", 100)), s_body, s_at));
    }

    [Fact]
    public void The_standard_scheme_gives_its_vector() =>
        Assert.Equal(StandardVector, WebhookSignature.Standard(Standard, Id, Seconds, s_standardBody));

    [Fact]
    public void In_the_standard_scheme_any_flipped_byte_gives_another_signature()
    {
        for (var i = 0; i < s_standardBody.Length; i++)
        {
            Assert.NotEqual(StandardVector, WebhookSignature.Standard(Standard, Id, Seconds, Flipped(s_standardBody, i)));
        }
    }

    [Fact]
    public void In_the_standard_scheme_another_id_time_secret_or_json_written_anew_gives_another_signature()
    {
        Assert.NotEqual(StandardVector, WebhookSignature.Standard(Standard, Id + "1", Seconds, s_standardBody));
        Assert.NotEqual(StandardVector, WebhookSignature.Standard(Standard, Id, Seconds + 1, s_standardBody));
        Assert.NotEqual(StandardVector, WebhookSignature.Standard(WebhookSignature.NewSecret(), Id, Seconds, s_standardBody));
        Assert.NotEqual(StandardVector, WebhookSignature.Standard(Standard, Id, Seconds, """{"test":2432232314}"""u8));
    }

    [Theory]
    [InlineData("evt.1")]
    [InlineData("evt 1")]
    [InlineData("evt_ж")]
    [InlineData("")]
    public void An_id_that_cannot_be_told_from_what_follows_it_is_refused(string id) =>
        Assert.Throws<ArgumentException>(() => WebhookSignature.Standard(Standard, id, Seconds, s_standardBody));

    [Fact]
    public void A_new_secret_is_a_secret_of_32_bytes_and_another_each_time()
    {
        var secrets = Enumerable.Range(0, 50).Select(_ => WebhookSignature.NewSecret()).ToHashSet();

        Assert.Equal(50, secrets.Count);
        Assert.All(secrets, secret =>
        {
            Assert.True(WebhookSignature.IsSecret(secret));
            Assert.Equal(32, Convert.FromBase64String(secret["whsec_".Length..]).Length);
        });
    }

    [Theory]
    [InlineData(23, false)]
    [InlineData(24, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_secret_has_24_to_64_bytes(int bytes, bool expected) =>
        Assert.Equal(expected, WebhookSignature.IsSecret("whsec_" + Convert.ToBase64String(new byte[bytes])));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_MfKQ9r8GKYqr TwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAA")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_")]
    public void What_is_not_the_prefix_and_padded_base64_is_no_secret_and_signs_nothing(string? text)
    {
        Assert.False(WebhookSignature.IsSecret(text));
        Assert.Throws<ArgumentException>(() => WebhookSignature.Standard(text!, Id, Seconds, s_standardBody));
    }

    [Fact]
    public void Signing_a_large_body_allocates_no_more_than_the_header()
    {
        var body = new byte[256 * 1024];
        var secret = WebhookSignature.NewSecret();
        long SignAll()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var format in Enum.GetValues<SignatureFormat>())
            {
                WebhookSignature.Kayse(format, secret, body, s_at);
            }

            WebhookSignature.Standard(secret, Id, Seconds, body);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // The first time fills the pool.
        SignAll();
        Assert.InRange(SignAll(), 1, 4096);
    }

    // Only the MAC: that the time beside it differs would prove nothing.
    private static string Mac(string signature) => signature[(signature.LastIndexOf(',') + 1)..];

    private static byte[] Flipped(byte[] body, int index)
    {
        var flipped = body.ToArray();
        flipped[index] ^= 1;
        return flipped;
    }
}
