using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Kayse.Tests.Torture;

/// <summary>Senders that keep sending events of calls and others, small ones and large ones; what is refused is sent again, as the refusal says.</summary>
internal sealed class EventStream : IDisposable
{
    private const int Senders = 8;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(20);

    private readonly HttpClient _http;
    private readonly string _url;
    private readonly string _company;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<string> _acknowledged = new();
    private readonly Task _sending;
    private int _refused;
    private volatile TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EventStream(HttpClient http, string url, string company)
    {
        _http = http;
        _url = url;
        _company = company;
        _sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(() => SendAllAsync(sender))));
    }

    /// <summary>The events that were answered 202.</summary>
    public IReadOnlyCollection<string> Acknowledged => _acknowledged;

    /// <summary>How many were answered 503.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Ends when something is so, which is looked at after each answer.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        for (var moved = _moved; !condition(); moved = _moved)
        {
            if (await Task.WhenAny(moved.Task, _sending).WaitAsync(s_patience) == _sending)
            {
                await _sending;
            }
        }
    }

    /// <summary>Waits for the answers that are under way and sends no more.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _sending;
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task SendAllAsync(int sender)
    {
        for (var n = 0; !_stopping.IsCancellationRequested; n++)
        {
            var id = $"evt_{sender}_{n}";
            while (!await IsTakenAsync(id, n % 5 == 0 ? 40_000 : 1000) && !_stopping.IsCancellationRequested)
            {
                await Task.Delay(s_again);
            }
        }
    }

    private async Task<bool> IsTakenAsync(string id, int bytes)
    {
        using var answer = await _http.PostAsJsonAsync(
            $"{_url}/api/events",
            new
            {
                id,
                type = id[^1] % 2 == 0 ? "call_analyzed" : "task_completed",
                occurredAt = "2026-11-20T15:05:10Z",
                companyId = _company,
                @case = new { externalSource = "lawruler", externalSourceId = "711551" },
                data = new { call = new { call_id = id }, fill = new string('x', bytes) },
            });
        var isTaken = answer.StatusCode == HttpStatusCode.Accepted;
        if (isTaken)
        {
            _acknowledged.Enqueue(id);
        }
        else
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            Assert.NotNull(answer.Headers.RetryAfter?.Delta);
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal("The store cannot take this for now.", problem.GetProperty("title").GetString());
            Interlocked.Increment(ref _refused);
        }

        Interlocked.Exchange(ref _moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        return isTaken;
    }
}
