using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Sandbox;

namespace Kayse.Tests.Sandbox;

/// <summary>A running sandbox with a client that bears a token of a Lawmatics firm.</summary>
internal sealed class LawmaticsSandbox : IAsyncDisposable
{
    public const string Own = "/_sandbox/lawmatics/demo-client";

    private readonly SandboxClient _sandbox;

    private LawmaticsSandbox(SandboxClient sandbox) => _sandbox = sandbox;

    public HttpClient Http => _sandbox.Http;

    public string Url => _sandbox.Url;

    public static async Task<LawmaticsSandbox> StartAsync(object? options = null, TimeProvider? clock = null, SandboxOptions? sandbox = null)
    {
        var started = new LawmaticsSandbox(await SandboxClient.StartAsync((sandbox ?? new SandboxOptions()) with { Clock = clock ?? TimeProvider.System }));
        await started.OptionsAsync(options ?? new { });
        await started.SignInAsync();
        return started;
    }

    public async Task SignInAsync(string client = "demo-client") =>
        Bear((await AnsweredAsync("POST", $"/_sandbox/lawmatics/{client}/tokens", new { })).GetProperty("access_token").GetString());

    public void Bear(string? token) => Http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);

    public Task OptionsAsync(object options) => _sandbox.SetAsync("PUT", Own, new { options });

    public Task SetAsync(string method, string path, object body) => _sandbox.SetAsync(method, path, body);

    public Task FaultAsync(object fault) => _sandbox.FaultAsync(fault);

    /// <summary>A call of the API, with the status it got; the element is undefined where nothing came.</summary>
    public async Task<(int Status, JsonElement Json)> CallAsync(string method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/lawmatics/v1/" + path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length == 0 ? default : await SandboxClient.JsonAsync(answer));
    }

    /// <summary>The <c>data</c> of a call that must succeed.</summary>
    public async Task<JsonElement> DataAsync(string method, string path, object? body = null)
    {
        var (status, json) = await CallAsync(method, path, body);
        Assert.True(status is 200 or 201, $"{status} {json}");
        return json.GetProperty("data");
    }

    /// <summary>The detail of the error of a call that must be refused with that status.</summary>
    public async Task<string> RefusedAsync(int status, string method, string path, object? body = null)
    {
        var (actual, json) = await CallAsync(method, path, body);
        Assert.Equal(status, actual);
        return json.GetProperty("errors")[0].GetProperty("detail").GetString()!;
    }

    public async Task<long> ContactAsync(object body) => Id(await DataAsync("POST", "contacts", body));

    public async Task<long> MatterAsync(object body) => Id(await DataAsync("POST", "prospects", body));

    /// <summary>What a person makes in Lawmatics.</summary>
    public async Task<IReadOnlyList<long>> SeedAsync(string kind, object body) =>
        [.. (await AnsweredAsync("POST", $"{Own}/{kind}", body)).GetProperty("ids").EnumerateArray().Select(id => id.GetInt64())];

    public async Task<JsonElement> AnsweredAsync(string method, string path, object body)
    {
        using var answer = await _sandbox.SendAsync(method, path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await SandboxClient.JsonAsync(answer);
    }

    /// <summary>What Lawmatics keeps of a kind: contacts, matters, notes and the others.</summary>
    public async Task<IReadOnlyList<JsonElement>> KeptAsync(string kind) =>
        [.. (await _sandbox.GetAsync("/_sandbox/lawmatics")).GetProperty(kind).EnumerateArray()];

    public Task<JsonElement> GetAsync(string path) => _sandbox.GetAsync(path);

    public static long Id(JsonElement data) => long.Parse(data.GetProperty("id").GetString()!);

    /// <summary>Each look is a request of its own, so this waits on the sandbox and not on a clock.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await isSo())
        {
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();
}
