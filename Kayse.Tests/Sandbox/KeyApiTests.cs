using System.Net;
using static Kayse.Tests.Sandbox.SandboxClient;

namespace Kayse.Tests.Sandbox;

public sealed class KeyApiTests
{
    [Fact]
    public async Task An_update_writes_what_was_sent_and_leaves_the_rest()
    {
        await using var sandbox = await StartAsync();
        var answer = await sandbox.UpdateAsync(
            ("Status", "Sent e-Sign"), ("Tags", "Kayse, vip"), ("custom1234", "Yes"), ("Call Summary", "Went well"), ("cellphone", "5055550143"));
        Assert.Contains("Success Lead #711551", answer, StringComparison.Ordinal);
        Assert.Matches(@"Lead ID:(<br\s*/?>)+711551", answer);
        var lead = await sandbox.LeadAsync();
        Assert.Equal("Sent e-Sign", lead.GetProperty("status").GetString());
        Assert.Equal("Zantac", lead.GetProperty("caseType").GetString());
        Assert.Equal(["Kayse", "vip"], lead.GetProperty("tags").EnumerateArray().Select(t => t.GetString()));
        Assert.Equal("Yes", lead.GetProperty("customFields").GetProperty("Custom1234").GetString());
        Assert.Equal("Went well", lead.GetProperty("fields").GetProperty("Call Summary").GetString());
        Assert.Equal("5055550143", lead.GetProperty("fields").GetProperty("CellPhone").GetString());
        Assert.Equal("tilda.quillfeather@example.com", lead.GetProperty("fields").GetProperty("Email1").GetString());
    }

    [Theory]
    [InlineData("duplicate", "Duplicate Lead", "No")]
    [InlineData("ignore", "Success Lead #711551", "No")]
    [InlineData("accept", "Success Lead #711551", "Yes")]
    public async Task An_update_without_the_override_flag_goes_as_the_portal_is_set(string mode, string says, string written)
    {
        await using var sandbox = await StartAsync();
        await sandbox.UpdateAsync(("Custom1234", "No"));
        await sandbox.OptionsAsync(new { withoutOverride = mode });
        Assert.Contains(says, await sandbox.CampaignTextAsync(("LeadID", "711551"), ("Custom1234", "Yes")), StringComparison.Ordinal);
        Assert.Equal(written, (await sandbox.LeadAsync()).GetProperty("customFields").GetProperty("Custom1234").GetString());
    }

