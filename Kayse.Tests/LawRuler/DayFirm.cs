using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Kayse.Core.Cases;
using Kayse.Core.Companies;

namespace Kayse.Tests.LawRuler;

/// <summary>One of the firms of a day: what happens in it, and what must be on both sides in the end. All firms use the same Lead IDs.</summary>
internal sealed class DayFirm(TestHost host, string id, int leads)
{
    private const long FirstLead = 700_001;

    private static readonly string[] s_statuses = ["New Lead", "Sent e-Sign", "Approved", "Not Retained", "Review Needed", "Consultation Complete", "Converted to Case"];

    private readonly List<(string Id, long Lead)> _calls = [];
    private readonly List<(string Id, long Lead)> _messages = [];
    private readonly List<(string Id, long Lead)> _documents = [];
    private readonly Dictionary<long, int> _notes = [];
    private int _leads = leads;
    private int _last;

    private string Portal => $"{host.SandboxUrl}/_sandbox/lawruler/{id}";

    private CompanyId Company => CompanyId.Parse(id);

    /// <summary>Opens the firm, its Law Ruler with leads, and connects them.</summary>
    public async Task OpenAsync()
    {
        var seeds = Enumerable.Range(0, _leads).Select(n => new { id = FirstLead + n, caseType = "Zantac", fields = Person(n) });
        await OkAsync(host.Http.PutAsJsonAsync(Portal, new { leads = seeds }));
        await host.OpenFirmAsync(id);
        await OkAsync(host.Http.PostAsJsonAsync(
            $"/api/companies/{id}/integrations/lawruler/connect", new { username = $"{id}-user", password = $"{id}-password", clientRoot = id, clientSecret = $"{id}-secret", key = $"{id}-key" }));
        await WebhookAsync(active: true);
    }

    /// <summary>Sets Law Ruler's webhook to where the host is now; an inactive one loses what happens.</summary>
    public async Task WebhookAsync(bool active)
    {
        var url = new Uri((await host.GetJsonAsync($"/api/companies/{id}/integrations/lawruler/webhook-url")).GetProperty("url").GetString()!);
        await OkAsync(host.Http.PutAsJsonAsync($"{Portal}/webhook", new { url = host.Url.TrimEnd('/') + url.PathAndQuery, active }));
    }

    /// <summary>Something that happens in the firm.</summary>
    public Task HappenAsync(Random chance) => chance.Next(20) switch
    {
        < 3 => CallAsync(Lead(chance)),
        < 6 => MessageAsync(Lead(chance)),
        6 => DocumentAsync(Lead(chance)),
        < 12 => PatchAsync(Lead(chance), new { status = Status(chance) }),
        < 17 => SetInKayseAsync(Lead(chance), Status(chance)),
        < 19 => NoteAsync(Lead(chance)),
        _ => NewLeadAsync(),
    };

