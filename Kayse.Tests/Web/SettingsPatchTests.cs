using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Kayse.Tests.Web;

public sealed class SettingsPatchTests(TwoFirms firms) : IClassFixture<TwoFirms>
{
    private const string Route = "/api/companies/demo2/integrations/lawruler";

    [Theory]
    [InlineData("""{"colour":1}""", "colour")]
    [InlineData("""{"toggles":{"sendEverything":true}}""", "toggles.sendEverything")]
    [InlineData("""{"settings":{"webhook":{"colour":1}}}""", "settings.webhook.colour")]
    [InlineData("""{"toggles":{"sendData":"yes"}}""", "toggles.sendData")]
    [InlineData("""{"toggles":{"sendData":null}}""", "toggles.sendData")]
    [InlineData("""{"toggles":5}""", "toggles")]
    [InlineData("""{"settings":null}""", "settings")]
    [InlineData("""{"settings":{"tags":5}}""", "settings.tags")]
    [InlineData("""{"settings":{"tags":""}}""", "settings.tags")]
    [InlineData("""{"settings":{"tags":"a\"b"}}""", "settings.tags")]
    [InlineData("""{"settings":{"tags":"a\u000ab"}}""", "settings.tags")]
    [InlineData("""{"settings":{"tags":"\ud800"}}""", "settings")]
    [InlineData("""{"settings":{"yes":null}}""", "settings.yes")]
    [InlineData("""{"settings":{"noteCategory":" "}}""", "settings.noteCategory")]
    [InlineData("""{"settings":{"recordingFormName":"a\r\nX: y"}}""", "settings.recordingFormName")]
    [InlineData("""{"settings":{"campaignPath":"api"}}""", "settings.campaignPath")]
    [InlineData("""{"settings":{"campaignPath":"//evil.example.com"}}""", "settings.campaignPath")]
    [InlineData("""{"settings":{"uploadPath":"/\\evil.example.com"}}""", "settings.uploadPath")]
    [InlineData("""{"settings":{"recordingFolder":null}}""", "settings.recordingFolder")]
    [InlineData("""{"settings":{"noteTransport":1}}""", "settings.noteTransport")]
    [InlineData("""{"settings":{"noteTransport":"AdvancedApi, KeyApi"}}""", "settings.noteTransport")]
    [InlineData("""{"settings":{"recordingTransport":"Fax"}}""", "settings.recordingTransport")]
    [InlineData("""{"settings":{"maxRecordingMegabytes":0}}""", "settings.maxRecordingMegabytes")]
    [InlineData("""{"settings":{"maxRecordingMegabytes":1.5}}""", "settings.maxRecordingMegabytes")]
    [InlineData("""{"settings":{"maxRecordingMegabytes":99999999999}}""", "settings.maxRecordingMegabytes")]
    [InlineData("""{"settings":{"analysisWaitMinutes":-1}}""", "settings.analysisWaitMinutes")]
    [InlineData("""{"settings":{"goOnAfterMinutes":0}}""", "settings.goOnAfterMinutes")]
    [InlineData("""{"settings":{"retryFirstSeconds":1e400}}""", "settings.retryFirstSeconds")]
    [InlineData("""{"settings":{"retryMaxSeconds":0}}""", "settings.retryMaxSeconds")]
    [InlineData("""{"settings":{"retryWindowHours":721}}""", "settings.retryWindowHours")]
    [InlineData("""{"settings":{"settleSeconds":"60"}}""", "settings.settleSeconds")]
    [InlineData("""{"settings":{"requestsPerMinute":0}}""", "settings.requestsPerMinute")]
    [InlineData("""{"settings":{"concurrency":65}}""", "settings.concurrency")]
    [InlineData("""{"settings":{"rateLimitWaitSeconds":0}}""", "settings.rateLimitWaitSeconds")]
    [InlineData("""{"settings":{"overrideParameters":"x"}}""", "settings.overrideParameters")]
    [InlineData("""{"settings":{"overrideParameters":["Key"]}}""", "settings.overrideParameters")]
    [InlineData("""{"settings":{"overrideParameters":["a b"]}}""", "settings.overrideParameters")]
    [InlineData("""{"settings":{"callSummaryName":"leadid"}}""", "settings.callSummaryName")]
    [InlineData("""{"settings":{"callTranscriptName":"Key"}}""", "settings.callTranscriptName")]
    [InlineData("""{"settings":{"timeZone":"Mars/Base"}}""", "settings.timeZone")]
    [InlineData("""{"settings":{"fields":null}}""", "settings.fields")]
    [InlineData("""{"settings":{"fields":{"caseTypesPath":"ApiCaseTypes"}}}""", "settings.fields.caseTypesPath")]
    [InlineData("""{"settings":{"fields":{"fieldsPath":"//evil.example.com"}}}""", "settings.fields.fieldsPath")]
    [InlineData("""{"settings":{"fields":{"fieldsPath":"/ApiFields/GetFields"}}}""", "settings.fields.fieldsPath")]
    [InlineData("""{"settings":{"fields":{"leadPath":"/ApiCases/GetLead?leadId={leadId}"}}}""", "settings.fields.leadPath")]
    [InlineData("""{"settings":{"getLeadPath":null}}""", "settings.getLeadPath")]
    [InlineData("""{"settings":{"getLeadPath":"/ApiCases/GetLead"}}""", "settings.getLeadPath")]
    [InlineData("""{"settings":{"getNotesPath":"/ApiNotes/GetNotes?leadId={leadId}"}}""", "settings.getNotesPath")]
    [InlineData("""{"settings":{"getDocumentsPath":"/ApiDocuments/GetDocuments?page={page}&pageSize={pageSize}"}}""", "settings.getDocumentsPath")]
    [InlineData("""{"settings":{"sync":{"searchLeadsPath":"/x"}}}""", "settings.sync.searchLeadsPath")]
    [InlineData("""{"settings":{"fields":{"dateFormat":"M/d"}}}""", "settings.fields.dateFormat")]
    [InlineData("""{"settings":{"fields":{"birthDateFormat":"%"}}}""", "settings.fields.birthDateFormat")]
    [InlineData("""{"settings":{"fields":{"multiSelectSeparator":""}}}""", "settings.fields.multiSelectSeparator")]
    [InlineData("""{"settings":{"fields":{"dateTypes":[" "]}}}""", "settings.fields.dateTypes")]
    [InlineData("""{"settings":{"webhook":{"requiredFields":null}}}""", "settings.webhook.requiredFields")]
    [InlineData("""{"settings":{"outboundCaseTypes":null}}""", "settings.outboundCaseTypes")]
    [InlineData("""{"settings":{"outboundCaseTypes":[null]}}""", "settings.outboundCaseTypes")]
    [InlineData("""{"settings":{"outboundCaseTypes":[" "]}}""", "settings.outboundCaseTypes")]
    [InlineData("""{"settings":{"webhook":{"requiredFields":["Lead ID","Shoe Size"]}}}""", "settings.webhook.requiredFields")]
    [InlineData("""{"settings":{"webhook":{"requiredFields":["Status"]}}}""", "settings.webhook.requiredFields")]
    [InlineData("""{"settings":{"webhook":{"aliases":{"Shoe Size":["x"]}}}}""", "settings.webhook.aliases")]
    [InlineData("""{"settings":{"webhook":{"aliases":{"Email":[" "]}}}}""", "settings.webhook.aliases")]
    [InlineData("""{"settings":{"webhook":{"aliases":{"Email":null}}}}""", "settings.webhook.aliases")]
    [InlineData("""{"settings":{"webhook":{"blankValues":[null]}}}""", "settings.webhook")]
    [InlineData("""{"settings":{"webhook":{"tokenOverlapHours":721}}}""", "settings.webhook.tokenOverlapHours")]
    [InlineData("""{"settings":{"webhook":{"headerName":"a b"}}}""", "settings.webhook.headerName")]
    [InlineData("""{"settings":{"statuses":null}}""", "settings.statuses")]
    [InlineData("""{"settings":{"statuses":{"conflict":"Nobody"}}}""", "settings.statuses.conflict")]
    [InlineData("""{"settings":{"statuses":{"conflict":1}}}""", "settings.statuses.conflict")]
    [InlineData("""{"settings":{"statuses":{"searchPath":"/x?page={page}&pageSize={pageSize}"}}}""", "settings.statuses.searchPath")]
    [InlineData("""{"settings":{"statuses":{"leadPath":"/x?leadId={leadId}"}}}""", "settings.statuses.leadPath")]
    [InlineData("""{"settings":{"statuses":{"overlapMinutes":5}}}""", "settings.statuses.overlapMinutes")]
    [InlineData("""{"settings":{"statuses":{"pagesAPoll":0}}}""", "settings.statuses.pagesAPoll")]
    [InlineData("""{"settings":{"tags":"a","tags":"b"}}""", "settings")]
    [InlineData("""[]""", "body")]
    [InlineData("""{"settings":""", "body")]
    public async Task What_does_not_exist_or_fit_is_named_and_nothing_is_changed(string patch, string field)
    {
        var before = (await firms.Host.GetJsonAsync(Route)).GetRawText();
        using var answer = await firms.Host.Http.PatchAsync($"{Route}/settings", new StringContent(patch));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal([field], (await CompanyTests.FieldsAsync(answer)).Distinct(StringComparer.Ordinal));
        Assert.Equal(before, (await firms.Host.GetJsonAsync(Route)).GetRawText());
    }

