using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Sync;
using Kayse.Tests.LawRuler;
using Kayse.Tests.Web;

namespace Kayse.Tests.Lists;

/// <summary>Lists that get another name, and lists that go.</summary>
public sealed class ListChangeTests(WebhookHost at) : IClassFixture<WebhookHost>
{
    private const string Lists = "/api/companies/demo/lists";

    [Fact]
    public async Task A_list_of_another_name_keeps_its_id_and_its_members_and_is_found_by_the_new_name_alone()
    {
        await MakeAsync("renamed", "Hott leads");
        var (first, second, third) = (WebhookHost.NewLead(), WebhookHost.NewLead(), WebhookHost.NewLead());
        await at.PostAsync(WebhookHost.Fields(first), "&list_name=hott%20leads");

        using var answer = await at.Host.Http.PatchAsJsonAsync($"{Lists}/renamed", new { name = " Hot leads " });

        Assert.Equal("Hot leads", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("name").GetString());
        Assert.Contains((await at.PostAsync(WebhookHost.Fields(second), "&list_name=Hott%20leads")).Warnings, warning => warning!.Contains("list_name", StringComparison.Ordinal));
        await at.PostAsync(WebhookHost.Fields(third), "&list_name=Hot%20leads");
        Assert.Equal((true, false, true), (await OnAsync("renamed", first), await OnAsync("renamed", second), await OnAsync("renamed", third)));
    }

    [Theory]
    [InlineData("""{"name":" "}""", "name")]
    [InlineData("{}", "name")]
    [InlineData("""{"name":"Other","id":"other"}""", "id")]
    public async Task A_change_that_is_not_valid_is_refused_by_its_field(string body, string field)
    {
        await MakeAsync("kept", "Kept");

        using var answer = await at.Host.Http.PatchAsync($"{Lists}/kept", new StringContent(body));

        Assert.Equal((HttpStatusCode.BadRequest, field), (answer.StatusCode, Assert.Single(await CompanyTests.FieldsAsync(answer))));
        Assert.Equal("Kept", (await at.Host.GetJsonAsync($"{Lists}/kept")).GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_deleted_list_takes_its_rule_and_its_members_with_it_and_leaves_the_cases()
    {
        await MakeAsync("gone", "Gone");
        using var rule = await at.Host.Http.PutAsJsonAsync($"{Lists}/gone/auto-add", new { enabled = true });
        rule.EnsureSuccessStatusCode();
        var (before, after) = (WebhookHost.NewLead(), WebhookHost.NewLead());
        await at.PostAsync(before);
        Assert.True(await OnAsync("gone", before));

        using var deleted = await at.Host.Http.DeleteAsync($"{Lists}/gone");
        await at.PostAsync(after);
        var named = await at.PostAsync(WebhookHost.Fields(after), "&list_id=gone");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal((false, false), (await OnAsync("gone", before), await OnAsync("gone", after)));
        Assert.Contains(named.Warnings, warning => warning!.Contains("list_id", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, (await at.Host.Http.GetAsync($"{Lists}/gone/auto-add")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await at.Host.Http.DeleteAsync($"{Lists}/gone")).StatusCode);
        Assert.Single((await at.Host.Get<AuditLog>().ListAsync(WebhookHost.Demo, null, 200, default)).Items, line => line is { Action: "list_deleted", Subject: "gone" });
        await MakeAsync("gone", "Gone");
        Assert.Empty((await at.Host.GetJsonAsync($"{Lists}/gone/members")).GetProperty("items").EnumerateArray());
        Assert.False((await at.Host.GetJsonAsync($"{Lists}/gone/auto-add")).GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public async Task A_list_with_more_members_than_a_transaction_takes_is_deleted_whole()
    {
        await MakeAsync("many", "Many");
        var lists = at.Host.Get<CaseLists>();
        for (var i = 0; i < 1000; i++)
        {
            await lists.AddAsync(WebhookHost.Demo, "many", CaseId.Parse($"case_{i:x32}"), default);
        }

        Assert.True(await lists.DeleteAsync(WebhookHost.Demo, "many", default));

        Assert.Empty((await lists.MembersAsync(WebhookHost.Demo, "many", null, 10, default)).Items);
        Assert.False(await lists.DeleteAsync(WebhookHost.Demo, "many", default));
    }

    private async Task MakeAsync(string id, string name)
    {
        using var answer = await at.Host.Http.PostAsJsonAsync(Lists, new { id, name });
        Assert.True(answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.Conflict, await answer.Content.ReadAsStringAsync());
    }

    private async Task<bool> OnAsync(string list, string lead) => await at.Host.Get<CaseLists>().ContainsAsync(WebhookHost.Demo, list, (await at.CaseAsync(lead))!.Id, default);
}
