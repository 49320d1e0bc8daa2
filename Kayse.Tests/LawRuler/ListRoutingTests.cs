using System.Net.Http.Json;
using Kayse.Core.Cases;

namespace Kayse.Tests.LawRuler;

public sealed class ListRoutingTests(ListRoutingTests.Lists lists) : IClassFixture<ListRoutingTests.Lists>
{
    private WebhookHost At => lists.At;

    [Theory]
    [InlineData("list_id=hot", "+hot")]
    [InlineData("list_id=hot&list_action=add", "+hot")]
    [InlineData("list_id=hot&list_action=ATTACH", "+hot")]
    [InlineData("List-ID=hot&listaction=Attach", "+hot")]
    [InlineData("list_name=hot%20leads", "+hot")]
    [InlineData("list_id=hot&list_name=Cold%20Leads", "+hot")]
    [InlineData("list_id=hot&remove_from_list=false", "+hot")]
    [InlineData("list_id=hot&remove_from_list=false&list_action=add", "+hot")]
    [InlineData("list_id=hot&list_action=remove", "")]
    [InlineData("list_id=hot&list_action=detach", "")]
    [InlineData("list_id=cold&list_action=remove", "cold-")]
    [InlineData("list_name=COLD%20leads&list_action=Detach", "cold-")]
    [InlineData("list_id=cold&remove_from_list=true", "cold-")]
    [InlineData("list_id=cold&remove_from_list=TRUE&list_action=add", "cold-")]
    [InlineData("list_id=cold&remove_from_list=true&list_action=bogus", "cold-")]
    [InlineData("list_id=cold", "")]
    public async Task A_list_is_joined_or_left_by_the_url_or_by_the_body(string parameters, string expected)
    {
        foreach (var byUrl in new[] { true, false })
        {
            var lead = WebhookHost.NewLead();
            await At.PostAsync(WebhookHost.Fields(lead), "&list_id=cold");
            var body = WebhookHost.Fields(lead);
            if (!byUrl)
            {
                foreach (var pair in parameters.Split('&').Select(pair => pair.Split('=')))
                {
                    body[pair[0]] = Uri.UnescapeDataString(pair[1]);
                }
            }

            var reply = await At.PostAsync(body, byUrl ? $"&{parameters}" : string.Empty);

            Assert.Equal(200, reply.Status);
            Assert.Empty(reply.Warnings);
            var on = (await OnAsync("hot", lead), await OnAsync("cold", lead));
            Assert.Equal((expected == "+hot", expected != "cold-"), on);
        }
    }

    [Theory]
    [InlineData("list_id=nowhere", "list_id names no list")]
    [InlineData("list_id=..%2Fx", "list_id names no list")]
    [InlineData("list_id=nowhere&list_name=Hot%20Leads", "list_id names no list")]
    [InlineData("list_name=Nobody", "list_name names no list")]
    [InlineData("list_id=hot&list_action=explode", "list_action is none of")]
    [InlineData("list_action=add", "without list_id or list_name")]
    [InlineData("remove_from_list=true", "without list_id or list_name")]
    [InlineData("campaign_id=4711", "campaign_id names no campaign")]
    [InlineData("campaign_id=..%2Fx", "campaign_id names no campaign")]
    public async Task What_is_not_known_is_a_warning_and_in_the_audit_log_and_the_case_is_stored(string parameters, string warning)
    {
        var lead = WebhookHost.NewLead();

        var reply = await At.PostAsync(WebhookHost.Fields(lead), $"&{parameters}");

        Assert.Equal((200, "created"), (reply.Status, reply.Result));
        Assert.Contains(warning, Assert.Single(reply.Warnings), StringComparison.Ordinal);
        Assert.Contains(await At.AuditAsync("warning"), detail => detail!.Contains(warning, StringComparison.Ordinal));
        Assert.NotNull(await At.CaseAsync(lead));
        Assert.False(await OnAsync("hot", lead));
    }

    [Fact]
    public async Task The_bodys_action_beats_the_urls()
    {
        var lead = WebhookHost.NewLead();

        await At.PostAsync(WebhookHost.Fields(lead, ("list_action", "remove")), "&list_id=hot&list_action=add");

        Assert.False(await OnAsync("hot", lead));
    }

    [Fact]
    public async Task Joining_twice_and_leaving_twice_is_no_error_and_audited_once()
    {
        var lead = WebhookHost.NewLead();
        foreach (var action in new[] { "add", "add", "remove", "remove" })
        {
            Assert.Empty((await At.PostAsync(WebhookHost.Fields(lead), $"&list_id=hot&list_action={action}")).Warnings);
        }

        var audit = (await At.Host.Get<Core.Sync.AuditLog>().ListAsync(WebhookHost.Demo, null, 200, default)).Items.Where(line => line.Resource == lead && line.Action.StartsWith("list_", StringComparison.Ordinal));
        Assert.Equal(["list_add", "list_remove"], audit.Select(line => line.Action).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_known_campaign_is_associated_and_stays(bool byUrl)
    {
        var lead = WebhookHost.NewLead();
        await At.PostAsync(WebhookHost.Fields(lead, byUrl ? [] : [("Campaign_ID", "42")]), byUrl ? "&campaign_id=42" : string.Empty);

        Assert.Equal("42", (await At.CaseAsync(lead))!.CampaignId);
        await At.PostAsync(WebhookHost.Fields(lead), "&campaign_id=4711");
        Assert.Equal("42", (await At.CaseAsync(lead))!.CampaignId);
    }

    private async Task<bool> OnAsync(string list, string lead) =>
        await At.Host.Get<CaseLists>().ContainsAsync(WebhookHost.Demo, list, (await At.CaseAsync(lead))!.Id, default);

    public sealed class Lists : IAsyncLifetime
    {
        public WebhookHost At { get; } = new();

        public async Task InitializeAsync()
        {
            await At.InitializeAsync();
            foreach (var list in new[] { new { id = "hot", name = "Hot Leads" }, new { id = "cold", name = "Cold Leads" } })
            {
                using var answer = await At.Host.Http.PostAsJsonAsync("/api/companies/demo/lists", list);
                answer.EnsureSuccessStatusCode();
            }
        }

        public Task DisposeAsync() => At.DisposeAsync();
    }
}
