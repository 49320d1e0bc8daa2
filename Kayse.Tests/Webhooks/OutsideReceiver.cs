using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Kayse.Tests.Webhooks;

/// <summary>A receiver that outlives the host's restarts, answers as a test says, and sees how many requests are with it at a time.</summary>
internal sealed class OutsideReceiver : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<OutsideRequest> _requests = [];
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;
    private readonly Func<OutsideRequest, Task<OutsideAnswer>> _answer;
    private readonly WebApplication _app;

    private OutsideReceiver(TimeProvider clock, Func<OutsideRequest, Task<OutsideAnswer>> answer)
    {
        (_clock, _answer) = (clock, answer);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        _app = builder.Build();
        _app.Run(ReceiveAsync);
    }

    public string Url => $"http://localhost:{new Uri(_app.Urls.Single()).Port}/";

    /// <summary>What has come in, in order.</summary>
    public IReadOnlyList<OutsideRequest> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>How many requests are with it now.</summary>
    public int InFlight
    {
        get
        {
            lock (_gate)
            {
                return _open.Values.Sum();
            }
        }
    }

    /// <summary>How many there were at a time at the most.</summary>
    public int MostInFlight { get; private set; }

    /// <summary>How many of one delivery there were at a time at the most.</summary>
    public int MostOfOne { get; private set; }

    public static async Task<OutsideReceiver> StartAsync(TimeProvider clock, Func<OutsideRequest, Task<OutsideAnswer>> answer)
    {
        var receiver = new OutsideReceiver(clock, answer);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>A receiver that answers at once.</summary>
    public static Task<OutsideReceiver> StartAsync(TimeProvider clock, Func<OutsideRequest, OutsideAnswer> answer) => StartAsync(clock, request => Task.FromResult(answer(request)));

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        string Header(string name) => context.Request.Headers[name].ToString();
        var request = Opened(Header("webhook-id"), Header("X-Kayse-Delivery"), Header("X-Kayse-Event"));
        try
        {
            var answer = await _answer(request).WaitAsync(context.RequestAborted);
            context.Response.StatusCode = answer.Status;
            if (answer.RetryAfter is { } retryAfter)
            {
                context.Response.Headers.RetryAfter = retryAfter;
            }

            if (answer.IsReset)
            {
                context.Features.Get<IConnectionSocketFeature>()!.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
                context.Abort();
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Who called went away.
        }
        finally
        {
            Closed(request);
        }
    }

    private OutsideRequest Opened(string eventId, string delivery, string type)
    {
        lock (_gate)
        {
            var request = new OutsideRequest(eventId, delivery, type, _requests.Count(one => one.Delivery == delivery) + 1, _clock.GetUtcNow());
            _requests.Add(request);
            _open[delivery] = _open.GetValueOrDefault(delivery) + 1;
            MostInFlight = Math.Max(MostInFlight, _open.Values.Sum());
            MostOfOne = Math.Max(MostOfOne, _open[delivery]);
            return request;
        }
    }

    private void Closed(OutsideRequest request)
    {
        lock (_gate)
        {
            _open[request.Delivery]--;
        }
    }
}

/// <summary>A request that came in.</summary>
/// <param name="EventId">The event.</param>
/// <param name="Delivery">The delivery.</param>
/// <param name="Type">The event's type.</param>
/// <param name="Number">Which of the delivery's requests, from 1.</param>
/// <param name="At">When.</param>
internal sealed record OutsideRequest(string EventId, string Delivery, string Type, int Number, DateTimeOffset At);

/// <summary>What is answered.</summary>
internal sealed record OutsideAnswer(int Status, string? RetryAfter = null, bool IsReset = false)
{
    public static OutsideAnswer After(int status, int seconds) => new(status, seconds.ToString(CultureInfo.InvariantCulture));
}
