using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Connectors;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Tests.Lawmatics;

/// <summary>A token that is refused, a firm that signs in again, another firm's account, the end of a connection.</summary>
public sealed class ConnectionLifeTests : IAsyncLifetime
{
    private TestHost _host = null!;

    private static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync() => _host = await LawmaticsHost.StartConnectedAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_401_marks_the_connection_and_nothing_more_is_sent_until_somebody_signs_in_again()
    {
        await _host.RevokeTokensAsync();

        Assert.Equal(LawmaticsKind.TokenRefused, (await _host.ReadAsync()).Answer!.Kind);

        var sent = (await _host.LawmaticsRequestsAsync()).Count;
        Assert.Equal(LawmaticsKind.ReconnectNeeded, (await _host.ReadAsync()).Answer!.Kind);
        Assert.Equal(sent, (await _host.LawmaticsRequestsAsync()).Count);
        var view = await _host.ConnectionAsync();
        Assert.Equal((true, true), (view.GetProperty("connected").GetBoolean(), view.GetProperty("reconnectNeeded").GetBoolean()));
        Assert.Contains("Connect again", Assert.Single(await _host.AttentionAsync()), StringComparison.Ordinal);
        Assert.Single(await _host.AuditAsync("reconnect_needed"));

        Assert.Equal(200, await _host.SignInAsync());
        Assert.True((await _host.ReadAsync()).IsSuccess);
        Assert.Empty(await _host.AttentionAsync());
        Assert.False((await _host.ConnectionAsync()).GetProperty("reconnectNeeded").GetBoolean());
    }

