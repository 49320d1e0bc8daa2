using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Sync;
using Kayse.Tests.LawRuler;
using Kayse.Tests.Web;

namespace Kayse.Tests.Lists;

public sealed class AutoAddTests(WebhookHost at) : IClassFixture<WebhookHost>
{
    private static int s_lastList;

    [Theory]
    [InlineData(new string[0], new string[0], true)]
    [InlineData(new[] { "Zantac" }, new string[0], true)]
    [InlineData(new[] { " zantac " }, new[] { "new lead**" }, true)]
    [InlineData(new[] { "Roundup", "Zantac" }, new[] { "Signed", "New Lead" }, true)]
    [InlineData(new[] { "17" }, new[] { "3" }, true)]
    [InlineData(new[] { "Roundup" }, new string[0], false)]
    [InlineData(new string[0], new[] { "Signed" }, false)]
    [InlineData(new[] { "Zantac" }, new[] { "Signed" }, false)]
    [InlineData(new[] { "18" }, new[] { "3" }, false)]
    public async Task A_case_joins_the_lists_whose_case_types_and_statuses_it_has_by_name_or_id(string[] caseTypes, string[] statuses, bool joins)
    {
        var list = await ListAsync(new { enabled = true, caseTypes, statuses });
        var lead = WebhookHost.NewLead();

        Assert.Equal("created", (await at.PostAsync(lead, ("Case Type ID", "17"), ("Status", "New Lead**"), ("Status ID", "3"))).Result);

        Assert.Equal(joins, await OnAsync(list, lead));
        await OffAsync(list);
    }

    [Fact]
    public async Task Rules_are_applied_at_every_change_and_written_down_once()
    {
        var list = await ListAsync(new { enabled = true, statuses = new[] { "Signed" } });
        var lead = WebhookHost.NewLead();
        await at.PostAsync(lead);
        Assert.False(await OnAsync(list, lead));

        await at.PostAsync(lead, ("Status", "Signed"));
        Assert.True(await OnAsync(list, lead));

        // It stays when it does not match any more, and joining again is no news.
        await at.PostAsync(lead, ("Status", "Closed"));
        await at.PostAsync(lead, ("Status", "Signed"));
        Assert.True(await OnAsync(list, lead));
        var audit = (await at.Host.Get<AuditLog>().ListAsync(WebhookHost.Demo, null, 200, default)).Items.Where(line => line.Resource == lead && line.Action == "list_add");
        Assert.Equal($"List {list}, by its auto-add rule.", Assert.Single(audit).Detail);
        await OffAsync(list);
    }

    [Fact]
    public async Task Only_on_first_sync_takes_cases_that_arrive_and_none_that_were_there()
    {
        var known = WebhookHost.NewLead();
        await at.PostAsync(known);
        var list = await ListAsync(new { enabled = true, onlyOnFirstSync = true });
        var arriving = WebhookHost.NewLead();

        await at.PostAsync(known, ("Status", "Signed"));
        await at.PostAsync(arriving);

        Assert.Equal((false, true), (await OnAsync(list, known), await OnAsync(list, arriving)));
        var id = (await at.CaseAsync(arriving))!.Id;
        await at.Host.Get<CaseLists>().RemoveAsync(WebhookHost.Demo, list, id, default);
        await at.PostAsync(arriving, ("Status", "Signed"));
        Assert.False(await OnAsync(list, arriving));
        await OffAsync(list);
    }

    [Fact]
    public async Task A_case_whose_first_post_a_crash_cut_off_is_still_one_that_arrives()
    {
        var list = await ListAsync(new { enabled = true, onlyOnFirstSync = true });
        var lead = WebhookHost.NewLead();
        await at.PostAsync(lead);
        var matter = (await at.CaseAsync(lead))!;
        Assert.False(matter.FirstListsDue);
        // As a crash between the case and its lists leaves it.
        await at.Host.Get<CaseLists>().RemoveAsync(WebhookHost.Demo, list, matter.Id, default);
        await at.Host.Get<CaseStore>().ChangeAsync(WebhookHost.Demo, matter.Id, old => old! with { FirstListsDue = true }, default);

        await at.PostAsync(lead);

        Assert.True(await OnAsync(list, lead));
        Assert.False((await at.CaseAsync(lead))!.FirstListsDue);
        await OffAsync(list);
    }

    [Theory]
    [InlineData("&list_id={0}&list_action=remove")]
    [InlineData("&list_id={0}&remove_from_list=true")]
    [InlineData("&list_name=Name%20of%20{0}&list_action=detach")]
    public async Task A_post_that_takes_its_case_off_a_list_is_not_outdone_by_the_lists_rule(string parameters)
    {
        var list = await ListAsync(new { enabled = true });
        var lead = WebhookHost.NewLead();

        await at.PostAsync(WebhookHost.Fields(lead), parameters.Replace("{0}", list, StringComparison.Ordinal));

        Assert.False(await OnAsync(list, lead));
        Assert.DoesNotContain((await at.Host.Get<AuditLog>().ListAsync(WebhookHost.Demo, null, 200, default)).Items, line => line.Resource == lead && line.Action.StartsWith("list_", StringComparison.Ordinal) && line.Detail!.Contains(list, StringComparison.Ordinal));
        await OffAsync(list);
    }

