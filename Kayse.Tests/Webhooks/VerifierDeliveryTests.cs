using System.Text;
using System.Text.Json;
using Kayse.Core.Webhooks;
using Xunit.Abstractions;

namespace Kayse.Tests.Webhooks;

/// <summary>The documentation's programs, each asked about deliveries that Kayse made and the sandbox took.</summary>
public sealed class VerifierDeliveryTests(CapturedDeliveries captured, ITestOutputHelper output) : IClassFixture<CapturedDeliveries>
{
    private const string Previous = "X-Kayse-Signature-Previous";

    public static TheoryData<string> Languages => [.. Verifiers.Languages];

    [Fact]
    public void The_receiver_logs_a_body_without_loss()
    {
        foreach (var sent in new[] { captured.Plain, captured.Large, captured.InOverlap, captured.AfterOverlap })
        {
            Assert.Equal(sent.Headers["Content-Length"], $"{sent.Body.Length}");
        }

        Assert.Equal(CapturedDeliveries.Text, Json(captured.Plain).GetProperty("data").GetProperty("message").GetProperty("text").GetString());
        Assert.Equal(Encoding.UTF8.GetBytes(CapturedDeliveries.Text), captured.Raw.Body);
        Assert.InRange(captured.Large.Body.Length, 100_000, new WebhookSettings().MaxBodyBytes);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_real_delivery_passes_and_with_a_byte_changed_does_not(string language)
    {
        await ExpectAsync(true, language, captured.Secret, captured.Plain);
        await ExpectAsync(true, language, captured.Secret, captured.Large);
        await ExpectAsync(false, language, captured.NewSecret, captured.Plain);

        var body = captured.Plain.Body.ToArray();
        body[body.AsSpan().IndexOf("Road"u8)] ^= 1;
        await ExpectAsync(false, language, captured.Secret, captured.Plain with { Body = body });
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task For_a_day_after_a_change_the_old_and_the_new_secret_pass_and_then_the_new_one_alone(string language)
    {
        await ExpectAsync(true, language, captured.OldSecret, captured.InOverlap);
        await ExpectAsync(true, language, captured.NewSecret, captured.InOverlap);
        await ExpectAsync(false, language, captured.OldSecret, captured.AfterOverlap);
        await ExpectAsync(true, language, captured.NewSecret, captured.AfterOverlap);
    }

    [Fact]
    public void The_old_secret_s_own_header_is_there_during_that_day_alone()
    {
        Assert.Equal(TimeSpan.FromDays(1), captured.Overlap);
        Assert.True(captured.InOverlap.Headers.ContainsKey(Previous));
        Assert.Equal(2, captured.InOverlap.Headers["webhook-signature"].Split(' ').Length);
        Assert.All([captured.Plain, captured.AfterOverlap], sent =>
        {
            Assert.False(sent.Headers.ContainsKey(Previous));
            Assert.DoesNotContain(' ', sent.Headers["webhook-signature"]);
        });
    }

    [Fact]
    public async Task The_check_of_the_own_signature_alone_takes_the_new_secret_and_with_the_old_header_the_old_one()
    {
        var old = captured.InOverlap with
        {
            Headers = new Dictionary<string, string>(captured.InOverlap.Headers, StringComparer.OrdinalIgnoreCase) { ["X-Kayse-Signature"] = captured.InOverlap.Headers[Previous] },
        };
        await ExpectAsync(true, Verifiers.KayseSignatureAlone, captured.NewSecret, captured.InOverlap);
        await ExpectAsync(false, Verifiers.KayseSignatureAlone, captured.OldSecret, captured.InOverlap);
        await ExpectAsync(true, Verifiers.KayseSignatureAlone, captured.OldSecret, old);
        await ExpectAsync(true, Verifiers.KayseSignatureAlone, captured.NewSecret, captured.AfterOverlap);
    }

    private async Task ExpectAsync(bool expected, string language, string secret, CapturedDelivery sent)
    {
        if (await Verifiers.RunAsync(language, secret, sent.Headers, sent.Body) is { } answer)
        {
            Assert.Equal(expected, answer);
            return;
        }

        output.WriteLine($"Not proved: what '{language}' needs is not on this machine.");
    }

    private static JsonElement Json(CapturedDelivery sent)
    {
        using var document = JsonDocument.Parse(sent.Body);
        return document.RootElement.Clone();
    }
}