    [Fact]
    public async Task Only_the_configured_override_flag_counts()
    {
        await using var sandbox = await StartAsync();
        await sandbox.OptionsAsync(new { overrideFlags = new[] { "overridelead" } });
        Assert.Contains("Duplicate", await sandbox.UpdateAsync(("Tags", "Kayse")), StringComparison.Ordinal);
        Assert.Contains("Success", await sandbox.CampaignTextAsync(("LeadID", "711551"), ("OVERRIDELEAD", "True")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LeadID", "1", "Lead not found")]
    [InlineData("Status", "No Such Status", "Invalid Status")]
    [InlineData("CaseType", "No Such Case", "Invalid CaseType")]
    public async Task What_the_portal_does_not_know_is_an_error_text_with_200(string name, string value, string says)
    {
        await using var sandbox = await StartAsync();
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["LeadID"] = "711551", ["overridelead"] = "true", ["Custom1"] = "x", [name] = value };
        var answer = await sandbox.CampaignTextAsync([.. fields.Select(f => (f.Key, f.Value))]);
        Assert.Contains(says, answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Success", answer, StringComparison.Ordinal);
        Assert.Empty((await sandbox.LeadAsync()).GetProperty("customFields").EnumerateObject());
    }

    [Fact]
    public async Task An_unknown_status_can_be_ignored_in_silence()
    {
        await using var sandbox = await StartAsync();
        await sandbox.OptionsAsync(new { unknownStatus = "ignore" });
        Assert.Contains("Success", await sandbox.UpdateAsync(("Status", "No Such Status")), StringComparison.Ordinal);
        Assert.Equal("New Lead", (await sandbox.LeadAsync()).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("text", 200)]
    [InlineData("401", 401)]
    [InlineData("403", 403)]
    public async Task A_wrong_key_is_refused_as_the_portal_is_set(string mode, int status)
    {
        await using var sandbox = await StartAsync();
        await sandbox.OptionsAsync(new { invalidKey = mode });
        using var answer = await sandbox.Http.PostAsync("/lawruler/demo/api-legalrcampaign.aspx", Form(("Key", "wrong"), ("LeadID", "711551")));
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.DoesNotContain("Success", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_create_runs_the_duplicate_check_on_digits_then_e_mail()
    {
        await using var sandbox = await StartAsync();
        (string, string)[] person = [("FirstName", "Odo"), ("CellPhone", "(505) 555-0199"), ("Email1", "odo@example.com")];
        Assert.Contains("Success", await sandbox.CampaignTextAsync(person), StringComparison.Ordinal);
        Assert.Contains("Duplicate", await sandbox.CampaignTextAsync(("FirstName", "O"), ("CellPhone", "505.555.0199"), ("Email1", "x@example.com")), StringComparison.Ordinal);
        Assert.Contains("Duplicate", await sandbox.CampaignTextAsync(("FirstName", "O"), ("CellPhone", "5055550100"), ("Email1", "ODO@example.com")), StringComparison.Ordinal);
        Assert.Contains("Success", await sandbox.CampaignTextAsync([.. person, ("dupcheck", "0")]), StringComparison.Ordinal);
        Assert.Contains("Email1 is required", await sandbox.CampaignTextAsync(("FirstName", "P"), ("CellPhone", "5055550111")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetStatus_answers_in_xml_on_get_whatever_the_case_of_the_page()
    {
        await using var sandbox = await StartAsync();
        var xml = await sandbox.Http.GetStringAsync("/lawruler/demo/Api-LegalCrmApp.ASPX?key=demo-key&operation=getstatus&returnxml=True&leadid=711551");
        Assert.Contains("<LeadID>711551</LeadID><Status>New Lead</Status>", xml, StringComparison.Ordinal);
        var json = await sandbox.CampaignTextAsync(("Operation", "GetStatus"), ("LeadID", "5"), ("ReturnJSON", "true"));
        Assert.Contains("\"Success\":false", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a <b", 500)]
    [InlineData("a &#60;", 500)]
    [InlineData("</b", 500)]
    [InlineData("1 < 2 <3 & x", 200)]
    [InlineData("&lt;b", 200)]
    public async Task What_looks_like_markup_is_refused_before_anything_is_written(string value, int status)
    {
        await using var sandbox = await StartAsync();
        using var answer = await sandbox.CampaignAsync(("LeadID", "711551"), ("OverriddenLead", "true"), ("Tags", "Kayse"), ("Call Summary", value));
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status == 500, (await answer.Content.ReadAsStringAsync()).Contains("A potentially dangerous Request.Form value was detected", StringComparison.Ordinal));
        Assert.Equal(status == 500 ? 0 : 1, (await sandbox.LeadAsync()).GetProperty("tags").GetArrayLength());
    }

    [Fact]
    public async Task A_conversation_becomes_a_note_and_a_file_part_a_document()
    {
        await using var sandbox = await StartAsync();
        using var answer = await sandbox.Http.PostAsync("/lawruler/demo/lawruler-parsing.aspx", new MultipartFormDataContent
        {
            { new StringContent("demo-key"), "Key" },
            { new StringContent("711551"), "LeadID" },
            { new StringContent("true"), "overridelead" },
            { new StringContent("Agent 00:01 Hello"), "Conversation" },
            { new ByteArrayContent([1, 2, 3]), "Recording", "call – one.wav" },
        });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var lead = await sandbox.LeadAsync();
        Assert.Equal("Conversation", lead.GetProperty("notes")[0].GetProperty("category").GetString());
        var document = lead.GetProperty("documents")[0];
        Assert.Equal("call – one.wav", document.GetProperty("name").GetString());
        Assert.Equal(3, document.GetProperty("size").GetInt64());
        Assert.Equal("Recording", document.GetProperty("formName").GetString());
        Assert.Equal("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81", document.GetProperty("sha256").GetString());
    }

    [Fact]
    public async Task An_unknown_root_is_an_unknown_host()
    {
        await using var sandbox = await StartAsync();
        using var answer = await sandbox.Http.GetAsync("/lawruler/nobody/api-legalcrmapp.aspx?Key=demo-key");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
