using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Core.Cases;
using Kayse.Core.Events;

namespace Kayse.Tests.Lawmatics;

/// <summary>What happens in a firm on a day with Lawmatics, and what both sides should know of it in the evening.</summary>
internal sealed class LawmaticsDayFirm(TestHost host, Random chance)
{
    private static readonly string[] s_stages = ["Consultation", "Retained", "Closed"];
    private static readonly string[] s_operations = ["findcontact", "createcontact", "createprospect", "updatecontact", "updateprospect", "getprospect", "listprospects"];
    private static readonly string[] s_kinds = ["reset", "500", "503", "html200", "truncated"];

    private readonly List<DayMatter> _matters = [];
    private int _events;
    private int _moves;

    /// <summary>How much has happened: matters, and stages that were moved.</summary>
    public (int Matters, int Moves) Happened => (_matters.Count, _moves);

    public async Task OpenAsync()
    {
        using var answer = await host.Http.PutAsync($"{LawmaticsHost.Base}/statuses", Json(new JsonObject
        {
            ["entries"] = new JsonArray(Pair("active", "Retained"), Pair("closed", "Closed"), Pair("consultation", "Consultation")),
        }));
        answer.EnsureSuccessStatusCode();
        using var saved = await host.Http.PutAsync($"{LawmaticsHost.Base}/webhook-secret", Json(new JsonObject { ["secret"] = LawmaticsWorld.Secret }));
        saved.EnsureSuccessStatusCode();
    }

    public Task WebhookAsync(bool isActive) => host.InLawmaticsAsync("PUT", "webhook", new { url = host.Url + LawmaticsWorld.Hook, active = isActive, events = "all" });

    /// <summary>Five minutes of work.</summary>
    public async Task HappenAsync()
    {
        for (var i = chance.Next(4); i > 0; i--)
        {
            await (chance.Next(100) switch
            {
                < 35 => CreateAsync(),
                < 60 => CompleteAsync(),
                < 68 => ApproveAsync(),
                < 85 => MoveAsync(),
                _ => BreakAsync(),
            });
        }
    }

    /// <summary>What is not as it should be.</summary>
    public async Task<List<string>> DifferencesAsync()
    {
        var (contacts, kept, notes) = (await host.KeptAsync("contacts"), await host.KeptAsync("matters"), await host.KeptAsync("notes"));
        var differences = new List<string>();
        foreach (var address in _matters.Select(matter => matter.Email).OfType<string>().Distinct())
        {
            Count(differences, contacts.Count(contact => Outbound.Text(contact, "email") == address), $"contacts of {address}");
        }

        var nameless = _matters.Count(matter => matter.Email is null);
        Compare(differences, nameless, contacts.Count(contact => contact.GetProperty("email").ValueKind == JsonValueKind.Null), "contacts without an address");
        foreach (var matter in _matters)
        {
            Count(differences, kept.Count(one => Outbound.Text(one, "caseTitle") == Title(matter)), $"matters {matter.Id}");
            if (matter.IsComplete && !notes.Any(note => Outbound.Text(note, "body")!.StartsWith($"Intake complete: {Title(matter)}\n", StringComparison.Ordinal)))
            {
                differences.Add($"{matter.Id} has no note");
            }

            var status = (await host.Get<CaseStore>().FindAsync(LawmaticsHost.Demo, "kayse", matter.Id, default))?.Status;
            Compare(differences, matter.Status, status, $"status of {matter.Id}");
        }

        differences.AddRange(notes.GroupBy(note => Outbound.Text(note, "body")).Where(same => same.Count() > 1).Select(same => $"{same.Count()} notes are the same"));
        Compare(differences, 0, notes.Count(note => Outbound.Text(note, "body")!.Contains("closer look", StringComparison.Ordinal)), "privileged notes");
        Compare(differences, 0, (await host.Get<PendingWork>().AllAsync(LawmaticsHost.Demo, default)).Count, "pending");
        Compare(differences, 0, (await host.GetJsonAsync("/api/companies/demo/workflows?state=running&limit=100")).GetProperty("items").GetArrayLength(), "running workflows");
        return differences;
    }

    private async Task CreateAsync()
    {
        var id = $"mat_{_matters.Count:000}";
        var email = chance.Next(10) switch
        {
            0 => null,
            1 when _matters.Count > 0 => _matters[chance.Next(_matters.Count)].Email,
            _ => $"client{_matters.Count}@example.com",
        };
        _matters.Add(new DayMatter(id, email));
        await SendAsync(Outbound.Created(id, json => json["data"]!["client"] = Person(_matters[^1])));
    }

    private async Task CompleteAsync()
    {
        if (Any(matter => !matter.IsComplete) is { } matter)
        {
            matter.IsComplete = true;
            await SendAsync(Outbound.Intake(matter.Id, json => json["data"]!["client"] = Person(matter)));
        }
    }

    private async Task ApproveAsync()
    {
        if (Any(matter => !matter.HasDocument) is { } matter)
        {
            // Approved documents complete an intake too.
            (matter.HasDocument, matter.IsComplete) = (true, true);
            await SendAsync(Outbound.Approved(matter.Id, $"doc_{matter.Id}", json => json["data"]!["client"] = Person(matter)));
        }
    }

    private async Task MoveAsync()
    {
        var kept = await host.KeptAsync("matters");
        if (Any(matter => kept.Any(one => Outbound.Text(one, "caseTitle") == Title(matter))) is { } matter)
        {
            var stage = s_stages[chance.Next(s_stages.Length)];
            _moves++;
            matter.Status = stage switch { "Retained" => "active", "Closed" => "closed", _ => "consultation" };
            await host.InLawmaticsAsync("PATCH", $"matters/{kept.First(one => Outbound.Text(one, "caseTitle") == Title(matter)).GetProperty("id").GetInt64()}", new { stage });
        }
    }

    private Task BreakAsync() =>
        host.FaultsAsync(s_operations[chance.Next(s_operations.Length)], s_kinds[chance.Next(s_kinds.Length)], chance.Next(2) == 0 ? "no" : "before", count: chance.Next(1, 4));

    private Task SendAsync(JsonObject platformEvent)
    {
        platformEvent["id"] = $"evt_day_{++_events:0000}";
        platformEvent["occurredAt"] = host.Clock.GetUtcNow().ToString("O");
        return host.SendAsync(platformEvent);
    }

    private DayMatter? Any(Func<DayMatter, bool> condition) => _matters.Where(condition).ToList() is { Count: > 0 } some ? some[chance.Next(some.Count)] : null;

    private static JsonObject Person(DayMatter matter) => Outbound.Client("Tilda", $"Quillfeather {matter.Email ?? matter.Id}", matter.Email);

    private static string Title(DayMatter matter) => $"Quillfeather – {matter.Id}";

    private static JsonObject Pair(string kayse, string crm) => new() { ["kayse"] = kayse, ["crm"] = crm };

    private static StringContent Json(JsonObject json) => new(json.ToJsonString(), System.Text.Encoding.UTF8, "application/json");

    private static void Count(List<string> differences, int count, string what) => Compare(differences, 1, count, what);

    private static void Compare<T>(List<string> differences, T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            differences.Add($"{what}: {actual}, not {expected}");
        }
    }
}

/// <summary>A matter of the day.</summary>
internal sealed class DayMatter(string id, string? email)
{
    public string Id => id;

    public string? Email => email;

    public bool IsComplete { get; set; }

    public bool HasDocument { get; set; }

    /// <summary>The case's status by the stage that Lawmatics' people chose last; null for none.</summary>
    public string? Status { get; set; }
}
