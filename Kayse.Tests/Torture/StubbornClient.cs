using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Tests.Standalone;

namespace Kayse.Tests.Torture;

/// <summary>A client that sends the same again until it is acknowledged: while the connection breaks, and while the host says that it cannot for now. Anything else is a fault of the host's.</summary>
internal sealed class StubbornClient(string url) : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http = Client();
    private int _unanswered;

    /// <summary>The ids of the events that were answered with 202.</summary>
    public ConcurrentQueue<string> Events { get; } = new();

    /// <summary>The numbers of the posts that were answered with 200 or 202.</summary>
    public ConcurrentQueue<string> Posts { get; } = new();

    /// <summary>How many requests got no answer.</summary>
    public int Unanswered => _unanswered;

    /// <summary>Sends an event until it is acknowledged.</summary>
    public async Task EventAsync(JsonElement envelope)
    {
        Assert.Equal(HttpStatusCode.Accepted, await UntilAnsweredAsync(() => _http.PostAsJsonAsync($"{url}/api/events", envelope), static answer => Task.FromResult(answer.StatusCode)));
        Events.Enqueue(envelope.GetProperty("id").GetString()!);
    }

    /// <summary>Posts a lead as Law Ruler does until it is acknowledged.</summary>
    public async Task PostAsync(string address, string number, IReadOnlyDictionary<string, string> fields)
    {
        var status = await UntilAnsweredAsync(() => _http.PostAsync(address, new FormUrlEncodedContent(fields)), static answer => Task.FromResult(answer.StatusCode));
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Accepted, $"A webhook was answered with {status}.");
        Posts.Enqueue(number);
    }

    /// <summary>Sends anything else until it succeeds.</summary>
    public Task<JsonElement> SendAsync(HttpMethod method, string path, object? body = null) => UntilAnsweredAsync(
        async () =>
        {
            using var request = new HttpRequestMessage(method, path.StartsWith("http", StringComparison.Ordinal) ? path : url + path) { Content = body is null ? null : JsonContent.Create(body) };
            return await _http.SendAsync(request);
        },
        async answer =>
        {
            Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            return await answer.Content.ReadFromJsonAsync<JsonElement>();
        });

    /// <summary>The status of one event's answer, whatever it is.</summary>
    public Task<HttpStatusCode> StatusOfEventAsync(JsonElement envelope) =>
        UntilAnsweredAsync(() => _http.PostAsJsonAsync($"{url}/api/events", envelope), static answer => Task.FromResult(answer.StatusCode));

    /// <summary>All items of a list of the firm's.</summary>
    public async Task<IReadOnlyList<JsonElement>> AllAsync(string list)
    {
        var items = new List<JsonElement>();
        string? after = null;
        do
        {
            var page = await SendAsync(HttpMethod.Get, $"{list}{(list.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=100{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}");
            items.AddRange(page.GetProperty("items").EnumerateArray());
            after = page.GetProperty("next").GetString();
        }
        while (after is not null);
        return items;
    }

    public void Dispose() => _http.Dispose();

    private static HttpClient Client()
    {
        var client = KayseProcess.Client(MortalHost.Key);
        client.Timeout = TimeSpan.FromSeconds(20);
        return client;
    }

    private async Task<T> UntilAnsweredAsync<T>(Func<Task<HttpResponseMessage>> send, Func<HttpResponseMessage, Task<T>> read)
    {
        while (true)
        {
            try
            {
                using var answer = await send();
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                {
                    return await read(answer);
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException or IOException)
            {
                Interlocked.Increment(ref _unanswered);
            }

            await Task.Delay(s_pause);
        }
    }
}
