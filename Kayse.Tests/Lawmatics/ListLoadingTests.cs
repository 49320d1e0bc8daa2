using System.Text.Json;

namespace Kayse.Tests.Lawmatics;

/// <summary>Lists of Lawmatics' that are longer than what may be asked at once.</summary>
public sealed class ListLoadingTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await LawmaticsHost.StartConnectedAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_list_that_is_longer_than_the_rate_limit_lets_through_at_once_is_loaded_page_after_page()
    {
        await _host.SeedAsync("stages", new { name = "Step {n}", pipeline = "Intake", count = 400 });
        await _host.PatchLawmaticsAsync(new { settings = new { requestsPerMinute = 8, polling = new { enabled = false } } });

        var synced = await _host.SyncAsync(Outbound.Created("mat_1"), TimeSpan.FromSeconds(5));

        Assert.Equal("done", Outbound.Text(synced, "state"));
        var pages = (await _host.LawmaticsRequestsAsync()).Select(request => Outbound.Text(request, "path")!).Where(path => path.Contains("/v1/stages", StringComparison.Ordinal)).ToList();
        Assert.InRange(pages.Count, 16, 18);
        var stages = (await _host.GetJsonAsync($"{LawmaticsHost.Base}/stages")).GetProperty("stages").EnumerateArray().Select(stage => Outbound.Text(stage, "name")).ToList();
        Assert.Contains("Step 1", stages);
        Assert.Contains("Step 400", stages);
        Assert.Equal(["done"], (await _host.AuditAsync("stages_loaded")).Select(line => line.Outcome));
    }

    [Fact]
    public async Task An_admin_who_refreshes_a_list_while_the_rate_limit_is_spent_is_told_so_and_it_is_no_failure()
    {
        await _host.PatchLawmaticsAsync(new { settings = new { requestsPerMinute = 8, polling = new { enabled = false } } });
        JsonElement view = default;
        for (var i = 0; i < 6; i++)
        {
            using var answer = await _host.Http.PostAsync($"{LawmaticsHost.Base}/stages/refresh", null);
            view = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        }

        Assert.Contains("rate limit is spent", view.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(await _host.AuditAsync("stages_loaded"), line => line.Outcome == "failed");
        Assert.DoesNotContain("rate limit is spent", (await _host.GetJsonAsync($"{LawmaticsHost.Base}/stages")).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_does_not_say_how_long_it_is_is_read_until_nothing_new_comes()
    {
        await _host.SeedAsync("custom_fields", new { name = "Field {n}", type = "Prospect", count = 60 });

        var fields = await _host.GetJsonAsync($"{LawmaticsHost.Base}/fields");

        var asked = (await _host.LawmaticsRequestsAsync()).Select(request => Outbound.Text(request, "path")!).Where(path => path.Contains("/v1/custom_fields", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, asked.Count);
        var ids = fields.GetProperty("matter").EnumerateArray().Select(field => field.GetRawText()).ToList();
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.InRange(ids.Count, 60, 100);
    }
}
