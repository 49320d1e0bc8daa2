using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Web;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Storage;

namespace Kayse.Tests.Lawmatics;

public sealed class SignInTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        await _host.SandboxOptionsAsync(new { authorizePage = "grant" });
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_sign_in_connects_the_firm_and_the_page_shows_no_secret()
    {
        var (status, text) = await _host.OpenAsync(await _host.BeginAsync());

        Assert.Equal(200, status);
        Assert.Contains("connected", text, StringComparison.Ordinal);
        var token = (await _host.Get<LawmaticsConnections>().TokenAsync(LawmaticsHost.Demo, TimeSpan.Zero, CancellationToken.None))!;
        Assert.Null(token.ExpiresAt);
        var view = await _host.ConnectionAsync();
        Assert.Equal((true, false, "123", "17"), (
            view.GetProperty("connected").GetBoolean(), view.GetProperty("reconnectNeeded").GetBoolean(),
            view.GetProperty("account").GetProperty("firmId").GetString(), view.GetProperty("account").GetProperty("userId").GetString()));
        foreach (var shown in new[] { text, view.GetRawText(), (await _host.GetJsonAsync("/api/companies/demo/audit")).GetRawText(), string.Join('\n', _host.Log.Lines) })
        {
            Assert.DoesNotContain(token.Text, shown, StringComparison.Ordinal);
            Assert.DoesNotContain(LawmaticsHost.ClientSecret, shown, StringComparison.Ordinal);
        }

        Assert.Equal(("done", "Connected to Lawmatics' firm 123."), (await _host.AuditAsync("connect"))[0]);
    }

    [Fact]
    public async Task The_code_is_exchanged_with_the_exact_redirect_uri_and_the_address_asks_for_no_scope()
    {
        var query = HttpUtility.ParseQueryString(new Uri(await _host.BeginAsync()).Query);
        await _host.SignInAsync();

        Assert.Equal(("code", LawmaticsHost.ClientId, $"{_host.Url}/api/oauth/lawmatics/callback", null), (query["response_type"], query["client_id"], query["redirect_uri"], query["scope"]));
        Assert.StartsWith("demo.", query["state"], StringComparison.Ordinal);
        var exchange = Assert.Single(await _host.LawmaticsRequestsAsync("token"));
        Assert.Contains(Uri.EscapeDataString($"{_host.Url}/api/oauth/lawmatics/callback"), exchange.GetProperty("body").GetRawText().Replace(":", "%3A", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_state_is_good_once()
    {
        var address = await _host.BeginAsync();
        Assert.Equal(200, (await _host.OpenAsync(address)).Status);

        Assert.Equal(400, (await _host.OpenAsync(address)).Status);
        Assert.Single(await _host.LawmaticsRequestsAsync("token"));
    }

    [Fact]
    public async Task Of_many_browsers_with_one_state_one_gets_through()
    {
        var address = await _host.BeginAsync();

        var ends = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => _host.OpenAsync(address))));

        Assert.Single(ends, end => end.Status == 200);
        Assert.Single(await _host.LawmaticsRequestsAsync("token"));
    }

    [Theory]
    [InlineData(9.9, 200)]
    [InlineData(10.0, 400)]
    public async Task A_state_is_good_for_ten_minutes(double minutes, int status)
    {
        var address = await _host.BeginAsync();
        _host.Clock.Advance(TimeSpan.FromMinutes(minutes));

        Assert.Equal(status, (await _host.OpenAsync(address)).Status);
    }

    [Fact]
    public async Task Sign_ins_that_nobody_ended_leave_nothing_behind()
    {
        await _host.BeginAsync();
        await _host.BeginAsync();
        Assert.Equal(2, await PendingAsync());

        _host.Clock.Advance(LawmaticsSignIns.Lifetime);
        await _host.SignInAsync();

        Assert.Equal(0, await PendingAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("?code=abc")]
    [InlineData("?code=abc&state=demo")]
    [InlineData("?code=abc&state=demo.wrong")]
    [InlineData("?code=abc&state=NoFirm.wrong")]
    [InlineData("?code=abc&state=demo.a&state=demo.b")]
    public async Task A_callback_without_a_state_of_ours_is_refused_and_asks_lawmatics_nothing(string query)
    {
        await _host.BeginAsync();

        var (status, text) = await _host.OpenAsync($"{_host.Url}/api/oauth/lawmatics/callback{query}");

        Assert.Equal(400, status);
        Assert.Contains("Begin it again", text, StringComparison.Ordinal);
        Assert.Empty(await _host.LawmaticsRequestsAsync("token"));
    }

    [Fact]
    public async Task A_state_of_one_firm_is_none_of_anothers()
    {
        await _host.OpenFirmAsync("demo2");
        var state = HttpUtility.ParseQueryString(new Uri(await _host.BeginAsync()).Query)["state"]!;

        Assert.Equal(400, (await _host.OpenAsync($"{_host.Url}/api/oauth/lawmatics/callback?code=abc&state={state.Replace("demo.", "demo2.", StringComparison.Ordinal)}")).Status);
        Assert.Empty(await _host.LawmaticsRequestsAsync("token"));
    }

    [Fact]
    public async Task A_sign_in_that_another_caller_ends_is_refused_and_used_up()
    {
        var address = await _host.BeginAsync(key: await _host.KeyAsync("demo", "admin"));
        using var other = _host.ClientWith(await _host.KeyAsync("demo", "admin"));

        using var answer = await other.GetAsync(address);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(400, (await _host.OpenAsync(address)).Status);
        Assert.False(await _host.IsConnectedAsync());
    }

    [Fact]
    public async Task A_sign_in_whose_key_was_revoked_meanwhile_is_refused()
    {
        var key = await _host.KeyAsync("demo", "admin");
        var address = await _host.BeginAsync(key: key);
        using var revoked = await _host.Http.DeleteAsync($"/api/companies/demo/keys/key_{key.Split('_')[2]}");
        revoked.EnsureSuccessStatusCode();

        Assert.Equal(403, (await _host.OpenAsync(address)).Status);
        Assert.False(await _host.IsConnectedAsync());
    }

    [Fact]
    public async Task Any_admin_may_connect_and_the_browser_needs_no_key()
    {
        Assert.Equal(200, (await _host.OpenAsync(await _host.BeginAsync(key: await _host.KeyAsync("demo", "admin")))).Status);
        Assert.True(await _host.IsConnectedAsync());
    }

    [Fact]
    public async Task Who_declines_in_lawmatics_is_told_so()
    {
        await _host.SandboxOptionsAsync(new { authorizePage = "deny" });

        var (status, text) = await _host.OpenAsync(await _host.BeginAsync());

        Assert.Equal(400, status);
        Assert.Contains("declined", text, StringComparison.Ordinal);
        Assert.Equal("refused", (await _host.AuditAsync("connect"))[0].Outcome);
    }

    [Fact]
    public async Task A_wrong_client_secret_is_named()
    {
        using var answer = await _host.Http.PostAsJsonAsync($"{LawmaticsHost.Base}/connect", new { clientId = LawmaticsHost.ClientId, clientSecret = "wrong" });
        var address = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("authorizeUrl").GetString()!;

        var (status, text) = await _host.OpenAsync(address);

        Assert.Equal(400, status);
        Assert.Contains("client id or the client secret", text, StringComparison.Ordinal);
        Assert.False(await _host.IsConnectedAsync());
    }

    [Theory]
    [InlineData("token", "500", 502)]
    [InlineData("token", "reset", 502)]
    [InlineData("token", "html200", 502)]
    [InlineData("token", "invalid-json", 502)]
    [InlineData("token", "429", 502)]
    [InlineData("me", "401", 502)]
    [InlineData("me", "503", 502)]
    [InlineData("me", "html200", 502)]
    public async Task An_answer_that_is_none_connects_nothing(string operation, string kind, int status)
    {
        await _host.LawmaticsFaultAsync(operation, kind);

        var (answered, text) = await _host.OpenAsync(await _host.BeginAsync());

        Assert.Equal(status, answered);
        Assert.Contains("Begin it again", text, StringComparison.Ordinal);
        Assert.False(await _host.IsConnectedAsync());
        Assert.Equal(200, await _host.SignInAsync());
    }

    [Theory]
    [InlineData("""{"clientSecret":"x"}""", "clientId")]
    [InlineData("""{"clientId":"x","clientSecret":" "}""", "clientSecret")]
    [InlineData("""{"clientId":"x","clientSecret":"y","redirectUri":"http://kayse.example.com/api/oauth/lawmatics/callback"}""", "redirectUri")]
    [InlineData("""{"clientId":"x","clientSecret":"y","redirectUri":"https://kayse.example.com/elsewhere"}""", "redirectUri")]
    [InlineData("""{"clientId":"x","clientSecret":"y","redirectUri":"https://kayse.example.com/api/oauth/lawmatics/callback#a"}""", "redirectUri")]
    [InlineData("""{"clientId":"x","clientSecret":"y","redirectUri":"/api/oauth/lawmatics/callback"}""", "redirectUri")]
    public async Task What_is_missing_or_leads_elsewhere_is_named(string json, string field)
    {
        using var body = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var answer = await _host.Http.PostAsync($"{LawmaticsHost.Base}/connect", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors")[0].GetProperty("field").GetString());
    }

    private async Task<int> PendingAsync() => (await _host.Get<ISecretStore>().NamesAsync("demo--lawmatics--signin", CancellationToken.None)).Count;
}
