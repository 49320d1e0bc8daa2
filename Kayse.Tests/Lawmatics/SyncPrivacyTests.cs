using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Kayse.Core.Cases;

namespace Kayse.Tests.Lawmatics;

/// <summary>Only what the client submitted goes out. Each test tries one way for something else to get to Lawmatics.</summary>
public sealed class SyncPrivacyTests : IAsyncLifetime
{
    private const string Secret = "Zebulona-thinks-the-claim-is-weak";

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await Outbound.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("firm", false)]
    [InlineData("firm", true)]
    [InlineData("client", true)]
    [InlineData(null, false)]
    [InlineData("Client ", false)]
    [InlineData("attorney", null)]
    public async Task An_answer_of_the_firms_or_a_privileged_one_is_in_nothing_that_is_sent(string? origin, bool? privileged)
    {
        await MapAsync();
        await SendAsync(json => json["data"]!["answers"] = new JsonArray(Outbound.Answer("opinion", $"What {Secret}", Secret, origin, privileged), Outbound.Answer("free", "Anything else", "Nothing")));

        await NothingAsync();
        Assert.Contains("Anything else: Nothing", Outbound.Text(await _host.OnlyAsync("notes"), "body"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"true\"")]
    [InlineData("\"yes\"")]
    [InlineData("1")]
    [InlineData("{}")]
    public async Task What_does_not_say_clearly_that_it_is_not_privileged_is_not_sent(string privileged)
    {
        await SendAsync(json =>
        {
            var answer = Outbound.Answer("opinion", "Opinion", Secret);
            answer["privileged"] = JsonNode.Parse(privileged);
            json["data"]!["answers"] = new JsonArray(answer);
        });

        await NothingAsync();
    }

    [Fact]
    public async Task An_answer_that_becomes_privileged_later_is_not_sent_any_more()
    {
        await _host.PatchLawmaticsAsync(new { toggles = new { autoSync = false } });
        await SendAsync(json => json["data"]!["answers"] = new JsonArray(Outbound.Answer("opinion", "Opinion", Secret)), waits: false);
        await _host.SendAsync(Outbound.Intake("mat_1", json =>
        {
            json["id"] = "evt_again";
            json["data"]!["answers"] = new JsonArray(Outbound.Answer("opinion", "Opinion", Secret, privileged: true));
        }));
        await _host.KnownAsync(Outbound.Intake("mat_1", json => json["id"] = "evt_again"));
        await _host.EventuallyAsync(async () => (await _host.Get<Matters>().AnswersAsync(LawmaticsHost.Demo, CaseId.Parse((await _host.CaseAsync("mat_1"))!), CancellationToken.None)).Count == 0);

        await _host.ByHandAsync("mat_1");

        await NothingAsync();
    }

    [Fact]
    public async Task Notes_descriptions_and_names_of_documents_stay_in_kayse()
    {
        await SendAsync(json =>
        {
            json["data"]!["notes"] = new JsonArray(new JsonObject { ["text"] = Secret });
            json["data"]!["note"] = Secret;
            json["data"]!["matter"]!["description"] = Secret;
            json["data"]!["matter"]!["internalNotes"] = Secret;
            json["data"]!["client"]!["notes"] = Secret;
            json["data"]!["form"]!["summary"] = Secret;
        });
        var id = CaseId.Parse((await _host.CaseAsync("mat_1"))!);
        await _host.Get<CaseStore>().ChangeAsync(LawmaticsHost.Demo, id, old => old! with { Description = Secret }, CancellationToken.None);
        await _host.Get<Notes>().AddAsync(LawmaticsHost.Demo, id, "lawruler", "77", new NoteText("Internal", Secret, Secret, null), CancellationToken.None);
        await _host.SyncAsync(Outbound.Approved("mat_1", "doc_1", json => json["data"]!["document"]!["name"] = Secret));
        await _host.ByHandAsync("mat_1");

        await NothingAsync();
        Assert.Contains("Documents approved: 1", Outbound.Text((await _host.KeptAsync("notes"))[^1], "body"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("case.description")]
    [InlineData("case.fields.Notes")]
    [InlineData("analysis._custom1")]
    [InlineData("notes")]
    [InlineData("call.summary")]
    public async Task What_is_not_the_clients_cannot_be_mapped(string from)
    {
        using var answer = await _host.Http.PutAsJsonAsync($"{LawmaticsHost.Base}/mappings", new { matter = new[] { new { from, to = "6435" } } });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("matter[0].from", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task MapAsync()
    {
        using var answer = await _host.Http.PutAsJsonAsync($"{LawmaticsHost.Base}/mappings", new { contact = new[] { new { from = "answers.opinion", to = "4788" } }, matter = new[] { new { from = "answers.opinion", to = "6435" } } });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task SendAsync(Action<JsonObject> change, bool waits = true)
    {
        await _host.SendAsync(Outbound.Intake("mat_1", change));
        if (waits)
        {
            Assert.Equal("done", Outbound.Text(await _host.SyncedAsync("mat_1"), "state"));
        }
        else
        {
            await _host.KnownAsync(Outbound.Intake("mat_1"));
        }
    }

    private async Task NothingAsync()
    {
        var sent = await _host.LawmaticsRequestsAsync();
        Assert.Contains(sent, request => Outbound.Text(request, "operation") == "createprospect");
        Assert.DoesNotContain(sent, request => request.GetRawText().Contains(Secret, StringComparison.OrdinalIgnoreCase));
    }
}
