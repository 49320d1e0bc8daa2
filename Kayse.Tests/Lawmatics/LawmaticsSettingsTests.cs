using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Tests.Web;

namespace Kayse.Tests.Lawmatics;

public sealed class LawmaticsSettingsTests(TwoFirms firms) : IClassFixture<TwoFirms>
{
    private const string Route = "/api/companies/demo2/integrations/lawmatics";

    [Theory]
    [InlineData("""{"colour":1}""", "colour")]
    [InlineData("""{"toggles":{"sendData":true}}""", "toggles.sendData")]
    [InlineData("""{"toggles":{"autoSync":"yes"}}""", "toggles.autoSync")]
    [InlineData("""{"settings":{"sync":null}}""", "settings.sync")]
    [InlineData("""{"settings":{"requestsPerMinute":3}}""", "settings.requestsPerMinute")]
    [InlineData("""{"settings":{"liveReservePercent":91}}""", "settings.liveReservePercent")]
    [InlineData("""{"settings":{"concurrency":0}}""", "settings.concurrency")]
    [InlineData("""{"settings":{"rateLimitWaitSeconds":0}}""", "settings.rateLimitWaitSeconds")]
    [InlineData("""{"settings":{"retryWindowHours":721}}""", "settings.retryWindowHours")]
    [InlineData("""{"settings":{"settleSeconds":-1}}""", "settings.settleSeconds")]
    [InlineData("""{"settings":{"sync":{"activityMode":"Fax"}}}""", "settings.sync.activityMode")]
    [InlineData("""{"settings":{"sync":{"contactSearch":1}}}""", "settings.sync.contactSearch")]
    [InlineData("""{"settings":{"sync":{"activityName":" "}}}""", "settings.sync.activityName")]
    [InlineData("""{"settings":{"sync":{"tags":[""]}}}""", "settings.sync.tags")]
    [InlineData("""{"settings":{"sync":{"tags":null}}}""", "settings.sync.tags")]
    [InlineData("""{"settings":{"webhook":{"signatureHeader":"a b"}}}""", "settings.webhook.signatureHeader")]
    [InlineData("""{"settings":{"webhook":{"eventIdHeader":null}}}""", "settings.webhook.eventIdHeader")]
    [InlineData("""{"settings":{"webhook":{"signaturePrefix":"a b"}}}""", "settings.webhook.signaturePrefix")]
    [InlineData("""{"settings":{"webhook":{"toleranceSeconds":0}}}""", "settings.webhook.toleranceSeconds")]
    [InlineData("""{"settings":{"webhook":{"unverifiedStatus":500}}}""", "settings.webhook.unverifiedStatus")]
    [InlineData("""{"settings":{"webhook":{"aliases":{"matter.lost":["x"]}}}}""", "settings.webhook.aliases")]
    [InlineData("""{"settings":{"webhook":{"aliases":{"matter.created":[null]}}}}""", "settings.webhook.aliases")]
    [InlineData("""{"settings":{"polling":{"minutes":4}}}""", "settings.polling.minutes")]
    [InlineData("""{"settings":{"forms":{"alwaysWithToken":1}}}""", "settings.forms.alwaysWithToken")]
    public async Task What_does_not_fit_is_named_and_changes_nothing(string patch, string field)
    {
        var before = await firms.Host.GetJsonAsync(Route);

        using var answer = await PatchAsync(patch);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var errors = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateArray();
        Assert.Contains(field, errors.Select(error => error.GetProperty("field").GetString()));
        Assert.Equal(before.GetRawText(), (await firms.Host.GetJsonAsync(Route)).GetRawText());
    }

    [Fact]
    public async Task What_is_not_named_stays()
    {
        await firms.Host.OpenFirmAsync("patched");
        using var answer = await PatchAsync("""{"toggles":{"autoSync":false},"settings":{"sync":{"activityMode":"Interaction"},"webhook":{"aliases":{"matter.stage_changed":["stage.moved"]}}}}""", "patched");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var view = await firms.Host.GetJsonAsync("/api/companies/patched/integrations/lawmatics");
        Assert.Equal((false, true, "Interaction", 45), (
            view.GetProperty("toggles").GetProperty("autoSync").GetBoolean(), view.GetProperty("toggles").GetProperty("receiveData").GetBoolean(),
            view.GetProperty("settings").GetProperty("sync").GetProperty("activityMode").GetString(), view.GetProperty("settings").GetProperty("requestsPerMinute").GetInt32()));
        Assert.Equal("stage.moved", view.GetProperty("settings").GetProperty("webhook").GetProperty("aliases").GetProperty("matter.stage_changed")[0].GetString());
    }

    [Theory]
    [InlineData("matter.stage_changed", "matter.stage_changed")]
    [InlineData("matter.converted", "matter.stage_changed")]
    [InlineData("matter.status_changed", "matter.stage_changed")]
    [InlineData("document.signed", "envelope.completed")]
    [InlineData("invoice.paid", null)]
    [InlineData("stage.moved", "matter.created")]
    public void Both_vocabularies_of_events_are_understood_and_the_firms_own_first(string name, string? meaning)
    {
        var settings = new LawmaticsWebhookSettings { Aliases = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["matter.created"] = ["stage.moved"] } };

        Assert.Equal(meaning, settings.EventOf(name));
    }

    [Fact]
    public async Task A_firms_integrations_are_listed_with_both_crms()
    {
        var page = await firms.Host.GetJsonAsync("/api/companies/demo2/integrations");

        Assert.Equal(["lawruler", "lawmatics"], page.GetProperty("items").EnumerateArray().Select(one => one.GetProperty("crm").GetString()));
        Assert.Equal($"{firms.Host.Url}/api/oauth/lawmatics/callback", page.GetProperty("items")[1].GetProperty("callbackUrl").GetString());
    }

    private async Task<HttpResponseMessage> PatchAsync(string patch, string company = "demo2")
    {
        using var body = new StringContent(patch, System.Text.Encoding.UTF8, "application/json");
        return await firms.Host.Http.PatchAsync($"/api/companies/{company}/integrations/lawmatics/settings", body);
    }
}
