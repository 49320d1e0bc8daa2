using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Kayse.Benchmarks.Load;
using Kayse.Benchmarks.Processes;

namespace Kayse.Benchmarks.Webhooks;

/// <summary>What the HTTP client alone can do: it sends the same request as a delivery and reads the answer, and does nothing between.</summary>
internal static class BareClientRole
{
    /// <summary>The role's name.</summary>
    public const string Name = "bare-client";

    /// <summary>Runs until the input ends.</summary>
    public static async Task RunAsync(string request)
    {
        var sent = JsonSerializer.Deserialize<BareRequest>(request)!;
        // As the product's client is set up.
        using var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
        });
        await RoleServer.ServeAsync("ready", () => 0, new Dictionary<string, Func<string, Task<string>>>(StringComparer.Ordinal)
        {
            ["send"] = async rest => rest.Split(' ') is [var atOnce, var seconds]
                ? JsonSerializer.Serialize(await SendAsync(client, sent, int.Parse(atOnce, CultureInfo.InvariantCulture), double.Parse(seconds, CultureInfo.InvariantCulture)))
                : throw new FormatException(rest),
        });
    }

    private static async Task<LoadResult> SendAsync(HttpMessageInvoker client, BareRequest sent, int atOnce, double seconds)
    {
        var latencies = new Latencies();
        var (acknowledged, failed, start) = (0L, 0L, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(LoopAsync)));
        return new LoadResult(acknowledged, failed, Stopwatch.GetElapsedTime(start).TotalSeconds, latencies);

        async Task LoopAsync()
        {
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
            {
                var begin = Stopwatch.GetTimestamp();
                var isDone = await SendOneAsync(client, sent);
                latencies.Add(begin);
                Interlocked.Increment(ref isDone ? ref acknowledged : ref failed);
            }
        }
    }

    private static async Task<bool> SendOneAsync(HttpMessageInvoker client, BareRequest sent)
    {
        using var content = new ByteArrayContent(sent.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, sent.Url) { Content = content };
        foreach (var (name, value) in sent.Headers)
        {
            // The content has its own type.
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request, default);
        await response.Content.CopyToAsync(Stream.Null);
        return response.IsSuccessStatusCode;
    }
}

/// <summary>A delivery as it was sent.</summary>
/// <param name="Url">Where to.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Body">Its body.</param>
internal sealed record BareRequest(string Url, IReadOnlyDictionary<string, string> Headers, byte[] Body);
