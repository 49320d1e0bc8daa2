using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Sync;

namespace Kayse.Tests.Web;

public sealed class AuditFilterTests : IAsyncLifetime
{
    private static readonly CompanyId s_demo = CompanyId.Parse("demo");

    private TestHost _host = null!;
    private DateTimeOffset _start;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        await _host.OpenFirmAsync("demo2");
        _host.Clock.Advance(TimeSpan.FromDays(1));
        _start = _host.Clock.GetUtcNow();
        for (var i = 0; i < 60; i++)
        {
            await WriteAsync(s_demo, i % 2 == 0 ? "lawmatics" : "lawruler", i % 3 == 0 ? "matter" : "contact", i % 5 == 0 ? "refused" : "done", $"{i}", $"subject{i}");
            _host.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        await WriteAsync(CompanyId.Parse("demo2"), "lawmatics", "matter", "done", "7", "subject_of_demo2");
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("crm=lawmatics", 30)]
    [InlineData("crm=lawmatics&action=matter", 10)]
    [InlineData("crm=lawmatics&action=matter&outcome=refused", 2)]
    [InlineData("crm=LAWMATICS&resource=6", 1)]
    [InlineData("subject=subject7", 1)]
    [InlineData("subject=subject_of_demo2", 0)]
    [InlineData("crm=nobody", 0)]
    public async Task A_filter_finds_what_fits_and_no_more_over_all_pages(string query, int expected)
    {
        foreach (var limit in new[] { 1, 7, 100 })
        {
            var found = await WalkAsync($"{query}&from={Text(_start)}", limit);

            Assert.Equal(expected, found.Count);
            Assert.Equal(found.OrderByDescending(line => line.GetProperty("at").GetDateTimeOffset()).Select(Id), found.Select(Id));
        }
    }

    [Fact]
    public async Task A_time_range_takes_its_beginning_and_not_its_end()
    {
        var found = await WalkAsync($"from={Text(_start.AddMinutes(10))}&before={Text(_start.AddMinutes(20))}", 25);

        // The day that passed has brought a sync, which has lines of its own.
        var own = found.Select(line => line.GetProperty("subject").GetString()).Where(subject => subject?.StartsWith("subject", StringComparison.Ordinal) == true);
        Assert.Equal(Enumerable.Range(10, 10).Select(i => $"subject{i}"), own.Reverse());
    }

    [Fact]
    public async Task The_csv_has_what_the_filter_names()
    {
        var csv = await _host.Http.GetStringAsync($"/api/companies/demo/audit?format=csv&crm=lawmatics&outcome=refused&from={Text(_start)}");

        var lines = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(7, lines.Length);
        Assert.All(lines[1..], line => Assert.Contains("\"lawmatics\"", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("from=yesterday", "from")]
    [InlineData("before=2026-13-01", "before")]
    [InlineData("crm=a&crm=b", "crm")]
    public async Task What_cannot_be_a_filter_is_named(string query, string field)
    {
        using var answer = await _host.Http.GetAsync($"/api/companies/demo/audit?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task A_webhooks_payload_stands_in_its_line_and_in_the_csv()
    {
        await _host.Get<AuditLog>().WriteAsync(s_demo, "lawmatics", "webhook", "done", "456", "inb_1", "matter.converted", """{"data":{"matter_id":456}}""", default);

        var line = Assert.Single(await WalkAsync("action=webhook&crm=lawmatics", 25));
        Assert.Equal("""{"data":{"matter_id":456}}""", line.GetProperty("payload").GetString());
        Assert.Contains("\"{\"\"data\"\":{\"\"matter_id\"\":456}}\"", await _host.Http.GetStringAsync("/api/companies/demo/audit?format=csv&action=webhook"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_admin_sees_the_whole_history_of_the_own_firm_and_of_no_other()
    {
        using var admin = _host.ClientWith(await _host.KeyAsync("demo", "admin"));

        Assert.Equal(HttpStatusCode.Forbidden, (await admin.GetAsync("/api/companies/demo2/audit")).StatusCode);
        Assert.DoesNotContain("subject_of_demo2", await admin.GetStringAsync("/api/companies/demo/audit?format=csv"), StringComparison.Ordinal);
        Assert.Contains("subject59", await admin.GetStringAsync("/api/companies/demo/audit?format=csv"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inbound_requests_can_be_narrowed_too()
    {
        var log = _host.Get<InboundLog>();
        for (var i = 0; i < 20; i++)
        {
            var request = new InboundRequest
            {
                Id = Core.Storage.Ids.New("inb", _host.Clock),
                Crm = i % 2 == 0 ? "lawmatics" : "lawruler",
                ReceivedAt = _host.Clock.GetUtcNow(),
                State = i % 4 == 0 ? "processed" : "ignored",
                EventType = i % 2 == 0 ? "matter.converted" : null,
                Raw = "{}",
            };
            await log.StoreAsync(s_demo, request, default);
        }

        var found = await _host.GetJsonAsync("/api/companies/demo/inbound?crm=lawmatics&state=processed&eventType=matter.converted");

        Assert.Equal(5, found.GetProperty("items").GetArrayLength());
    }

    private static string? Id(JsonElement line) => line.GetProperty("id").GetString();

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private Task WriteAsync(CompanyId company, string crm, string action, string outcome, string resource, string subject) =>
        _host.Get<AuditLog>().WriteAsync(company, crm, action, outcome, resource, subject, null, default);

    private async Task<IReadOnlyList<JsonElement>> WalkAsync(string query, int limit)
    {
        var found = new List<JsonElement>();
        string? after = null;
        do
        {
            var page = await _host.GetJsonAsync($"/api/companies/demo/audit?{query}&limit={limit}&after={after}");
            found.AddRange(page.GetProperty("items").EnumerateArray());
            after = page.GetProperty("next").GetString();
        }
        while (after is not null);
        return found;
    }
}