    /// <summary>What differs between the sides; nothing when they are equal and nothing is there twice.</summary>
    public async Task<IReadOnlyList<string>> DifferencesAsync()
    {
        var differences = new List<string>();
        var cases = await CasesAsync();
        if (cases.Count != _leads || cases.Select(one => one.ExternalSourceId).Distinct(StringComparer.Ordinal).Count() != _leads)
        {
            differences.Add($"{id}: {cases.Count} cases of {_leads} leads");
        }

        foreach (var matter in cases)
        {
            var lead = await host.GetJsonAsync($"{Portal}/leads/{matter.ExternalSourceId}");
            var number = long.Parse(matter.ExternalSourceId, CultureInfo.InvariantCulture);
            Compare("status", Chain.Text(lead, "status")!, matter.Status ?? "");
            Compare("name", Chain.Text(lead.GetProperty("fields"), "lastName")!, (matter.Name ?? "").Split(' ').ElementAtOrDefault(1) ?? "");
            Compare("notes of people", $"{_notes.GetValueOrDefault(number)}", $"{(await host.Get<Notes>().ListAsync(Company, matter.Id, null, 100, default)).Items.Count}");
            var markers = lead.GetProperty("notes").EnumerateArray().Select(note => Chain.Text(note, "text")!.Split('\n')[^1]).Where(line => line.StartsWith("Kayse ", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
            Compare("notes of ours", string.Join(", ", Markers(number).Order(StringComparer.Ordinal)), string.Join(", ", markers));
            Compare("documents", $"{_calls.Count(call => call.Lead == number) + _documents.Count(document => document.Lead == number)}", $"{lead.GetProperty("documents").GetArrayLength()}");

            void Compare(string what, string expected, string actual)
            {
                if (expected != actual)
                {
                    differences.Add($"{id}, lead {number}: {what}: expected [{expected}], found [{actual}]");
                }
            }
        }

        return differences;
    }

    private static async Task OkAsync(Task<HttpResponseMessage> request)
    {
        using var answer = await request;
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static string Status(Random chance) => s_statuses[chance.Next(s_statuses.Length)];

    private IEnumerable<string> Markers(long lead) =>
        _calls.Where(call => call.Lead == lead).SelectMany(call => new[] { $"Kayse call {call.Id} (summary)", $"Kayse call {call.Id} (transcript)" })
            .Concat(_messages.Where(message => message.Lead == lead).Select(message => $"Kayse message {message.Id}"));

    private object Person(int n) => new { FirstName = "Ana", LastName = $"{id}x{n}", Email1 = $"ana{n}@example.com" };

    private long Lead(Random chance) => FirstLead + chance.Next(_leads);

    private string Next(string kind) => $"{kind}_{id}_{++_last}";

    private Task CallAsync(long lead)
    {
        var call = Next("call");
        _calls.Add((call, lead));
        return host.SendAsync(Chain.Call(host, call, lead, OfThisFirm));
    }

    private Task MessageAsync(long lead)
    {
        var message = Next("msg");
        _messages.Add((message, lead));
        return host.SendAsync(Deliveries.Message(message, lead, OfThisFirm));
    }

    private async Task DocumentAsync(long lead)
    {
        var document = Next("doc");
        _documents.Add((document, lead));
        await Deliveries.ServeAsync(host, document, 200);
        var json = Deliveries.Document(host, document, lead, $"{document}.pdf");
        OfThisFirm(json);
        await host.SendAsync(json);
    }

    private Task SetInKayseAsync(long lead, string status) => host.SendAsync(new
    {
        id = Next("evt"),
        type = "case_status_changed",
        occurredAt = host.Clock.GetUtcNow(),
        companyId = id,
        @case = new { externalSource = "lawruler", externalSourceId = $"{lead}", caseType = "Zantac" },
        data = new { status, origin = "kayse" },
    });

    private Task PatchAsync(long lead, object change) => OkAsync(host.Http.PatchAsJsonAsync($"{Portal}/leads/{lead}", change));

    private Task NoteAsync(long lead)
    {
        _notes[lead] = _notes.GetValueOrDefault(lead) + 1;
        return OkAsync(host.Http.PostAsJsonAsync($"{Portal}/leads/{lead}/notes", new { text = $"A note of a person, {Next("note")}." }));
    }

    private Task NewLeadAsync()
    {
        var n = _leads++;
        return OkAsync(host.Http.PutAsJsonAsync($"{Portal}/leads/{FirstLead + n}", new { caseType = "Zantac", fields = Person(n) }));
    }

    private void OfThisFirm(JsonObject json) => json["companyId"] = id;

    private async Task<List<Case>> CasesAsync()
    {
        var all = new List<Case>();
        string? after = null;
        do
        {
            var (items, next) = await host.Get<CaseStore>().ListCasesAsync(Company, after, 100, default);
            all.AddRange(items);
            after = next;
        }
        while (after is not null);
        return all;
    }
}
