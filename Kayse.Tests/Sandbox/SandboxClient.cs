using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Sandbox;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Tests.Sandbox;

/// <summary>A running sandbox and a client for it that follows no redirects.</summary>
internal sealed class SandboxClient : IAsyncDisposable
{
    public const string LeadPath = "/_sandbox/lawruler/demo/leads/711551";

    private readonly SandboxServer _server;
    private readonly ServiceProvider _services;

    private SandboxClient(SandboxServer server, ServiceProvider services)
    {
        _server = server;
        _services = services;
        Http = services.GetRequiredService<IHttpClientFactory>().CreateClient("sandbox");
        Http.BaseAddress = new Uri(server.Url);
    }

    public HttpClient Http { get; }

    public string Url => _server.Url;

    public SandboxServer Server => _server;

    public static async Task<SandboxClient> StartAsync(SandboxOptions? options = null)
    {
        var services = new ServiceCollection();
        services.AddHttpClient("sandbox").ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        return new(await SandboxServer.StartAsync((options ?? new SandboxOptions()) with { Quiet = true }), services.BuildServiceProvider());
    }

    /// <summary>A Key API call with the demo's key.</summary>
    public Task<HttpResponseMessage> CampaignAsync(params (string Name, string Value)[] fields) =>
        Http.PostAsync("/lawruler/demo/api-legalrcampaign.aspx", Form([("Key", SandboxDefaults.Key), .. fields]));

    public async Task<string> CampaignTextAsync(params (string Name, string Value)[] fields)
    {
        using var answer = await CampaignAsync(fields);
        Assert.Equal(200, (int)answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>An update of the seeded lead.</summary>
    public Task<string> UpdateAsync(params (string Name, string Value)[] fields) =>
        CampaignTextAsync([("LeadID", "711551"), ("OverriddenLead", "true"), .. fields]);

    public static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));

    public Task<HttpResponseMessage> TokenAsync(string password = SandboxDefaults.Password, string secret = SandboxDefaults.ClientSecret) =>
        Http.PostAsync("/lawruler/demo/identity/connect/token", Form(
            ("grant_type", "password"), ("username", SandboxDefaults.Username), ("password", password),
            ("client_id", SandboxDefaults.ClientId), ("client_secret", secret), ("scope", "read write")));

    public async Task SignInAsync()
    {
        using var answer = await TokenAsync();
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await JsonAsync(answer)).GetProperty("access_token").GetString());
    }

    public async Task<JsonElement> UploadAsync(string name, int size = 3, string folder = "/recordings", long leadId = SandboxDefaults.LeadId)
    {
        using var answer = await Http.PostAsync("/lawruler/demo/ApiDocuments/Upload", new MultipartFormDataContent
        {
            { new StringContent(leadId.ToString()), "LeadID" },
            { new StringContent(folder), "Folder" },
            { new StringContent("call_9f2"), "CallId" },
            { new ByteArrayContent(new byte[size]), "Recording", name },
        });
        return await JsonAsync(answer);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await Http.GetAsync(path);
        Assert.Equal(200, (int)answer.StatusCode);
        return await JsonAsync(answer);
    }

    public Task<JsonElement> LeadAsync() => GetAsync(LeadPath);

    public async Task<HttpResponseMessage> SendAsync(string method, string path, object body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = JsonContent.Create(body) };
        return await Http.SendAsync(request);
    }

    public async Task SetAsync(string method, string path, object body)
    {
        using var answer = await SendAsync(method, path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    public Task OptionsAsync(object options) => SetAsync("PUT", "/_sandbox/lawruler/demo", new { options });

    public Task FaultAsync(object fault) => SetAsync("POST", "/_sandbox/faults", fault);

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage answer)
    {
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }
}