    [Fact]
    public async Task A_rule_that_is_switched_off_adds_nobody_and_takes_nobody_off()
    {
        var list = await ListAsync(new { enabled = true, caseTypes = new[] { "Zantac" } });
        var (before, after) = (WebhookHost.NewLead(), WebhookHost.NewLead());
        await at.PostAsync(before);

        await SetAsync(list, new { enabled = false, caseTypes = new[] { "Zantac" } });
        await at.PostAsync(after);

        Assert.Equal((true, false), (await OnAsync(list, before), await OnAsync(list, after)));
        var rule = await at.Host.GetJsonAsync($"/api/companies/demo/lists/{list}/auto-add");
        Assert.False(rule.GetProperty("enabled").GetBoolean());
        Assert.Equal("Zantac", rule.GetProperty("caseTypes")[0].GetString());
    }

    [Fact]
    public async Task A_list_has_no_rule_until_one_is_saved()
    {
        var list = await ListAsync(null);

        var rule = await at.Host.GetJsonAsync($"/api/companies/demo/lists/{list}/auto-add");

        Assert.False(rule.GetProperty("enabled").GetBoolean());
        Assert.Equal(list, (await at.Host.GetJsonAsync($"/api/companies/demo/lists/{list}")).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("{}", "enabled")]
    [InlineData("""{"enabled":"yes"}""", "enabled")]
    [InlineData("""{"enabled":true,"caseTypes":["a"," "]}""", "caseTypes[1]")]
    [InlineData("""{"enabled":true,"statuses":[null]}""", "statuses[0]")]
    public async Task A_rule_that_is_not_valid_is_refused_by_its_field(string body, string field)
    {
        var list = await ListAsync(null);

        using var answer = await at.Host.Http.PutAsync($"/api/companies/demo/lists/{list}/auto-add", new StringContent(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal([field], await CompanyTests.FieldsAsync(answer));
    }

    [Fact]
    public async Task The_rules_of_all_lists_stay_one_small_row()
    {
        await using var host = await TestHost.StartAsync();
        var refused = false;
        for (var i = 0; i < 60 && !refused; i++)
        {
            using var made = await host.Http.PostAsJsonAsync("/api/companies/demo/lists", new { id = $"l{i}", name = $"List {i}" });
            using var answer = await host.Http.PutAsJsonAsync($"/api/companies/demo/lists/l{i}/auto-add", new { enabled = true, caseTypes = Enumerable.Range(0, 20).Select(n => $"{n:d100}") });
            refused = answer.StatusCode == HttpStatusCode.BadRequest;
        }

        Assert.True(refused);
    }

    [Fact]
    public async Task An_admin_puts_cases_on_a_list_and_takes_them_off()
    {
        var list = await ListAsync(null);
        var lead = WebhookHost.NewLead();
        await at.PostAsync(lead);
        var id = (await at.CaseAsync(lead))!.Id;

        Assert.Equal(HttpStatusCode.NoContent, (await at.Host.Http.PutAsync($"/api/companies/demo/lists/{list}/members/{id}", null)).StatusCode);
        Assert.True(await OnAsync(list, lead));
        Assert.Equal(HttpStatusCode.NotFound, (await at.Host.Http.PutAsync($"/api/companies/demo/lists/{list}/members/case_nobody", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await at.Host.Http.DeleteAsync($"/api/companies/demo/lists/{list}/members/{id}")).StatusCode);
        Assert.False(await OnAsync(list, lead));
        Assert.Equal(HttpStatusCode.NoContent, (await at.Host.Http.DeleteAsync($"/api/companies/demo/lists/{list}/members/{id}")).StatusCode);
    }

    private async Task<string> ListAsync(object? rule)
    {
        var id = $"auto{Interlocked.Increment(ref s_lastList)}";
        using var answer = await at.Host.Http.PostAsJsonAsync("/api/companies/demo/lists", new { id, name = $"Name of {id}" });
        answer.EnsureSuccessStatusCode();
        if (rule is not null)
        {
            await SetAsync(id, rule);
        }

        return id;
    }

    private async Task SetAsync(string list, object rule)
    {
        using var answer = await at.Host.Http.PutAsJsonAsync($"/api/companies/demo/lists/{list}/auto-add", rule);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Equal(list, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("listId").GetString());
    }

    private Task OffAsync(string list) => SetAsync(list, new { enabled = false });

    private async Task<bool> OnAsync(string list, string lead) => await at.Host.Get<CaseLists>().ContainsAsync(WebhookHost.Demo, list, (await at.CaseAsync(lead))!.Id, default);
}
