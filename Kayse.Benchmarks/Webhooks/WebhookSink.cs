using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Kayse.Benchmarks.Webhooks;

/// <summary>Where deliveries go: it reads the body, answers 200 without one, and counts. It runs in the parent, so in another process than what is measured.</summary>
internal sealed class WebhookSink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private long _count;

    private WebhookSink(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public int Port => new Uri(_app.Urls.Single()).Port;

    /// <summary>The requests whose body was read.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Told the path and the <c>webhook-id</c> of each request once its body was read; or null.</summary>
    public Action<string, string>? Arrived { get; set; }

    /// <summary>How long a path is kept waiting for its answer: null for not at all.</summary>
    public Func<string, TimeSpan?> Delay { get; set; } = static _ => null;

    /// <summary>The first request, for those who shall send the same.</summary>
    public BareRequest? First { get; private set; }

    /// <summary>Starts it.</summary>
    public static async Task<WebhookSink> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var sink = new WebhookSink(app);
        app.Run(sink.TakeAsync);
        await app.StartAsync();
        return sink;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var (path, headers) = (context.Request.Path.Value!, context.Request.Headers);
        if (First is null)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            First = new BareRequest(
                $"http://localhost:{Port}{path}",
                headers.Where(header => header.Key is not ("Host" or "Content-Length")).ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.Ordinal),
                body.ToArray());
        }

        while (await context.Request.BodyReader.ReadAsync() is var read)
        {
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        Interlocked.Increment(ref _count);
        Arrived?.Invoke(path, headers["webhook-id"].ToString());
        if (Delay(path) is { } delay)
        {
            await Task.Delay(delay, context.RequestAborted);
        }

        context.Response.ContentLength = 0;
    }
}
