using System.Net;
using System.Net.Http.Json;
using Kayse.Sandbox;
using static Kayse.Tests.Sandbox.SandboxClient;

namespace Kayse.Tests.Sandbox;

public sealed class AdvancedApiTests
{
    [Fact]
    public async Task The_token_endpoint_tells_a_wrong_user_from_a_wrong_client()
    {
        await using var sandbox = await StartAsync();
        using var user = await sandbox.TokenAsync(password: "wrong");
        using var client = await sandbox.TokenAsync(secret: "wrong");
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (user.StatusCode, (await JsonAsync(user)).GetProperty("error").GetString()));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_client"), (client.StatusCode, (await JsonAsync(client)).GetProperty("error").GetString()));
    }

    [Fact]
    public async Task A_token_ends_when_it_said_and_when_it_is_revoked()
    {
        var clock = new SandboxClock();
        await using var sandbox = await StartAsync(new SandboxOptions { Clock = clock });
        await sandbox.OptionsAsync(new { tokenLifetimeSeconds = 5 });
        await sandbox.SignInAsync();
        Assert.Equal(200, await StatusAsync(sandbox, "/lawruler/demo/ApiStatuses/GetStatuses"));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(401, await StatusAsync(sandbox, "/lawruler/demo/ApiStatuses/GetStatuses"));
        await sandbox.SignInAsync();
        await sandbox.SetAsync("POST", "/_sandbox/lawruler/demo/revoke-tokens", new { });
        Assert.Equal(401, await StatusAsync(sandbox, "/lawruler/demo/ApiStatuses/GetStatuses"));
    }

    [Fact]
    public async Task A_lead_comes_wrapped_or_bare_with_an_eastern_clock_called_utc()
    {
        await using var sandbox = await StartAsync(new SandboxOptions { Clock = new SandboxClock() });
        await sandbox.SignInAsync();
        var wrapped = await sandbox.GetAsync("/lawruler/demo/ApiCases/GetLead?leadId=711551");
        Assert.Equal("2026-11-20T15:14:00.000Z", wrapped.GetProperty("Data").GetProperty("CreateDate").GetString());
        Assert.Equal("Tilda", wrapped.GetProperty("Data").GetProperty("Contact").GetProperty("Firstname").GetString());
        await sandbox.OptionsAsync(new { leadShape = "bare" });
        Assert.Equal(711551, (await sandbox.GetAsync("/lawruler/demo/ApiCases/GetLead?leadId=711551")).GetProperty("LeadId").GetInt64());
        Assert.False((await sandbox.GetAsync("/lawruler/demo/ApiCases/GetLead?leadId=9")).GetProperty("IsSuccess").GetBoolean());
    }

    [Fact]
    public async Task A_search_filters_and_pages_and_shows_the_stars()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SignInAsync();
        for (var id = 1; id <= 3; id++)
        {
            await sandbox.SetAsync("PUT", $"/_sandbox/lawruler/demo/leads/{id}", new { status = "Consultation Complete", caseType = 222 });
        }

        using var answer = await sandbox.Http.PostAsJsonAsync("/lawruler/demo/ApiCases/SearchInboxItems?page=2&pageSize=2", new { InboxType = 1, CaseTypes = new[] { 222 }, Statuses = new[] { 2846 } });
        var found = await JsonAsync(answer);
        Assert.Equal(3, found.GetProperty("Count").GetInt32());
        Assert.Equal("Consultation Complete**", Assert.Single(found.GetProperty("Data").EnumerateArray()).GetProperty("Status").GetString());
        Assert.Equal("Consultation Complete", (await sandbox.GetAsync("/_sandbox/lawruler/demo/leads/1")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_note_keeps_its_category_and_its_clock_is_taken_for_the_easts()
    {
        var clock = new SandboxClock();
        await using var sandbox = await StartAsync(new SandboxOptions { Clock = clock });
        await sandbox.SignInAsync();
        using var answer = await sandbox.Http.PostAsJsonAsync("/lawruler/demo/ApiNotes/AddNote", new { LeadId = "711551", Category = "Client Communication", Title = "Full Call Transcript", Text = "[AGENT]: <hello", CreateDate = "2026-11-20T10:05:10Z" });
        Assert.True((await JsonAsync(answer)).GetProperty("Data").GetProperty("NoteId").GetInt64() > 0);
        var note = (await sandbox.LeadAsync()).GetProperty("notes")[0];
        Assert.Equal("Client Communication", note.GetProperty("category").GetString());
        Assert.Equal("2026-11-20T15:05:10Z", note.GetProperty("createdAt").GetString());
        Assert.Equal(1, (await sandbox.GetAsync("/lawruler/demo/ApiNotes/GetNotes?changedSince=2026-11-20T15:14:00Z")).GetProperty("Count").GetInt32());
        Assert.Equal(0, (await sandbox.GetAsync("/lawruler/demo/ApiNotes/GetNotes?leadId=711551&changedSince=2026-11-20T15:14:01Z")).GetProperty("Count").GetInt32());
    }

    [Fact]
    public async Task A_note_for_an_unknown_lead_fails_with_200()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SignInAsync();
        using var answer = await sandbox.Http.PostAsJsonAsync("/lawruler/demo/ApiNotes/AddNote", new { LeadId = 9, Text = "x" });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False((await JsonAsync(answer)).GetProperty("IsSuccess").GetBoolean());
    }

    [Theory]
    [InlineData("Kayse VoiceAI Recording – Zantac (2026-11-20 10-04-05).mp3", false)]
    [InlineData("numbers.CSV", false)]
    [InlineData("запись.wav", false)]
    [InlineData("Kayse VoiceAI Recording – Zantac (2026-11-20 10-04-05).wav", true)]
    [InlineData("José.wav", true)]
    public async Task Some_names_are_accepted_and_silently_dropped(string name, bool kept)
    {
        await using var sandbox = await StartAsync();
        await sandbox.SignInAsync();
        Assert.True((await sandbox.UploadAsync(name)).GetProperty("IsSuccess").GetBoolean());
        var listed = await sandbox.GetAsync("/lawruler/demo/ApiDocuments/GetDocuments?leadId=711551");
        Assert.Equal(kept ? [name] : [], listed.GetProperty("Data").EnumerateArray().Select(d => d.GetProperty("Name").GetString()!));
    }

    [Fact]
    public async Task A_large_upload_is_hashed_and_comes_back_as_long_as_it_was()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SignInAsync();
        var id = (await sandbox.UploadAsync("long.wav", 40_000_000)).GetProperty("Data").GetProperty("Id").GetInt64();
        var document = (await sandbox.LeadAsync()).GetProperty("documents")[0];
        Assert.Equal((40_000_000, "/recordings", "call_9f2"), (document.GetProperty("size").GetInt64(), document.GetProperty("folder").GetString(), document.GetProperty("metadata").GetProperty("CallId").GetString()));
        Assert.Equal(40_000_000, (await sandbox.Http.GetByteArrayAsync($"/lawruler/demo/ApiDocuments/Download?id={id}")).Length);
    }

    [Fact]
    public async Task A_missing_folder_is_made_or_refused_as_the_portal_is_set()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SignInAsync();
        await sandbox.OptionsAsync(new { missingFolder = "notFound" });
        Assert.Equal("Folder not found.", (await sandbox.UploadAsync("a.wav")).GetProperty("ErrorMessage").GetString());
        await sandbox.SetAsync("PUT", "/_sandbox/lawruler/demo", new { folders = new[] { "/recordings" } });
        Assert.True((await sandbox.UploadAsync("a.wav")).GetProperty("IsSuccess").GetBoolean());
    }

    [Fact]
    public async Task The_rate_limit_answers_429_with_the_seconds_to_wait()
    {
        var clock = new SandboxClock();
        await using var sandbox = await StartAsync(new SandboxOptions { Clock = clock });
        await sandbox.OptionsAsync(new { rateLimitPerMinute = 2 });
        await sandbox.UpdateAsync(("Tags", "a"));
        await sandbox.UpdateAsync(("Tags", "b"));
        using var answer = await sandbox.CampaignAsync(("LeadID", "711551"));
        Assert.Equal((429, TimeSpan.FromSeconds(60)), ((int)answer.StatusCode, answer.Headers.RetryAfter?.Delta));
        clock.Advance(TimeSpan.FromMinutes(1));
        await sandbox.UpdateAsync(("Tags", "c"));
    }

    [Fact]
    public async Task Lookups_and_the_report_name_what_the_portal_has()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SignInAsync();
        await sandbox.OptionsAsync(new { duplicateStatusNames = true });
        var statuses = (await sandbox.GetAsync("/lawruler/demo/ApiStatuses/GetStatuses")).GetProperty("Data").EnumerateArray().Select(s => s.GetProperty("Name").GetString()).ToList();
        Assert.Equal(2, statuses.Count(s => s == "Signed Retainer Contract"));
        Assert.Contains("Zantac", (await sandbox.GetAsync("/lawruler/demo/ApiCaseTypes/GetCaseTypes")).ToString(), StringComparison.Ordinal);
        Assert.Contains("Custom1234", (await sandbox.GetAsync("/lawruler/demo/ApiFields/GetFields?caseTypeId=109")).ToString(), StringComparison.Ordinal);
        using var report = await sandbox.Http.PostAsJsonAsync("/lawruler/demo/ApiReport/GetCustomReport?page=1&pageSize=500", new { });
        Assert.StartsWith("LeadId,FullName,CaseType,Source,Status,CreateDate\r\n711551,", await report.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lookups_come_in_pages_by_case_type_and_can_be_absent()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SignInAsync();
        await sandbox.SetAsync("PUT", "/_sandbox/lawruler/demo", new { fields = new object[] { new { key = "Custom1", label = "One", inputType = "Radio", section = "A", options = new[] { "x", "y" } }, new { key = "Custom2", label = "Two", inputType = "Text", section = "A", caseTypeIds = new[] { 222 } } } });

        var page = await sandbox.GetAsync("/lawruler/demo/ApiFields/GetFields?caseTypeId=222&page=2&pageSize=1");
        Assert.Equal((2, "Custom2"), (page.GetProperty("Count").GetInt32(), page.GetProperty("Data")[0].GetProperty("Key").GetString()));
        var field = Assert.Single((await sandbox.GetAsync("/lawruler/demo/ApiFields/GetFields?caseTypeId=109")).GetProperty("Data").EnumerateArray());
        Assert.Equal("""["x","y"]""", field.GetProperty("Options").GetRawText());
        await sandbox.OptionsAsync(new { lookupsApi = false });
        Assert.Equal(404, await StatusAsync(sandbox, "/lawruler/demo/ApiFields/GetFields?caseTypeId=109"));
    }

    [Fact]
    public async Task A_leads_detail_tells_its_fields_unless_it_is_set_not_to_and_an_unknown_field_may_vanish()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SignInAsync();
        await sandbox.OptionsAsync(new { unknownField = "ignore" });
        await sandbox.UpdateAsync(("Custom1235", "1/1/2000"), ("Custom9", "x"), ("Zip", "87501"));

        var lead = (await sandbox.GetAsync("/lawruler/demo/ApiCases/GetLead?leadId=711551")).GetProperty("Data");
        Assert.Equal("""[{"Key":"Custom1235","Value":"1/1/2000"}]""", lead.GetProperty("CustomFields").GetRawText());
        Assert.Equal("87501", lead.GetProperty("Fields").GetProperty("Zip").GetString());
        await sandbox.OptionsAsync(new { leadFields = false });
        Assert.False((await sandbox.GetAsync("/lawruler/demo/ApiCases/GetLead?leadId=711551")).GetProperty("Data").TryGetProperty("Fields", out _));
    }

    private static async Task<int> StatusAsync(SandboxClient sandbox, string path)
    {
        using var answer = await sandbox.Http.GetAsync(path);
        return (int)answer.StatusCode;
    }
}