    [Fact]
    public async Task All_that_is_wrong_is_named_at_once()
    {
        using var answer = await firms.Host.Http.PatchAsJsonAsync($"{Route}/settings", new { settings = new { tags = "", concurrency = 0, campaignPath = "x" } });

        Assert.Equal(["settings.campaignPath", "settings.concurrency", "settings.tags"], (await CompanyTests.FieldsAsync(answer)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_not_named_stays()
    {
        using var answer = await firms.Host.Http.PatchAsJsonAsync(
            "/api/companies/demo/integrations/lawruler/settings",
            new { toggles = new { sendDocuments = false }, settings = new { tags = "Firm", webhook = new { requiredFields = new[] { "lawruler-2026" }, aliases = new Dictionary<string, string[]>(StringComparer.Ordinal) { ["Lead ID"] = ["Case No"] } } } });
        var view = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((false, true, true), (Toggle(view, "sendDocuments"), Toggle(view, "sendData"), Toggle(view, "syncEnrichedPhones")));
        var settings = view.GetProperty("settings");
        Assert.Equal(("Firm", "Yes", 24), (settings.GetProperty("tags").GetString(), settings.GetProperty("yes").GetString(), settings.GetProperty("webhook").GetProperty("tokenOverlapHours").GetInt32()));
        Assert.Equal("AdvancedApi", settings.GetProperty("noteTransport").GetString());
    }

    private static bool Toggle(JsonElement view, string name) => view.GetProperty("toggles").GetProperty(name).GetBoolean();
}
