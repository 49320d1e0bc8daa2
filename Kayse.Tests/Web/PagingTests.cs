using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Core.Cases.Import;
using Kayse.Core.Companies;
using Kayse.Web;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Tests.Web;

public sealed class PagingTests(TwoFirms firms) : IClassFixture<TwoFirms>
{
    private const int Count = 7;

    private readonly TestHost _host = firms.Host;

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=abc", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("limit=99999999999999", "limit")]
    [InlineData("after=a%20b", "after")]
    [InlineData("after=%2F", "after")]
    [InlineData("after=%C3%A9", "after")]
    public async Task Every_list_refuses_a_wrong_page_by_name(string query, string field)
    {
        await AddUnknownAsync();
        foreach (var list in Lists())
        {
            using var answer = await _host.Http.GetAsync($"{list.Path()}?{query}");
            Assert.Equal((list, HttpStatusCode.BadRequest), (list, answer.StatusCode));
            Assert.Equal([field], await CompanyTests.FieldsAsync(answer));
        }
    }

    [Fact]
    public async Task A_cursor_that_no_page_gave_is_no_fault_and_begins_somewhere()
    {
        await AddUnknownAsync();
        foreach (var list in Lists())
        {
            foreach (var cursor in new[] { "zzz", "~~~", "case_", "_", "0", new string('9', 256) })
            {
                var page = await _host.GetJsonAsync($"{list.Path()}?limit=100&after={cursor}");
                Assert.Equal(JsonValueKind.Array, page.GetProperty("items").ValueKind);
            }
        }
    }

    [Fact]
    public async Task No_item_comes_twice_or_is_missing_over_the_pages()
    {
        await FillAsync();
        foreach (var list in new[] { "cases", "clients", "campaigns", "lists", "lists/paged/members", "audit", "inbound", "workflows", "keys" })
        {
            var whole = (await PageAsync(list, 100, null)).Ids;
            Assert.True(whole.Count >= Count, $"{list}: {whole.Count}");
            foreach (var limit in new[] { 1, 3, Count })
            {
                Assert.Equal(whole, await WalkAsync(list, limit));
            }
        }
    }

    /// <summary>What must be there for its pages to be: under the id that the walk fills in.</summary>
    private async Task AddUnknownAsync()
    {
        await _host.Http.PostAsJsonAsync("/api/companies/demo/lists", new { id = "unknown_1", name = "Any" });
        var cases = _host.Get<CaseStore>();
        await cases.ChangeAsync(
            CompanyId.Parse("demo"), CaseId.Parse("unknown_1"), old => old ?? new Case { Id = CaseId.Parse("unknown_1"), ClientId = ClientId.Parse("any_1"), ExternalSource = "lawruler", ExternalSourceId = "unknown_1", CreatedAt = _host.Clock.GetUtcNow() }, default);
        await _host.Get<ImportStore>().AddAsync(CompanyId.Parse("demo"), new CaseImport { Id = "unknown_1", CreatedAt = _host.Clock.GetUtcNow(), State = ImportStates.Uploaded }, default);
    }

    private List<MappedRoute> Lists() =>
    [
        .. _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().Any(answer => answer.Type is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Page<>)))
            .Select(endpoint => new MappedRoute("GET", endpoint.RoutePattern.RawText!)),
    ];

    private async Task<List<string>> WalkAsync(string list, int limit)
    {
        var all = new List<string>();
        string? after = null;
        do
        {
            (var ids, after) = await PageAsync(list, limit, after);
            Assert.InRange(ids.Count, after is null ? 0 : limit, limit);
            all.AddRange(ids);
        }
        while (after is not null);

        return all;
    }

    private async Task<(List<string> Ids, string? Next)> PageAsync(string list, int limit, string? after)
    {
        var page = await _host.GetJsonAsync($"/api/companies/demo/{list}?limit={limit}{(after is null ? string.Empty : $"&after={after}")}");
        var ids = page.GetProperty("items").EnumerateArray().Select(item => (item.TryGetProperty("id", out var id) ? id : item.GetProperty("caseId")).GetString()!).ToList();
        return (ids, page.TryGetProperty("next", out var next) ? next.GetString() : null);
    }

    private async Task FillAsync()
    {
        await _host.Http.PostAsJsonAsync("/api/companies/demo/lists", new { id = "paged", name = "Paged" });
        for (var i = 0; i < Count; i++)
        {
            await _host.Http.PutAsJsonAsync($"/api/companies/demo/campaigns/c{i}", new { name = $"Campaign {i}" });
            await _host.Http.PostAsJsonAsync("/api/companies/demo/lists", new { name = $"List {i}" });
            await _host.KeyAsync("demo", "viewer");
            using var posted = await _host.Http.PostAsync(
                $"/api/webhooks/lawruler/demo?token={TestHost.WebhookToken}&list_id=paged&Lead%20ID=810{i}&Contact%20ID=820{i}&First%20Name=A&Last%20Name=B&Email=&Case%20Type=&Status=", null);
            Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
            await _host.SendAsync(LawRuler.Samples.CallAnalyzed(_host, call =>
            {
                call["id"] = $"evt_paged{i}";
                call["data"]!["call"]!["call_id"] = $"paged{i}";
            }));
        }

        // Nothing may come by itself between two walks.
        await _host.PatchSettingsAsync(new { toggles = new { receiveData = false, syncCaseStatuses = false } });
        for (var i = 0; i < Count; i++)
        {
            await _host.EndOfWorkflowAsync($"postcall.paged{i}", TimeSpan.FromSeconds(1));
        }
    }
}
