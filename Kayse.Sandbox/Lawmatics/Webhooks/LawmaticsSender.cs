using System.Text;
using Kayse.Sandbox.State;
using Kayse.Sandbox.Webhooks;

namespace Kayse.Sandbox.Lawmatics.Webhooks;

/// <summary>Sends a firm's events to receivers on this machine, seven times at most, and records what they answer.</summary>
internal sealed class LawmaticsSender(IHttpClientFactory clients, BackgroundWork background, SandboxState state, SandboxOptions options) : IDisposable
{
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2),
    ];

    private readonly Lock _gate = new();
    private readonly HashSet<ITimer> _timers = [];

    /// <summary>Sends what has happened since the last time, as far as the firm's webhook asks for it.</summary>
    public void SendRaised(LawmaticsFirm firm)
    {
        var now = options.Clock.GetUtcNow();
        var posts = state.Read(() =>
        {
            var selected = firm.Raised.Where(e => firm.Settings.Webhook.Selects(e.Type)).Select(e => LawmaticsPost.Of(firm, e, now)).ToList();
            firm.Raised.Clear();
            return selected;
        });
        foreach (var post in posts)
        {
            Send(firm, post);
        }
    }

    /// <summary>Sends in the background; the caller is not kept waiting.</summary>
    public void Send(LawmaticsFirm firm, LawmaticsPost post)
    {
        foreach (var next in firm.Outbox.Order(post, firm.Settings.Webhook.OutOfOrder))
        {
            SendNow(firm, next);
        }
    }

    /// <summary>Sends the event that is being held back to come out of order.</summary>
    public void Flush(LawmaticsFirm firm)
    {
        if (firm.Outbox.Release() is { } held)
        {
            SendNow(firm, held);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var timer in _timers)
            {
                timer.Dispose();
            }

            _timers.Clear();
        }
    }

    private void SendNow(LawmaticsFirm firm, LawmaticsPost post)
    {
        for (var i = 0; i < post.Repeats; i++)
        {
            firm.Outbox.Enqueue(concurrent: false, () => AttemptAsync(firm, post, attempt: 1));
        }
    }

    private async Task AttemptAsync(LawmaticsFirm firm, LawmaticsPost post, int attempt)
    {
        if (firm.Settings.Webhook is not { Url: { } url } webhook)
        {
            return;
        }

        LawmaticsDelivery delivery;
        try
        {
            delivery = await TryAsync(firm, post, url, attempt, background.Stopping);
        }
        catch (OperationCanceledException)
        {
            // The server is stopping: what has not been sent is lost, as nothing here promises otherwise.
            return;
        }

        // Any 4xx but 429 is final, as is success.
        var isFinal = delivery.Status is (>= 200 and < 300) or (>= 400 and < 500 and not 429) || attempt > Waits.Length;
        if (isFinal)
        {
            firm.Outbox.Record(delivery);
            return;
        }

        var wait = Waits[attempt - 1] * webhook.TimeScale;
        firm.Outbox.Record(delivery with { NextAttemptAt = options.Clock.GetUtcNow() + wait });
        Schedule(wait, () => firm.Outbox.Enqueue(concurrent: true, () => AttemptAsync(firm, post, attempt + 1)));
    }

    private void Schedule(TimeSpan wait, Action next)
    {
        ITimer? timer = null;
        timer = options.Clock.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (_gate)
        {
            _timers.Add(timer);
        }

        timer.Change(wait, Timeout.InfiniteTimeSpan);

        void Fire()
        {
            lock (_gate)
            {
                _timers.Remove(timer!);
                timer!.Dispose();
            }

            if (!background.Stopping.IsCancellationRequested)
            {
                next();
            }
        }
    }

    private async Task<LawmaticsDelivery> TryAsync(LawmaticsFirm firm, LawmaticsPost post, string url, int attempt, CancellationToken ct)
    {
        var now = options.Clock.GetUtcNow();
        var headers = state.Read(() => post.Headers(firm.WebhookSecret, firm.PreviousWebhookSecret, now));
        var delivery = new LawmaticsDelivery
        {
            At = now,
            EventId = post.EventId,
            EventType = post.EventType,
            Attempt = attempt,
            Url = url,
            Headers = headers,
            Sent = post.Body,
        };
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(firm.Settings.Webhook.TimeoutMs), options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(post.Body, Encoding.UTF8, "application/json") };
            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var client = clients.CreateClient(LoopbackHandler.ClientName);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return delivery with { Status = (int)response.StatusCode };
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            return delivery with { Error = e is OperationCanceledException ? "No answer in time." : e.Message };
        }
    }
}
