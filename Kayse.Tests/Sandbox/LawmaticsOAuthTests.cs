using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Kayse.Sandbox;
using Microsoft.AspNetCore.WebUtilities;
using static Kayse.Tests.Sandbox.SandboxClient;

namespace Kayse.Tests.Sandbox;

public sealed class LawmaticsOAuthTests
{
    private const string Back = "http://localhost:7071/api/oauth/lawmatics/callback";
    private const string Authorize = "/lawmatics/oauth/authorize?client_id=demo-client&response_type=code&redirect_uri=" + Back;

    [Fact]
    public async Task An_admin_is_asked_and_a_click_brings_the_code_and_the_state_back()
    {
        await using var sandbox = await StartAsync();
        var page = await sandbox.Http.GetStringAsync(Authorize + "&state=a%22b");
        var fields = Regex.Matches(page, "<input type=\"hidden\" name=\"(?<name>\\w+)\" value=\"(?<value>[^\"]*)\">", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .ToDictionary(m => m.Groups["name"].Value, m => WebUtility.HtmlDecode(m.Groups["value"].Value));
        using var granted = await sandbox.Http.PostAsync("/lawmatics/oauth/authorize", new FormUrlEncodedContent([.. fields, new("decision", "allow")]));
        using var denied = await sandbox.Http.PostAsync("/lawmatics/oauth/authorize", new FormUrlEncodedContent([.. fields, new("decision", "deny")]));
        Assert.StartsWith(Back + "?", granted.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var query = QueryHelpers.ParseQuery(granted.Headers.Location.Query);
        Assert.Equal((64, "a\"b"), (query["code"].ToString().Length, query["state"].ToString()));
        var refused = QueryHelpers.ParseQuery(denied.Headers.Location!.Query);
        Assert.Equal(("access_denied", "a\"b"), (refused["error"].ToString(), refused["state"].ToString()));
    }

    [Fact]
    public async Task Nobody_is_sent_to_an_address_that_is_not_the_clients()
    {
        await using var sandbox = await StartAsync();
        using var elsewhere = await sandbox.Http.GetAsync("/lawmatics/oauth/authorize?client_id=demo-client&response_type=code&redirect_uri=https://example.com/callback");
        using var stranger = await sandbox.Http.GetAsync("/lawmatics/oauth/authorize?client_id=nobody&response_type=code&redirect_uri=" + Back);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (elsewhere.StatusCode, stranger.StatusCode));
        await OptionsAsync(sandbox, new { redirectUris = new[] { "http://localhost:7071/other" } });
        using var unregistered = await sandbox.Http.GetAsync(Authorize);
        Assert.Equal(HttpStatusCode.Unauthorized, unregistered.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_code_becomes_a_token_without_end_by_json_and_by_form_and_only_once(bool asJson)
    {
        var clock = new SandboxClock();
        await using var sandbox = await StartAsync(new SandboxOptions { Clock = clock });
        var code = await CodeAsync(sandbox);
        var (status, token) = await TokenAsync(sandbox, code, asJson: asJson);
        Assert.Equal(200, status);
        Assert.Equal(["token_type", "access_token", "created_at"], token.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("bearer", clock.GetUtcNow().ToUnixTimeSeconds()), (token.GetProperty("token_type").GetString(), token.GetProperty("created_at").GetInt64()));
        var (again, error) = await TokenAsync(sandbox, code, asJson: asJson);
        Assert.Equal((400, "invalid_grant"), (again, error.GetProperty("error").GetString()));

        clock.Advance(TimeSpan.FromDays(1000));
        Assert.Equal(200, await MeAsync(sandbox, token));
    }

    [Fact]
    public async Task A_wrong_secret_is_no_client_and_a_wrong_address_or_an_old_code_is_no_grant()
    {
        var clock = new SandboxClock();
        await using var sandbox = await StartAsync(new SandboxOptions { Clock = clock });
        Assert.Equal((401, "invalid_client"), await ErrorAsync(sandbox, await CodeAsync(sandbox), secret: "wrong"));
        Assert.Equal((400, "invalid_grant"), await ErrorAsync(sandbox, await CodeAsync(sandbox), redirectUri: Back + "/"));
        Assert.Equal((400, "invalid_grant"), await ErrorAsync(sandbox, "never-given-out"));
        Assert.Equal((400, "unsupported_grant_type"), await ErrorAsync(sandbox, "", grant: "refresh_token"));
        var old = await CodeAsync(sandbox);
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal((400, "invalid_grant"), await ErrorAsync(sandbox, old));
    }

    [Fact]
    public async Task With_refresh_tokens_on_a_token_ends_and_a_refresh_token_serves_once()
    {
        var clock = new SandboxClock();
        await using var sandbox = await StartAsync(new SandboxOptions { Clock = clock });
        await OptionsAsync(sandbox, new { refreshTokens = true, tokenLifetimeSeconds = 600 });
        var (_, first) = await TokenAsync(sandbox, await CodeAsync(sandbox));
        Assert.Equal(600, first.GetProperty("expires_in").GetInt32());
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(401, await MeAsync(sandbox, first));

        var refresh = first.GetProperty("refresh_token").GetString()!;
        var (status, second) = await TokenAsync(sandbox, "", grant: "refresh_token", refresh: refresh);
        Assert.Equal((200, 200), (status, await MeAsync(sandbox, second)));
        Assert.Equal((400, "invalid_grant"), await ErrorAsync(sandbox, "", grant: "refresh_token", refresh: refresh));
    }

    [Fact]
    public async Task Without_a_living_token_a_call_is_401_with_nothing_in_it()
    {
        await using var sandbox = await StartAsync();
        using var none = await sandbox.Http.GetAsync("/lawmatics/v1/users/me");
        Assert.Equal((HttpStatusCode.Unauthorized, ""), (none.StatusCode, await none.Content.ReadAsStringAsync()));
        var (_, token) = await TokenAsync(sandbox, await CodeAsync(sandbox));
        Assert.Equal(200, await MeAsync(sandbox, token));
        await sandbox.SetAsync("POST", LawmaticsSandbox.Own + "/revoke-tokens", new { });
        Assert.Equal(401, await MeAsync(sandbox, token));
    }

    [Fact]
    public async Task A_token_can_be_taken_back_by_its_bearer_only_where_that_is_switched_on()
    {
        await using var sandbox = await StartAsync();
        var (_, token) = await TokenAsync(sandbox, await CodeAsync(sandbox));
        var form = Form(("client_id", "demo-client"), ("client_secret", "demo-client-secret"), ("token", token.GetProperty("access_token").GetString()!));
        using var unknown = await sandbox.Http.PostAsync("/lawmatics/oauth/revoke", form);
        Assert.Equal((HttpStatusCode.NotFound, 200), (unknown.StatusCode, await MeAsync(sandbox, token)));
        await OptionsAsync(sandbox, new { revokeEndpoint = true });
        using var revoked = await sandbox.Http.PostAsync("/lawmatics/oauth/revoke", form);
        Assert.Equal((HttpStatusCode.OK, 401), (revoked.StatusCode, await MeAsync(sandbox, token)));
    }

    [Fact]
    public async Task The_user_tells_the_firm_and_another_client_or_another_sign_in_is_another_firm()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        Assert.Equal("17", (await sandbox.DataAsync("GET", "users/me")).GetProperty("id").GetString());
        Assert.Equal("123", await FirmAsync(sandbox));
        await sandbox.SetAsync("PUT", "/_sandbox/lawmatics/other-client", new { firmId = 456 });
        await sandbox.SignInAsync("other-client");
        Assert.Equal("456", await FirmAsync(sandbox));

        await sandbox.OptionsAsync(new { authorizePage = "grant", signedInTo = "other-client" });
        using var away = await sandbox.Http.GetAsync(Authorize);
        using var answer = await sandbox.Http.PostAsync("/lawmatics/oauth/token", Form(
            ("client_id", "demo-client"), ("client_secret", "demo-client-secret"), ("grant_type", "authorization_code"), ("redirect_uri", Back),
            ("code", QueryHelpers.ParseQuery(away.Headers.Location!.Query)["code"].ToString())));
        sandbox.Bear((await JsonAsync(answer)).GetProperty("access_token").GetString());
        Assert.Equal("456", await FirmAsync(sandbox));
    }

    private static async Task<string?> FirmAsync(LawmaticsSandbox sandbox) =>
        (await sandbox.DataAsync("GET", "users/me?fields=all")).GetProperty("relationships").GetProperty("current_firm").GetProperty("data").GetProperty("id").GetString();

    private static Task OptionsAsync(SandboxClient sandbox, object options) => sandbox.SetAsync("PUT", LawmaticsSandbox.Own, new { options });

    private static async Task<string> CodeAsync(SandboxClient sandbox)
    {
        await OptionsAsync(sandbox, new { authorizePage = "grant" });
        using var answer = await sandbox.Http.GetAsync(Authorize);
        return QueryHelpers.ParseQuery(answer.Headers.Location!.Query)["code"].ToString();
    }

    private static async Task<(int Status, JsonElement Token)> TokenAsync(
        SandboxClient sandbox, string code, string secret = "demo-client-secret", string redirectUri = Back, string grant = "authorization_code", string refresh = "", bool asJson = true)
    {
        var fields = new Dictionary<string, string>
        {
            ["client_id"] = "demo-client",
            ["client_secret"] = secret,
            ["grant_type"] = grant,
            ["code"] = code,
            ["redirect_uri"] = redirectUri,
            ["refresh_token"] = refresh,
        };
        using HttpContent body = asJson ? JsonContent.Create(fields) : new FormUrlEncodedContent(fields);
        using var answer = await sandbox.Http.PostAsync("/lawmatics/oauth/token", body);
        return ((int)answer.StatusCode, await JsonAsync(answer));
    }

    private static async Task<(int Status, string? Error)> ErrorAsync(
        SandboxClient sandbox, string code, string secret = "demo-client-secret", string redirectUri = Back, string grant = "authorization_code", string refresh = "")
    {
        var (status, answer) = await TokenAsync(sandbox, code, secret, redirectUri, grant, refresh);
        return (status, answer.GetProperty("error").GetString());
    }

    private static async Task<int> MeAsync(SandboxClient sandbox, JsonElement token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/lawmatics/v1/users/me");
        request.Headers.Authorization = new("Bearer", token.GetProperty("access_token").GetString());
        using var answer = await sandbox.Http.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
