using System.Net;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Tests.LawRuler;

namespace Kayse.Tests.Mapping;

public sealed class FieldListTests(MappingHost at) : IClassFixture<MappingHost>, IAsyncLifetime
{
    public Task InitializeAsync() => at.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("Auto")]
    [InlineData("INNO%20MVA")]
    [InlineData("222")]
    public async Task A_case_types_fields_are_shown_with_key_label_input_type_section_and_options(string name)
    {
        await at.LinkAsync("Auto", "INNO MVA");
        await at.PostAsync($"fields/refresh?caseType={name}");
        var view = await at.GetAsync($"fields?caseType={name}");

        Assert.True(view.GetProperty("linked").GetBoolean());
        Assert.Equal(
            ["Custom1234|Took the medicine|Yes/No|yesNo|Exposure|", "Custom1235|Date of first use|Date|date|Exposure|", "Custom4124|Diagnosis|Text|text|Injury|", "Custom4125|Stage|Dropdown|singleSelect|Injury|Stage I/Stage II", "Custom4126|Symptoms|Multi Select|multiSelect|Injury|Nausea/Pain, chronic"],
            view.GetProperty("items").EnumerateArray().Select(field => string.Join('|', Chain.Text(field, "key"), Chain.Text(field, "label"), Chain.Text(field, "inputType"), Chain.Text(field, "type"), Chain.Text(field, "section"), string.Join('/', MappingHost.Texts(field, "options")))));
        Assert.Empty(MappingHost.Texts(view, "warnings"));
    }

    [Fact]
    public async Task A_case_type_that_is_not_linked_is_shown_with_a_warning()
    {
        var view = await at.GetAsync("fields?caseType=Camp%20Lejeune");
        Assert.False(view.GetProperty("linked").GetBoolean());
        Assert.Equal(5, view.GetProperty("items").GetArrayLength());
        Assert.Contains("Camp Lejeune is not linked: its mapping is blocked", Assert.Single(MappingHost.Texts(view, "warnings")), StringComparison.Ordinal);

        var none = await at.GetAsync("fields?caseType=Nothing");
        Assert.Empty(none.GetProperty("items").EnumerateArray());
        Assert.Contains("no case type Nothing", Assert.Single(MappingHost.Texts(none, "warnings")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fields?caseType=Zantac&caseType=INNO%20MVA", 0)]
    [InlineData("fields", 0)]
    [InlineData("fields", 2)]
    public async Task For_several_case_types_or_none_the_mappings_are_to_be_used(string route, int outbound)
    {
        await at.Host.PatchSettingsAsync(new { settings = new { outboundCaseTypes = new[] { "Zantac", "INNO MVA" }.Take(outbound) } });
        var view = await at.GetAsync(route);
        Assert.Contains("use the mappings", Chain.Text(view, "message"), StringComparison.Ordinal);
        Assert.Empty(view.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task The_one_case_type_of_the_outbound_settings_is_the_one_that_is_shown()
    {
        await at.Host.PatchSettingsAsync(new { settings = new { outboundCaseTypes = new[] { "Zantac" } } });
        var view = await at.GetAsync("fields");
        Assert.Equal("Zantac", Chain.Text(view, "caseType"));
        Assert.Equal(5, view.GetProperty("items").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, view.GetProperty("message").ValueKind);
    }

    [Fact]
    public async Task Only_the_first_look_and_a_refresh_ask_law_ruler()
    {
        await at.PostAsync("fields/refresh?caseType=Zantac");
        var asked = (await at.Host.SandboxRequestsAsync("fields")).Count;
        await at.GetAsync("fields?caseType=Zantac");
        await at.GetAsync("fields?caseType=Zantac");
        Assert.Equal(asked, (await at.Host.SandboxRequestsAsync("fields")).Count);

        await at.PostAsync("fields/refresh?caseType=Zantac");
        Assert.Equal(asked + 1, (await at.Host.SandboxRequestsAsync("fields")).Count);
    }

    [Fact]
    public async Task A_refresh_keeps_saved_mappings_and_marks_those_whose_field_is_gone()
    {
        await at.LinkAsync("Auto", "INNO MVA");
        await at.PostAsync("fields/refresh?caseType=Auto");
        await at.PutAsync("mappings/Auto", new
        {
            fields = new[] { new { from = "case.fields.Diagnosis", to = "Custom4124" }, new { from = "client.city", to = "City" }, new { from = "client.state", to = "Custom1235" } },
            campaigns = new[] { new { campaign = "42", fields = new[] { new { from = "client.zip", to = "custom4124" } } } },
        });
        await Chain.PortalAsync(at.Host, new { fields = new[] { new { key = "Custom1235", label = "First use", inputType = "Date", section = "New" } } });
        Assert.Equal([false, false, false], Gone(await at.GetAsync("mappings/Auto")));

        await at.PostAsync("fields/refresh?caseType=Auto");

        var view = await at.GetAsync("mappings/Auto");
        Assert.Equal([true, false, false], Gone(view));
        Assert.True(view.GetProperty("campaigns")[0].GetProperty("fields")[0].GetProperty("gone").GetBoolean());
        Assert.Equal(["Law Ruler's list of fields has no Custom4124: nothing is sent for it."], MappingHost.Texts(view, "warnings"));
        Assert.Equal("First use", Chain.Text(view.GetProperty("fields")[2].GetProperty("field"), "label"));
        await at.ResetAsync();
    }

    [Theory]
    [InlineData("500", "fault of its own")]
    [InlineData("429", "slow down")]
    [InlineData("empty200", "cannot be read")]
    [InlineData("login-redirect", "cannot be read")]
    public async Task A_failed_load_is_shown_with_its_reason_and_swallows_nothing(string kind, string reason)
    {
        await at.LinkAsync("Auto", "INNO MVA");
        await at.PostAsync("fields/refresh?caseType=Auto");
        await at.Host.FaultAsync(new { system = "lawruler", operation = "fields", kind, count = 1, applied = "no" });

        var (status, view) = await at.PostAsync("fields/refresh?caseType=Auto");

        Assert.Equal((HttpStatusCode.OK, 5), (status, view.GetProperty("items").GetArrayLength()));
        Assert.Contains(reason, Chain.Text(view.GetProperty("error"), "reason"), StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Single(MappingHost.Texts(view, "warnings")), StringComparison.Ordinal);
        Assert.Contains(reason, Chain.Text((await at.GetAsync("mappings/Auto")).GetProperty("error"), "reason"), StringComparison.Ordinal);
        Assert.DoesNotContain(at.Host.Log.Lines, line => line.Contains("Custom4124", StringComparison.Ordinal));
        at.Host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(JsonValueKind.Null, (await at.PostAsync("fields/refresh?caseType=Auto")).Json.GetProperty("error").ValueKind);
    }

    [Fact]
    public async Task What_law_ruler_says_about_a_refusal_is_passed_on_and_a_list_that_was_never_there_stays_empty()
    {
        await Chain.PortalAsync(at.Host, new { caseTypes = new[] { new { id = 109, name = "Zantac" }, new { id = 777, name = "New Type" } } });
        await at.PostAsync("case-types/refresh");
        await at.PutAsync("case-types", new { entries = new[] { new { kayse = "New", crmId = "777" } } });
        await Chain.PortalAsync(at.Host, new { caseTypes = new[] { new { id = 109, name = "Zantac" } } });

        var view = await at.GetAsync("fields?caseType=New");

        Assert.Empty(view.GetProperty("items").EnumerateArray());
        Assert.Equal("Law Ruler refused the request: Case type not found.", Chain.Text(view.GetProperty("error"), "reason"));
        Assert.Equal(JsonValueKind.Null, view.GetProperty("loadedAt").ValueKind);
    }

    [Fact]
    public async Task A_long_list_is_loaded_page_by_page_and_shown_in_pages()
    {
        await Chain.PortalAsync(at.Host, new { fields = Enumerable.Range(1, 250).Select(i => new { key = $"Custom{i}", label = $"Field {i}", inputType = "Text", section = "All" }) });
        await at.PostAsync("fields/refresh?caseType=Zantac");

        var seen = new List<string?>();
        string? next = null;
        do
        {
            var page = await at.GetAsync($"fields?caseType=Zantac&limit=100{(next is null ? string.Empty : $"&after={next}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(field => Chain.Text(field, "key")));
            next = Chain.Text(page, "next");
        }
        while (next is not null);

        Assert.Equal(Enumerable.Range(1, 250).Select(i => $"Custom{i}"), seen);
        await at.ResetAsync();
        await at.PostAsync("fields/refresh?caseType=Zantac");
    }

    [Fact]
    public async Task A_refresh_leaves_no_old_list_behind()
    {
        await at.PostAsync("fields/refresh?caseType=Zantac");
        var before = await CountAsync();
        await at.PostAsync("fields/refresh?caseType=Zantac");
        Assert.Equal(before, await CountAsync());
    }

    [Fact]
    public async Task The_path_may_take_the_case_types_name_instead_of_its_id()
    {
        await at.Host.PatchSettingsAsync(new { settings = new { fields = new { fieldsPath = "/ApiFields/ByName?type={caseType}" } } });
        var (_, view) = await at.PostAsync("fields/refresh?caseType=INNO%20MVA");
        Assert.Contains("/ApiFields/ByName. Check the setting fields.fieldsPath", Chain.Text(view.GetProperty("error"), "reason"), StringComparison.Ordinal);
        Assert.Contains(await at.Host.SandboxRequestsAsync(), request => Chain.Text(request, "query")!.Contains("type=INNO%20MVA", StringComparison.Ordinal));
    }

    private async Task<int> CountAsync()
    {
        var count = 0;
        await foreach (var _ in at.Host.Get<IBlobStore>().ListAsync($"{CompanyId.Parse("demo")}/crmlists", default))
        {
            count++;
        }

        return count;
    }

    private static IEnumerable<bool> Gone(JsonElement view) => view.GetProperty("fields").EnumerateArray().Select(pair => pair.GetProperty("gone").GetBoolean());
}
