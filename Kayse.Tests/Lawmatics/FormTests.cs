using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Tests.LawRuler;

namespace Kayse.Tests.Lawmatics;

public sealed class FormTests(LawmaticsWorld world) : IClassFixture<LawmaticsWorld>, IAsyncLifetime
{
    private const string Simple = "0a6c1f2e-1111-4d0a-9b1e-000000000001";
    private const string Payment = "0a6c1f2e-2222-4d0a-9b1e-000000000002";
    private const string Relationship = "0a6c1f2e-3333-4d0a-9b1e-000000000003";
    private const string Newsletter = "0a6c1f2e-4444-4d0a-9b1e-000000000004";
    private const string Forms = $"{LawmaticsHost.Base}/forms";

    public async Task InitializeAsync()
    {
        await world.ResetAsync();
        await world.Host.SandboxOptionsAsync(new { formsNeedToken = false });
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task The_forms_are_listed_with_why_some_cannot_be_submitted()
    {
        var list = await world.Host.GetJsonAsync(Forms);

        var reasons = list.GetProperty("items").EnumerateArray().ToDictionary(form => form.GetProperty("id").GetString()!, form => form.GetProperty("cannotSubmit").GetString());
        Assert.Null(list.GetProperty("problem").GetString());
        Assert.Null(reasons[Simple]);
        Assert.Null(reasons[Newsletter]);
        Assert.Contains("payment gateway", reasons[Payment], StringComparison.Ordinal);
        Assert.Contains("relationship block", reasons[Relationship], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_is_paged()
    {
        var first = await world.Host.GetJsonAsync($"{Forms}?limit=3");
        var second = await world.Host.GetJsonAsync($"{Forms}?limit=3&after={first.GetProperty("next").GetString()}");

        Assert.Equal((3, 1, JsonValueKind.Null), (first.GetProperty("items").GetArrayLength(), second.GetProperty("items").GetArrayLength(), second.GetProperty("next").ValueKind));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_form_is_shown_with_its_fields_whether_or_not_Lawmatics_asks_for_the_token(bool needsToken, bool always)
    {
        await world.Host.SandboxOptionsAsync(new { formsNeedToken = needsToken });
        await world.PatchAsync(new { settings = new { forms = new { alwaysWithToken = always } } });

        var form = await world.Host.GetJsonAsync($"{Forms}/{Simple}");

        await world.PatchAsync(new { settings = new { forms = new { alwaysWithToken = false } } });
        Assert.Equal("Website intake", form.GetProperty("name").GetString());
        var fields = form.GetProperty("fields").EnumerateArray().ToDictionary(field => field.GetProperty("id").GetString()!);
        Assert.Equal(("First name", true), (fields["first_name"].GetProperty("label").GetString(), fields["first_name"].GetProperty("required").GetBoolean()));
        Assert.Equal(["Joint", "Sole", "Undecided"], fields["custom_field_6441"].GetProperty("options").EnumerateArray().Select(option => option.GetProperty("value").GetString()));
        Assert.Contains("general_field_1e50", fields.Keys);
        Assert.False((await world.Host.ConnectionAsync()).GetProperty("reconnectNeeded").GetBoolean());
    }

    [Fact]
    public async Task A_form_is_submitted_once_and_what_it_made_is_told()
    {
        var entries = await EntriesAsync();

        var (status, made) = await SubmitAsync(Simple, new { values = new { first_name = "Tilda", last_name = "Quillfeather", email = "tilda@example.com", custom_field_6441 = "Joint", utm_source = "kayse" } });

        Assert.Equal((201, "prospect"), (status, made.GetProperty("type").GetString()));
        var matters = (await world.Host.GetJsonAsync($"{world.Host.SandboxUrl}/_sandbox/lawmatics")).GetProperty("matters").EnumerateArray();
        Assert.Contains(matters, matter => matter.GetProperty("id").GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture) == made.GetProperty("id").GetString());
        Assert.Equal(entries + 1, await EntriesAsync());
        var line = (await world.Host.AuditAsync("form_submit"))[0];
        Assert.Equal("done", line.Outcome);
        Assert.DoesNotContain("Tilda", line.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_fields_themselves_are_as_good_as_values_around_them()
    {
        var (status, made) = await SubmitAsync(Newsletter, new { first_name = "Ottmar", last_name = "Brandreth" });

        Assert.Equal((201, "contact"), (status, made.GetProperty("type").GetString()));
    }

    [Theory]
    [InlineData(Payment, "payment gateway")]
    [InlineData(Relationship, "relationship block")]
    public async Task A_form_that_cannot_be_submitted_is_refused_with_its_reason_and_not_sent(string form, string reason)
    {
        var sent = (await world.Host.LawmaticsRequestsAsync("submitform")).Count;

        var (status, problem) = await SubmitAsync(form, new { values = new { first_name = "Tilda", last_name = "Quillfeather" } });

        Assert.Equal(422, status);
        Assert.Contains(reason, problem.GetProperty("errors")[0].GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(sent, (await world.Host.LawmaticsRequestsAsync("submitform")).Count);
    }

    [Theory]
    [InlineData("""{"values":{"last_name":"Quillfeather"}}""", "first_name")]
    [InlineData("""{"values":{"first_name":" ","last_name":"Quillfeather"}}""", "first_name")]
    [InlineData("""{"values":{"first_name":"Tilda","last_name":"Quillfeather","shoe_size":"9"}}""", "shoe_size")]
    [InlineData("""{"values":{"first_name":"Tilda","last_name":"Quillfeather","custom_field_6441":"Both"}}""", "custom_field_6441")]
    [InlineData("""{"values":{"first_name":{"a":1},"last_name":"Quillfeather"}}""", "first_name")]
    [InlineData("""[]""", "values")]
    [InlineData("""{""", "values")]
    public async Task What_does_not_fit_is_named_and_not_sent(string body, string field)
    {
        var entries = await EntriesAsync();
        using var answer = await world.Host.Http.PostAsync($"{Forms}/{Simple}/submit", new StringContent(body));

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains(field, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()));
        Assert.Equal(entries, await EntriesAsync());
    }

    [Fact]
    public async Task What_Lawmatics_refuses_is_told_in_its_words()
    {
        await world.Host.FaultAsync(new { system = "lawmatics", operation = "submitform", kind = "422", count = 1, applied = "no", detail = "The moon is in the wrong house." });

        var (status, problem) = await SubmitAsync(Simple, new { values = new { first_name = "Tilda", last_name = "Quillfeather" } });

        Assert.Equal(422, status);
        Assert.Contains("payment gateway", problem.GetProperty("errors")[0].GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("The moon is in the wrong house.", problem.GetProperty("errors")[0].GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_submission_whose_answer_was_lost_is_not_sent_again()
    {
        var entries = await EntriesAsync();
        await world.Host.FaultAsync(new { system = "lawmatics", operation = "submitform", kind = "reset", count = 1, applied = "before" });

        var (status, problem) = await SubmitAsync(Simple, new { values = new { first_name = "Tilda", last_name = "Quillfeather" } });

        Assert.Equal((502, entries + 1), (status, await EntriesAsync()));
        Assert.Contains("Look there", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("warning", (await world.Host.AuditAsync("form_submit"))[0].Outcome);
    }

    [Fact]
    public async Task A_submission_is_in_the_audit_log_before_it_is_sent()
    {
        var store = new HookedStore(world.Host.Get<IEntityStore>(), Tables.Audit) { IsAway = true };
        var forms = new LawmaticsForms(world.Host.Get<LawmaticsConnections>(), world.Host.Get<LawmaticsClient>(), new AuditLog(store, world.Host.Clock));
        var (form, _) = await forms.FindAsync(LawmaticsHost.Demo, Simple, default);
        var (entries, started) = (await EntriesAsync(), (await world.Host.AuditAsync("form_submit_started")).Count);
        var values = new Dictionary<string, JsonElement> { ["first_name"] = JsonSerializer.SerializeToElement("Tilda"), ["last_name"] = JsonSerializer.SerializeToElement("Quillfeather") };

        await Assert.ThrowsAsync<StorageUnavailableException>(() => forms.SubmitAsync(LawmaticsHost.Demo, form!, values, default));

        Assert.Equal(entries, await EntriesAsync());
        Assert.Equal(201, (await SubmitAsync(Simple, new { values })).Status);
        Assert.Equal(started + 1, (await world.Host.AuditAsync("form_submit_started")).Count);
    }

    [Theory]
    [InlineData("paused")]
    [InlineData("reconnect")]
    [InlineData("disconnected")]
    public async Task While_nothing_may_be_asked_of_Lawmatics_no_form_is_submitted(string state)
    {
        var connections = world.Host.Get<LawmaticsConnections>();
        var before = await connections.GetAsync(LawmaticsHost.Demo, default);
        var sent = (await world.Host.LawmaticsRequestsAsync("submitform")).Count;
        await connections.ChangeAsync(
            LawmaticsHost.Demo,
            old => state == "paused" ? old with { Toggles = old.Toggles with { EnableIntegration = false } } : state == "reconnect" ? old with { ReconnectNeededSince = world.Host.Clock.GetUtcNow() } : old with { Connected = false },
            default);

        var (status, problem) = await SubmitAsync(Simple, new { values = new { first_name = "Tilda", last_name = "Quillfeather" } });

        await connections.ChangeAsync(LawmaticsHost.Demo, _ => before, default);
        Assert.Equal((409, "connection"), (status, problem.GetProperty("errors")[0].GetProperty("field").GetString()));
        Assert.Equal(sent, (await world.Host.LawmaticsRequestsAsync("submitform")).Count);
    }

    [Fact]
    public async Task A_form_goes_by_the_id_that_it_was_asked_for()
    {
        // Lawmatics answers with another one, as the sandbox does here.
        var asked = Simple.ToUpperInvariant();

        Assert.Equal(asked, (await world.Host.GetJsonAsync($"{Forms}/{asked}")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_list_of_several_pages_is_read_as_far_as_the_budget_goes_and_what_was_read_is_shown()
    {
        var other = new LawmaticsWorld();
        await other.InitializeAsync();
        await using var host = other.Host;
        await host.SandboxOptionsAsync(new { formsInPages = true });
        for (var n = 0; n < 130; n++)
        {
            await other.AskAsync(HttpMethod.Post, $"{LawmaticsWorld.Sandbox}/forms", new { uuid = Guid.NewGuid(), name = $"Form {n}", components = new[] { new { id = "email", label = "E-mail" } } });
        }

        var whole = await host.GetJsonAsync($"{Forms}?limit=100");
        await other.PatchAsync(new { settings = new { requestsPerMinute = 8 } });
        // What was taken of the larger budget is lost by then.
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        var part = await host.GetJsonAsync($"{Forms}?limit=100");

        Assert.Equal((100, null), (whole.GetProperty("items").GetArrayLength(), whole.GetProperty("problem").GetString()));
        Assert.Equal(100, part.GetProperty("items").GetArrayLength());
        Assert.Contains("rate limit", part.GetProperty("problem").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0a6c1f2e-9999-4d0a-9b1e-000000000009")]
    [InlineData("a%20b")]
    public async Task A_form_that_is_not_there_is_not_found(string id)
    {
        using var shown = await world.Host.Http.GetAsync($"{Forms}/{id}");
        using var submitted = await world.Host.Http.PostAsJsonAsync($"{Forms}/{id}/submit", new { values = new { } });

        Assert.Equal((404, 404), ((int)shown.StatusCode, (int)submitted.StatusCode));
    }

    [Fact]
    public async Task Without_a_connection_the_list_is_empty_and_says_why()
    {
        await world.Host.OpenFirmAsync("formless");

        var list = await world.Host.GetJsonAsync("/api/companies/formless/integrations/lawmatics/forms");

        Assert.Equal(0, list.GetProperty("items").GetArrayLength());
        Assert.Contains("not connected", list.GetProperty("problem").GetString(), StringComparison.Ordinal);
    }

    private async Task<(int Status, JsonElement Json)> SubmitAsync(string form, object body)
    {
        // Of two lines of one millisecond nobody can tell which is the newer.
        world.Host.Clock.Advance(TimeSpan.FromMilliseconds(2));
        using var answer = await world.Host.Http.PostAsJsonAsync($"{Forms}/{form}/submit", body);
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private async Task<int> EntriesAsync() => (await world.Host.GetJsonAsync($"{world.Host.SandboxUrl}/_sandbox/lawmatics")).GetProperty("entries").GetArrayLength();
}
