using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Connectors.LawRuler;

namespace Kayse.Tests.LawRuler;

public sealed class ConnectTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task With_everything_right_the_checks_pass_and_the_credentials_are_saved()
    {
        var (status, answer) = await ConnectAsync();

        Assert.Equal(200, status);
        Assert.Equal(["clientRoot", "clientSecret", "username", "password", "key"], Checks(answer, ok: true));
        Assert.Empty(answer.GetProperty("warnings").EnumerateArray());
        Assert.Equal("demo", (await SavedAsync())!.ClientRoot);
    }

    [Fact]
    public async Task The_client_id_is_the_client_root_unless_one_is_given()
    {
        var (_, byDefault) = await ConnectAsync(("clientId", null));
        Assert.Equal(5, Checks(byDefault, ok: true).Count);
        Assert.Equal("demo", (await SavedAsync())!.ClientId);

        await SetPortalAsync(new { clientId = "own-client" });
        Assert.Contains("clientSecret", Checks((await ConnectAsync(("clientId", null))).Json, ok: false));
        Assert.Equal(200, (await ConnectAsync(("clientId", "own-client"))).Status);
        Assert.Equal("own-client", (await SavedAsync())!.ClientId);
    }

    [Theory]
    [InlineData("password", "wrong", "password", "Username or the Password")]
    [InlineData("username", "nobody", "username", "Username or the Password")]
    [InlineData("clientSecret", "wrong", "clientSecret", "Copy it again")]
    [InlineData("key", "wrong", "key", "Setup > 3rd Party Integrations")]
    [InlineData("clientRoot", "nobodys-firm", "clientRoot", "the part before .lawruler.com")]
    [InlineData("clientRoot", "no/label", "clientRoot", "subdomain")]
    public async Task A_wrong_credential_is_named_with_what_to_do_and_nothing_is_saved(string field, string value, string named, string advice)
    {
        var before = await SavedAsync();

        var (status, answer) = await ConnectAsync((field, value));

        Assert.Equal(422, status);
        Assert.False(answer.GetProperty("connected").GetBoolean());
        Assert.Contains(named, Checks(answer, ok: false));
        Assert.Contains(advice, Message(answer, named), StringComparison.Ordinal);
        var others = field is "password" or "username" ? ["username", "password"] : new[] { named };
        Assert.Equal(others, Checks(answer, ok: false));
        Assert.Equal(before, await SavedAsync());
        Assert.True((await _host.GetJsonAsync("/api/companies/demo/integrations/lawruler")).GetProperty("connected").GetBoolean());
    }

    [Theory]
    [InlineData("401")]
    [InlineData("403")]
    public async Task A_portal_that_refuses_a_key_by_its_status_is_understood(string way)
    {
        await SetPortalAsync(new { options = new { invalidKey = way } });

        Assert.Equal(["key"], Checks((await ConnectAsync(("key", "wrong"))).Json, ok: false));
    }

    [Theory]
    [InlineData("500")]
    [InlineData("503")]
    [InlineData("429")]
    [InlineData("html200")]
    [InlineData("empty200")]
    [InlineData("truncated")]
    [InlineData("login-redirect")]
    [InlineData("reset")]
    public async Task An_answer_that_is_none_is_never_taken_for_a_wrong_credential(string kind)
    {
        await _host.FaultAsync(new { system = "lawruler", operation = "*", kind, count = 20, applied = "no" });

        var (status, answer) = await ConnectAsync();

        Assert.Equal(422, status);
        Assert.DoesNotContain("password", Checks(answer, ok: false));
        Assert.All(answer.GetProperty("checks").EnumerateArray(), check => Assert.Contains("did not answer as expected", check.GetProperty("message").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_nothing_answers_the_checks_say_so()
    {
        await using var host = await TestHost.StartAsync(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["LawRuler:PortalUrl"] = "http://127.0.0.1:1/{root}",
            ["LawRuler:AuthUrl"] = "http://127.0.0.1:1/{root}",
        });
        using var answer = await host.Http.PostAsJsonAsync("/api/companies/demo/integrations/lawruler/connect", Body());
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(422, (int)answer.StatusCode);
        Assert.Equal(["clientRoot", "key"], Checks(json, ok: false));
        Assert.Null(await host.Get<LawRulerConnections>().CredentialsAsync(WebhookHost.Demo, default));
    }

    [Fact]
    public async Task Missing_credentials_are_named_before_anything_is_asked()
    {
        var asked = (await _host.SandboxRequestsAsync()).Count;
        using var answer = await _host.Http.PostAsJsonAsync("/api/companies/demo/integrations/lawruler/connect", new { username = " " });
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Equal(["username", "password", "clientRoot", "clientSecret", "key"], json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()));
        Assert.Equal(asked, (await _host.SandboxRequestsAsync()).Count);
    }

    [Fact]
    public async Task A_full_address_as_client_root_is_understood()
    {
        Assert.Equal(200, (await ConnectAsync(("clientRoot", "https://Demo.lawruler.com/login.aspx"))).Status);
        Assert.Equal("demo", (await SavedAsync())!.ClientRoot);
    }

    [Fact]
    public async Task The_key_is_tried_in_a_body_and_changes_no_lead()
    {
        var before = await _host.LeadAsync();
        await ConnectAsync();

        Assert.Equal(before.GetRawText(), (await _host.LeadAsync()).GetRawText());
        Assert.All(await _host.SandboxRequestsAsync(), request => Assert.DoesNotContain("demo-key", request.GetProperty("query").GetRawText(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, true, "KeyApi", "AdvancedApi", "notes")]
    [InlineData(true, false, "AdvancedApi", "KeyApi", "documents")]
    public async Task A_path_that_the_portal_lacks_is_found_and_warned_about(bool notesApi, bool documentsApi, string notes, string recordings, string warned)
    {
        await SetPortalAsync(new { options = new { notesApi, documentsApi } });
        await _host.PatchSettingsAsync(new { settings = new { noteTransport = (string?)null, recordingTransport = (string?)null } });

        var (status, answer) = await ConnectAsync();

        Assert.Equal(200, status);
        Assert.Contains(warned, Assert.Single(answer.GetProperty("warnings").EnumerateArray().ToList()).GetString(), StringComparison.Ordinal);
        var settings = (await _host.GetJsonAsync("/api/companies/demo/integrations/lawruler")).GetProperty("settings");
        Assert.Equal(notes, settings.GetProperty("noteTransport").GetString());
        Assert.Equal(recordings, settings.GetProperty("recordingTransport").GetString());
    }

    [Fact]
    public async Task A_chosen_transport_whose_path_cannot_be_verified_stays_and_is_warned_about()
    {
        await _host.PatchSettingsAsync(new { settings = new { noteTransport = "AdvancedApi", getNotesPath = "/ApiNothing/Here?leadId={leadId}&page={page}" } });

        var (_, answer) = await ConnectAsync();

        Assert.Contains("could not be verified", answer.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("AdvancedApi", (await _host.GetJsonAsync("/api/companies/demo/integrations/lawruler")).GetProperty("settings").GetProperty("noteTransport").GetString());
    }

    private static Dictionary<string, string?> Body(params (string Name, string? Value)[] changes)
    {
        var body = new Dictionary<string, string?>(StringComparer.Ordinal) { ["username"] = "demo-user", ["password"] = "demo-password", ["clientRoot"] = "demo", ["clientSecret"] = "demo-secret", ["key"] = "demo-key" };
        foreach (var (name, value) in changes)
        {
            body[name] = value;
        }

        return body;
    }

    private async Task<(int Status, JsonElement Json)> ConnectAsync(params (string Name, string? Value)[] changes)
    {
        using var answer = await _host.Http.PostAsJsonAsync("/api/companies/demo/integrations/lawruler/connect", Body(changes));
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static List<string?> Checks(JsonElement answer, bool ok) =>
        [.. answer.GetProperty("checks").EnumerateArray().Where(check => check.GetProperty("ok").GetBoolean() == ok).Select(check => check.GetProperty("credential").GetString())];

    private static string Message(JsonElement answer, string credential) =>
        answer.GetProperty("checks").EnumerateArray().First(check => check.GetProperty("credential").GetString() == credential).GetProperty("message").GetString()!;

    private Task<LawRulerCredentials?> SavedAsync() => _host.Get<LawRulerConnections>().CredentialsAsync(WebhookHost.Demo, default);

    private async Task SetPortalAsync(object settings)
    {
        using var answer = await _host.Http.PutAsJsonAsync($"{_host.SandboxUrl}/_sandbox/lawruler/demo", settings);
        answer.EnsureSuccessStatusCode();
    }
}