    [Fact]
    public async Task Many_calls_that_are_refused_at_once_mark_the_connection_once()
    {
        await _host.RevokeTokensAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _host.ReadAsync())));

        Assert.Single(await _host.AuditAsync("reconnect_needed"));
        Assert.Single(_host.Log.Lines, line => line.Contains("refused the firm's credentials", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_firms_webhooks_are_told_once_of_a_connection_that_is_refused()
    {
        await _host.RevokeTokensAsync();
        await _host.ReadAsync();

        await _host.Get<Sweep>().RunAsync(LawmaticsHost.Demo, None);
        await _host.Get<Sweep>().RunAsync(LawmaticsHost.Demo, None);

        var since = (await _host.Get<LawmaticsConnections>().GetAsync(LawmaticsHost.Demo, None)).ReconnectNeededSince!.Value;
        Assert.Equal("integration.failing", (await _host.Get<EventStore>().LoadAsync(LawmaticsHost.Demo, $"evt_lawmatics_credentials_{since.ToUnixTimeMilliseconds()}", None))!.Type);
        Assert.Single(await _host.AuditAsync("integration_failing"));
    }

    [Fact]
    public async Task A_late_refusal_of_an_older_token_does_not_mark_the_new_one()
    {
        var old = (await _host.Get<LawmaticsConnections>().TokenAsync(LawmaticsHost.Demo, TimeSpan.Zero, None))!;
        await _host.SignInAsync();

        Assert.False(await _host.Get<LawmaticsTokens>().RefusedAsync(LawmaticsHost.Demo, old, None));

        Assert.False((await _host.ConnectionAsync()).GetProperty("reconnectNeeded").GetBoolean());
    }

    [Fact]
    public async Task The_test_says_whether_the_token_is_taken_and_ends_the_wait_when_it_is_again()
    {
        Assert.True((await TestAsync()).GetProperty("ok").GetBoolean());
        await _host.SandboxOptionsAsync(new { rejectTokens = true });

        var refused = await TestAsync();

        Assert.False(refused.GetProperty("ok").GetBoolean());
        Assert.Contains("Connect again", refused.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.True((await _host.ConnectionAsync()).GetProperty("reconnectNeeded").GetBoolean());
        await _host.SandboxOptionsAsync(new { rejectTokens = false });
        Assert.True((await TestAsync()).GetProperty("ok").GetBoolean());
        Assert.False((await _host.ConnectionAsync()).GetProperty("reconnectNeeded").GetBoolean());
        Assert.True((await _host.ReadAsync()).IsSuccess);
    }

    [Fact]
    public async Task Another_firms_account_is_asked_about_and_changes_nothing_until_an_admin_says()
    {
        var before = await TokenAsync();

        Assert.Equal(409, await SignInToAnotherAsync());

        var view = await _host.ConnectionAsync();
        Assert.Equal(("123", "777"), (view.GetProperty("account").GetProperty("firmId").GetString(), view.GetProperty("otherAccount").GetProperty("firmId").GetString()));
        Assert.Contains("777", Assert.Single(await _host.AttentionAsync()), StringComparison.Ordinal);
        Assert.Equal(before, await TokenAsync());
        Assert.Equal(HttpStatusCode.OK, await AnswerAsync("old"));
        Assert.Equal(JsonValueKind.Null, (await _host.ConnectionAsync()).GetProperty("otherAccount").ValueKind);
        Assert.Equal(before, await TokenAsync());
        Assert.Equal(HttpStatusCode.Conflict, await AnswerAsync("new"));
        Assert.Equal(HttpStatusCode.BadRequest, await AnswerAsync("both"));
    }

    [Fact]
    public async Task Another_firms_account_is_used_when_an_admin_says_so()
    {
        var before = await TokenAsync();
        await SignInToAnotherAsync();

        Assert.Equal(HttpStatusCode.OK, await AnswerAsync("new"));

        var view = await _host.ConnectionAsync();
        Assert.Equal(("777", JsonValueKind.Null), (view.GetProperty("account").GetProperty("firmId").GetString(), view.GetProperty("otherAccount").ValueKind));
        Assert.NotEqual(before, await TokenAsync());
        Assert.Empty(await _host.AttentionAsync());
        Assert.True((await _host.ReadAsync()).IsSuccess);
    }

    [Fact]
    public async Task Disconnecting_deletes_the_token_keeps_the_firm_and_says_what_is_left_to_do()
    {
        using var answer = await _host.Http.DeleteAsync($"{LawmaticsHost.Base}/connection");

        var told = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(JsonValueKind.Null, told.GetProperty("revoked").ValueKind);
        Assert.Contains("Settings > Developers", told.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(await _host.Get<ISecretStore>().NamesAsync("demo--lawmatics--", None));
        Assert.Null(await _host.Get<LawmaticsConnections>().SessionAsync(LawmaticsHost.Demo, LawmaticsPriority.Live, None));
        Assert.Empty(await _host.LawmaticsRequestsAsync("revoke"));
        var view = await _host.ConnectionAsync();
        Assert.Equal((false, "123"), (view.GetProperty("connected").GetBoolean(), view.GetProperty("account").GetProperty("firmId").GetString()));
    }

    [Fact]
    public async Task After_a_disconnect_the_same_account_connects_and_another_is_asked_about()
    {
        using var gone = await _host.Http.DeleteAsync($"{LawmaticsHost.Base}/connection");
        gone.EnsureSuccessStatusCode();

        Assert.Equal(409, await SignInToAnotherAsync());
        Assert.False(await _host.IsConnectedAsync());
        Assert.Equal(200, await _host.SignInAsync());

        Assert.True(await _host.IsConnectedAsync());
        Assert.Equal(JsonValueKind.Null, (await _host.ConnectionAsync()).GetProperty("otherAccount").ValueKind);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_the_operator_has_set_an_address_for_it_the_token_is_revoked_and_if_that_fails_the_firm_is_told(bool works)
    {
        await _host.SandboxOptionsAsync(new { revokeEndpoint = works });
        var token = (await _host.Get<LawmaticsConnections>().TokenAsync(LawmaticsHost.Demo, TimeSpan.Zero, None))!;
        var hosts = _host.Get<LawmaticsHosts>() with { RevokeUrl = $"{_host.SandboxUrl}/lawmatics/oauth/revoke" };
        var oauth = new LawmaticsOAuth(_host.Get<CrmHttp>(), hosts, _host.Clock);

        var told = await new LawmaticsDisconnect(_host.Get<LawmaticsConnections>(), _host.Get<LawmaticsTokens>(), oauth, _host.Get<WorkflowRecords>(), _host.Get<SyncHealth>(), _host.Get<AuditLog>()).RunAsync(LawmaticsHost.Demo, None);

        Assert.Equal(works, told.Revoked);
        Assert.Equal(!works, told.Message.Contains("did not work", StringComparison.Ordinal));
        Assert.Equal(works ? LawmaticsKind.TokenRefused : LawmaticsKind.Success, (await _host.Get<LawmaticsClient>().WhoAmIAsync(token, None)).Kind);
        Assert.False(await _host.IsConnectedAsync());
    }

    [Fact]
    public async Task Erasing_the_firm_erases_its_secrets()
    {
        await _host.BeginAsync();
        await SignInToAnotherAsync();
        Assert.NotEmpty(await _host.Get<ISecretStore>().NamesAsync("demo--lawmatics--", None));

        using var answer = await _host.Http.DeleteAsync("/api/companies/demo");

        answer.EnsureSuccessStatusCode();
        Assert.Empty(await _host.Get<ISecretStore>().NamesAsync("demo--", None));
        Assert.Null(await _host.Get<LawmaticsConnections>().TokenAsync(LawmaticsHost.Demo, TimeSpan.Zero, None));
    }

    [Fact]
    public async Task A_connection_is_one_firms_alone()
    {
        await _host.OpenFirmAsync("demo2");

        Assert.False((await _host.GetJsonAsync("/api/companies/demo2/integrations/lawmatics")).GetProperty("connected").GetBoolean());
        Assert.Null(await _host.Get<LawmaticsConnections>().SessionAsync(CompanyId.Parse("demo2"), LawmaticsPriority.Live, None));
    }

    private async Task<int> SignInToAnotherAsync()
    {
        using var opened = await _host.Http.PutAsJsonAsync($"{_host.SandboxUrl}/_sandbox/lawmatics/other-client", new { firmId = 777, options = new { authorizePage = "grant" } });
        opened.EnsureSuccessStatusCode();
        return await _host.SignInAsync("other-client");
    }

    private async Task<HttpStatusCode> AnswerAsync(string use)
    {
        using var answer = await _host.Http.PostAsJsonAsync($"{LawmaticsHost.Base}/account", new { use });
        return answer.StatusCode;
    }

    private async Task<JsonElement> TestAsync()
    {
        using var answer = await _host.Http.PostAsync($"{LawmaticsHost.Base}/test", null);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<string> TokenAsync() => (await _host.Get<LawmaticsConnections>().TokenAsync(LawmaticsHost.Demo, TimeSpan.Zero, None))!.Text;
}
