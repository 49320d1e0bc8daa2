using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Kayse.Tests.Webhooks;

/// <summary>Whatever keeps an answer from coming is retried like an answer of 500.</summary>
public sealed class UnreachableTests
{
    [Fact]
    public async Task What_never_answers_is_tried_again_like_what_answers_500()
    {
        await using var firm = await WebhookFirm.StartAsync(ResolveAsync);
        using var certificate = SelfSigned();
        await using var selfSigned = new SafeDestinationServer("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", certificate);
        await firm.AnswerAsync("hanging", new { delayMs = 100_000_000 });
        await firm.AnswerAsync("reset", new { reset = true });
        var plainPort = new Uri(firm.Host.SandboxUrl).Port;
        var cases = new Dictionary<string, (string Url, string Error)>
        {
            ["unknown"] = ("https://gone.example.com/hook", "The host's name could not be resolved."),
            ["plain"] = ($"https://localhost:{plainPort}/receiver/plain", "No secure connection could be made: check the certificate and its chain."),
            ["selfsigned"] = ($"https://localhost:{selfSigned.Port}/", "No secure connection could be made: check the certificate and its chain."),
            ["closed"] = ($"http://localhost:{ClosedPort()}/", "No connection could be made."),
            ["hanging"] = (firm.Address("hanging"), "No complete answer within 15 seconds."),
            ["reset"] = (firm.Address("reset"), "The connection broke off before the answer was complete."),
        };
        var webhooks = new Dictionary<string, string>();
        foreach (var (name, (url, _)) in cases)
        {
            webhooks[name] = await firm.AddIdAsync(name, new { url });
        }

        await firm.SendAsync();

        // All but the one that hangs fail while the clock stands still.
        foreach (var (_, webhook) in webhooks.Where(pair => pair.Key != "hanging"))
        {
            await firm.OnlyAsync(webhook);
        }

        foreach (var (name, webhook) in webhooks)
        {
            var first = await firm.OnlyAsync(webhook, TimeSpan.FromSeconds(1));
            var second = (await firm.AttemptedAsync(webhook, first.Text("id")!, 2)).Attempts();
            Assert.All(second, attempt => Assert.Equal((name, cases[name].Error, JsonValueKind.Null), (name, attempt.Text("error"), attempt.GetProperty("status").ValueKind)));
            Assert.InRange(Wait(second[0]), 4.5, 5.5);
            Assert.InRange(Wait(second[1]), 270, 330);
        }

        Assert.Empty(selfSigned.Heads);
        Assert.Empty(await firm.ReceivedAsync("plain"));
    }

    /// <summary>From an attempt's end to the next.</summary>
    private static double Wait(JsonElement attempt) =>
        (attempt.Time("nextAttemptAt")!.Value - attempt.Time("at")!.Value).TotalSeconds - (attempt.GetProperty("durationMs").GetDouble() / 1000);

    private static Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        host == "gone.example.com" ? Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound)) : Task.FromResult<IPAddress[]>([IPAddress.Loopback]);

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
