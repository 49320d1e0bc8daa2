using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Web;
using Kayse.Core.Companies;
using Kayse.Core.Sync;

namespace Kayse.Tests.LawRuler;

public sealed class WebhookAccessTests : IAsyncLifetime
{
    private readonly WebhookHost _at = new();

    public Task InitializeAsync() => _at.InitializeAsync();

    public Task DisposeAsync() => _at.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("wrong")]
    [InlineData("WEBHOOK-TOKEN-OF-THE-TESTS")]
    public async Task A_wrong_token_is_401_and_the_request_is_kept_but_never_processed(string token)
    {
        var lead = WebhookHost.NewLead();
        var reply = await _at.PostAsync(new FormUrlEncodedContent(WebhookHost.Fields(lead)), token: token);

        Assert.Equal(401, reply.Status);
        var kept = (await _at.InboundAsync(1))[0];
        Assert.Equal(("unauthorized", false), (kept.State, kept.Cut));
        Assert.Contains(lead, kept.Raw, StringComparison.Ordinal);
        Assert.Equal(404, (await _at.ReprocessAsync(kept.Id)).Status);
        Assert.Null(await _at.CaseAsync(lead));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("DEMO")]
    [InlineData("..%2Fdemo")]
    public async Task An_unknown_company_is_401_and_nothing_is_kept(string company)
    {
        var before = (await _at.InboundAsync()).Count;

        Assert.Equal(401, (await _at.PostAsync(new FormUrlEncodedContent(WebhookHost.Fields("1")), company: company)).Status);

        Assert.Equal(before, (await _at.InboundAsync()).Count);
        if (CompanyId.TryParse(company, null, out var id))
        {
            Assert.Empty((await _at.Host.Get<InboundLog>().ListAsync(id, null, 10, default)).Items);
        }
    }

    [Fact]
    public async Task Another_firms_token_is_wrong_here()
    {
        await _at.Host.OpenFirmAsync("other");
        var other = await UrlTokenAsync("other", rotate: false);

        Assert.Equal(401, (await _at.PostAsync(new FormUrlEncodedContent(WebhookHost.Fields("1")), token: other)).Status);
        Assert.Equal(200, (await _at.PostAsync(new FormUrlEncodedContent(WebhookHost.Fields("1")), token: other, company: "other")).Status);
        Assert.Null(await _at.CaseAsync("1"));
    }

    [Fact]
    public async Task Of_a_wrong_request_16_kB_are_kept_and_marked_as_cut()
    {
        await _at.PostAsync(new StringContent(new string('x', 16 * 1024), Encoding.UTF8, "text/plain"), token: "wrong");
        Assert.Equal((16 * 1024, false), ((await _at.InboundAsync(1))[0].Raw!.Length, (await _at.InboundAsync(1))[0].Cut));
        _at.Host.Clock.Advance(TimeSpan.FromSeconds(1));

        await _at.PostAsync(new StringContent(new string('x', (16 * 1024) + 1), Encoding.UTF8, "text/plain"), token: "wrong");

        Assert.Equal((16 * 1024, true), ((await _at.InboundAsync(1))[0].Raw!.Length, (await _at.InboundAsync(1))[0].Cut));
    }

    [Fact]
    public async Task A_thousand_wrong_requests_a_day_are_kept_and_they_go_after_seven_days()
    {
        var log = _at.Host.Get<InboundLog>();
        for (var i = 0; i < 998; i++)
        {
            await log.StoreUnauthorizedAsync(WebhookHost.Demo, Wrong(), default);
        }

        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(401, (await _at.PostAsync((HttpContent?)null, token: "wrong")).Status);
        }

        Assert.Equal(1000, await UnauthorizedAsync());
        _at.Host.Clock.Advance(TimeSpan.FromDays(1));
        await _at.PostAsync((HttpContent?)null, token: "wrong");
        Assert.Equal(1001, await UnauthorizedAsync());

        _at.Host.Clock.Advance(TimeSpan.FromDays(6) - TimeSpan.FromHours(2));
        Assert.Equal(1001, await UnauthorizedAsync());
        _at.Host.Clock.Advance(TimeSpan.FromHours(2));
        await _at.Host.EventuallyAsync(async () => await UnauthorizedAsync() == 1, TimeSpan.FromMinutes(30));
    }

    [Fact]
    public async Task A_rotated_token_stays_good_for_the_overlap()
    {
        var fresh = await UrlTokenAsync("demo", rotate: true);

        Assert.NotEqual(TestHost.WebhookToken, fresh);
        Assert.Equal(200, (await _at.PostAsync(Lead(), token: fresh)).Status);
        Assert.Equal(200, (await _at.PostAsync(Lead())).Status);
        _at.Host.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await _at.PostAsync(Lead())).Status);
        _at.Host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(401, (await _at.PostAsync(Lead())).Status);
        Assert.Equal(200, (await _at.PostAsync(Lead(), token: fresh)).Status);
    }

    [Fact]
    public async Task The_overlap_is_a_setting_and_a_second_rotation_ends_the_oldest_token()
    {
        await _at.SetWebhookAsync(new { tokenOverlapHours = 1 });
        var second = await UrlTokenAsync("demo", rotate: true);
        var third = await UrlTokenAsync("demo", rotate: true);

        Assert.Equal(401, (await _at.PostAsync(Lead())).Status);
        Assert.Equal(200, (await _at.PostAsync(Lead(), token: second)).Status);
        _at.Host.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(401, (await _at.PostAsync(Lead(), token: second)).Status);
        Assert.Equal(200, (await _at.PostAsync(Lead(), token: third)).Status);
    }

    [Fact]
    public async Task A_static_header_is_asked_for_once_it_is_set()
    {
        using (var set = await _at.Host.Http.PutAsJsonAsync("/api/companies/demo/integrations/lawruler/webhook-header", new { name = "x-lr-secret", value = "header secret" }))
        {
            Assert.True(set.IsSuccessStatusCode);
        }

        Assert.Equal(401, (await _at.PostAsync(Lead())).Status);
        Assert.Equal(401, (await _at.PostAsync(Lead(), header: ("x-lr-secret", "wrong"))).Status);
        Assert.Equal(401, (await _at.PostAsync(Lead(), header: ("x-lr-sceret", "header secret"))).Status);
        Assert.Equal(401, (await _at.PostAsync(Lead(), token: "wrong", header: ("x-lr-secret", "header secret"))).Status);
        Assert.Equal(200, (await _at.PostAsync(Lead(), header: ("X-LR-Secret", "header secret"))).Status);
        Assert.DoesNotContain("header secret", (await _at.Host.GetJsonAsync("/api/companies/demo/integrations/lawruler")).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_is_not_kept_with_the_request()
    {
        await _at.PostAsync(Lead(), "&Custom1=here");

        var kept = await _at.InboundOfAsync("here");
        Assert.DoesNotContain(kept.Fields!, field => field.Value.Contains(TestHost.WebhookToken, StringComparison.Ordinal));
    }

    private static FormUrlEncodedContent Lead() => new(WebhookHost.Fields("900001"));

    private InboundRequest Wrong()
    {
        var now = _at.Host.Clock.GetUtcNow();
        return new InboundRequest { Id = Kayse.Core.Storage.Ids.New("inb", _at.Host.Clock), Crm = "lawruler", ReceivedAt = now, State = "unauthorized" };
    }

    private async Task<int> UnauthorizedAsync()
    {
        var count = 0;
        string? after = null;
        do
        {
            (var items, after) = await _at.Host.Get<InboundLog>().ListAsync(WebhookHost.Demo, after, 500, default);
            count += items.Count(item => item.State == "unauthorized");
        }
        while (after is not null);

        return count;
    }

    private async Task<string> UrlTokenAsync(string company, bool rotate)
    {
        var path = $"/api/companies/{company}/integrations/lawruler/webhook-url";
        using var answer = rotate ? await _at.Host.Http.PostAsync($"{path}/rotate", null) : await _at.Host.Http.GetAsync(path);
        var url = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("url").GetString()!;
        return HttpUtility.ParseQueryString(new Uri(url).Query)["token"]!;
    }
}
