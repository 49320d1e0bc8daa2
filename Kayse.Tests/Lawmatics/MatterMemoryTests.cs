using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Core.Cases;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Tests.Web;

namespace Kayse.Tests.Lawmatics;

/// <summary>What Kayse keeps of a matter: what was told last counts, in whatever order and however often the events are taken in.</summary>
public sealed class MatterMemoryTests(TwoFirms firms) : IClassFixture<TwoFirms>
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 20, 15, 0, 0, TimeSpan.Zero);

    private readonly Matters _matters = firms.Host.Get<Matters>();
    private readonly CaseStore _cases = firms.Host.Get<CaseStore>();

    [Fact]
    public async Task An_answer_that_was_marked_as_privileged_does_not_come_back_when_an_older_event_is_taken_in_again()
    {
        var first = At(1, Outbound.Intake("mem_1", json => json["data"]!["answers"] = new JsonArray(Outbound.Answer("opinion", "Opinion", "Weak"))));
        var matter = await KeepAsync(first);
        await KeepAsync(At(2, Outbound.Intake("mem_1", json => json["data"]!["answers"] = new JsonArray(Outbound.Answer("opinion", "Opinion", "Weak", privileged: true)))));
        var hash = (await _matters.FindAsync(LawmaticsHost.Demo, matter.Id, default)).AnswersHash;

        await KeepAsync(first);

        Assert.Empty(await _matters.AnswersAsync(LawmaticsHost.Demo, matter.Id, default));
        Assert.Equal((null, null), (hash, (await _matters.FindAsync(LawmaticsHost.Demo, matter.Id, default)).AnswersHash));
    }

    [Fact]
    public async Task An_answer_that_was_marked_as_privileged_before_it_was_first_told_is_not_kept_when_the_older_event_comes_late()
    {
        var matter = await KeepAsync(At(2, Outbound.Intake("mem_2", json => json["data"]!["answers"] = new JsonArray(Outbound.Answer("opinion", "Opinion", "Weak", origin: "firm")))));

        await KeepAsync(At(1, Outbound.Intake("mem_2", json => json["data"]!["answers"] = new JsonArray(Outbound.Answer("opinion", "Opinion", "Weak")))));

        Assert.Empty(await _matters.AnswersAsync(LawmaticsHost.Demo, matter.Id, default));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("[]")]
    public async Task An_answer_that_the_client_has_taken_back_is_gone(string? value)
    {
        var name = $"mem_3_{value?.Length}";
        var matter = await KeepAsync(At(1, Outbound.Intake(name)));

        await KeepAsync(At(2, Outbound.Intake(name, json => json["data"]!["answers"] = new JsonArray(Outbound.Answer("served", "Were you served?", value == "[]" ? new JsonArray() : value)))));

        Assert.Equal(["year_of_birth"], (await _matters.AnswersAsync(LawmaticsHost.Demo, matter.Id, default)).Select(answer => answer.Key));
    }

    [Fact]
    public async Task A_late_event_fills_in_blanks_and_overwrites_nothing_of_the_client_and_the_case()
    {
        var older = At(1, Outbound.Created("mem_4", json =>
        {
            json["case"]!["caseType"] = "Old type";
            json["data"]!["matter"]!["title"] = "Old title";
            json["data"]!["client"] = Outbound.Client("Olda", "Oldfeather", "old@example.com");
        }));
        var matter = await KeepAsync(older);
        await KeepAsync(At(2, Outbound.Created("mem_4", json =>
        {
            json["case"]!["caseType"] = "New type";
            json["data"]!["matter"]!["title"] = "New title";
            json["data"]!["client"] = Outbound.Client("Newa", "Newfeather", "new@example.com", null);
        })));

        matter = await KeepAsync(older);

        var client = await _cases.FindAsync(LawmaticsHost.Demo, matter.ClientId, default);
        Assert.Equal(("Newa", "Newfeather", "new@example.com", "+15055550142"), (client!.FirstName, client.LastName, client.Email, client.Phone));
        Assert.Equal(("New type", "New title", "New title"), (matter.CaseType, matter.Name, (await _matters.FindAsync(LawmaticsHost.Demo, matter.Id, default)).Title));
    }

    [Fact]
    public async Task An_older_word_about_a_document_does_not_replace_the_newer_one()
    {
        var matter = await KeepAsync(At(2, Outbound.Approved("mem_5", "doc_1", json => json["data"]!["document"]!["url"] = "https://files.example.com/new")));

        await KeepAsync(At(1, Outbound.Approved("mem_5", "doc_1")));

        Assert.Equal("https://files.example.com/new", Assert.Single((await _matters.FindAsync(LawmaticsHost.Demo, matter.Id, default)).Documents).Url);
    }

    [Fact]
    public async Task However_much_is_submitted_the_row_stays_small_and_so_does_all_that_is_kept()
    {
        Case matter = null!;
        for (var i = 0; i < 40; i++)
        {
            matter = await KeepAsync(At(i, Outbound.Approved("mem_6", $"doc_{i}", json =>
            {
                json["data"]!["document"]!["name"] = new string('ü', 300);
                json["data"]!["document"]!["url"] = $"https://files.example.com/{new string('"', 900)}";
                json["data"]!["answers"] = new JsonArray([.. Enumerable.Range(0, 10).Select(n => (JsonNode)Outbound.Answer($"k{i}_{n}", "Tell us", new string('x', 4000)))]);
            })));
        }

        var row = await firms.Host.Get<IEntityStore>().GetAsync(Tables.Cases, Partitions.Of(LawmaticsHost.Demo, $"matter-{matter.Id}"), "details", default);
        Assert.InRange(row!.Json.Length, 1, 32 * 1024);
        Assert.Equal(40, (await _matters.FindAsync(LawmaticsHost.Demo, matter.Id, default)).Documents.Count);
        Assert.InRange((await _matters.AnswersAsync(LawmaticsHost.Demo, matter.Id, default)).Sum(answer => answer.Values.Sum(value => value.Length)), 400_000, 500_000);
    }

    [Fact]
    public async Task A_matter_that_is_tied_to_a_case_stays_that_ones_when_an_event_names_another_with_it()
    {
        var first = await KeepAsync(At(1, Outbound.Created("mem_7")));

        var second = await KeepAsync(At(2, Outbound.Approved("mem_7", "doc_7", json => json["case"] = new JsonObject { ["externalSource"] = "lawruler", ["externalSourceId"] = "911551" })));

        Assert.Equal(first.Id, second.Id);
        Assert.Single((await _matters.FindAsync(LawmaticsHost.Demo, first.Id, default)).Documents);
    }

    private static JsonObject At(int minute, JsonObject platformEvent)
    {
        platformEvent["occurredAt"] = s_start.AddMinutes(minute).ToString("O", CultureInfo.InvariantCulture);
        return platformEvent;
    }

    private async Task<Case> KeepAsync(JsonObject json)
    {
        var data = JsonSerializer.SerializeToElement(json["data"]);
        var of = json["case"];
        var named = new EventCase(null, of?["externalSource"]?.GetValue<string>(), of?["externalSourceId"]?.GetValue<string>(), of?["caseType"]?.GetValue<string>());
        var at = DateTimeOffset.Parse(json["occurredAt"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        Assert.True(EventId.TryParse(json["id"]!.GetValue<string>(), null, out var id));
        return (await _matters.KeepAsync(new PlatformEvent(id, json["type"]!.GetValue<string>(), at, LawmaticsHost.Demo, named, data, default), null, default))!;
    }
}
