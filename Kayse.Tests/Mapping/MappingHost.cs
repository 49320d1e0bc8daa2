using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Tests.LawRuler;

namespace Kayse.Tests.Mapping;

/// <summary>A host for tests of links, fields and mappings; each test begins with nothing linked and Law Ruler as it was.</summary>
public sealed class MappingHost : IAsyncLifetime
{
    private const string Base = "/api/companies/demo/integrations/lawruler";

    private static readonly object[] s_fields =
    [
        new { key = "Custom1234", label = "Took the medicine", inputType = "Yes/No", section = "Exposure" },
        new { key = "Custom1235", label = "Date of first use", inputType = "Date", section = "Exposure" },
        new { key = "Custom4124", label = "Diagnosis", inputType = "Text", section = "Injury" },
        new { key = "Custom4125", label = "Stage", inputType = "Dropdown", section = "Injury", options = new[] { "Stage I", "Stage II" } },
        new { key = "Custom4126", label = "Symptoms", inputType = "Multi Select", section = "Injury", options = new[] { "Nausea", "Pain, chronic" } },
    ];

    private static long s_lastLead = 880_000;

    public TestHost Host { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Host = await TestHost.StartAsync();
        await Host.PatchSettingsAsync(new { settings = new { requestsPerMinute = 60_000, concurrency = 32 } });
        await Host.WebhooksAnsweredAsync();
    }

    public async Task DisposeAsync() => await Host.DisposeAsync();

    /// <summary>A Lead ID that no other test has.</summary>
    public static long NewLead() => Interlocked.Increment(ref s_lastLead);

    /// <summary>Puts links, mapping, lists and portal back.</summary>
    public async Task ResetAsync()
    {
        await Chain.PortalAsync(Host, new
        {
            caseTypes = new[] { new { id = 109, name = "Zantac" }, new { id = 222, name = "INNO MVA" }, new { id = 231, name = "Camp Lejeune" } },
            fields = s_fields,
            options = new { lookupsApi = true, leadFields = true, unknownField = "keep", advancedApi = true, unknownCaseType = "error" },
        });
        await Host.PatchSettingsAsync(new
        {
            toggles = new { enableIntegration = true, sendData = true, sendMappedFields = true },
            settings = new { outboundCaseTypes = Array.Empty<string>(), fields = new { fieldsPath = "/ApiFields/GetFields?caseTypeId={caseTypeId}&page={page}&pageSize={pageSize}", dateFormat = "M/d/yyyy" } },
        });
        // The connection's budget grows with the clock.
        Host.Clock.Advance(TimeSpan.FromMinutes(1));
        await PostAsync("case-types/refresh");
        await PutAsync("case-types", new { entries = Array.Empty<object>() });
        foreach (var name in new[] { "*", "Zantac", "Auto", "INNO%20MVA" })
        {
            await PutAsync($"mappings/{name}", new { fields = Array.Empty<object>() });
        }
    }

    public Task<JsonElement> GetAsync(string route) => Host.GetJsonAsync($"{Base}/{route}");

    /// <summary>Puts something, and expects it to be taken.</summary>
    public async Task<JsonElement> PutAsync(string route, object body)
    {
        using var answer = await Host.Http.PutAsJsonAsync($"{Base}/{route}", body);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(answer.IsSuccessStatusCode, json.ToString());
        return json;
    }

    public async Task<(HttpStatusCode Status, JsonElement Json)> TryPutAsync(string route, object body)
    {
        using var answer = await Host.Http.PutAsJsonAsync($"{Base}/{route}", body);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public async Task<(HttpStatusCode Status, JsonElement Json)> PostAsync(string route, object? body = null)
    {
        using var answer = await Host.Http.PostAsJsonAsync($"{Base}/{route}", body ?? new { });
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>Links a case type of Law Ruler's.</summary>
    public Task<JsonElement> LinkAsync(string kayse, string crm) => PutAsync("case-types", new { entries = new[] { new { kayse, crm } } });

    /// <summary>Maps fields of a case type.</summary>
    public Task<JsonElement> MapAsync(string caseType, params (string From, string To)[] pairs) =>
        PutAsync($"mappings/{Uri.EscapeDataString(caseType)}", new { fields = pairs.Select(pair => new { from = pair.From, to = pair.To }) });

    /// <summary>Makes a lead in Law Ruler and its case in Kayse.</summary>
    public async Task<(long Lead, CaseId Case)> CaseAsync(string caseType, params (string Name, string Value)[] fields)
    {
        var lead = NewLead();
        await Chain.LeadAsync(Host, lead, new { caseType });
        var post = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Lead ID"] = $"{lead}",
            ["Contact ID"] = $"c{lead}",
            ["First Name"] = "Ana",
            ["Last Name"] = "Ruiz",
            ["Email"] = "ana@example.com",
            ["Case Type"] = caseType,
            ["Status"] = "New Lead",
        };
        foreach (var (name, value) in fields)
        {
            post[name] = value;
        }

        using var client = Host.ClientWith(null);
        using var answer = await client.PostAsync($"/api/webhooks/lawruler/demo?token={TestHost.WebhookToken}", new FormUrlEncodedContent(post));
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("caseId").GetString()!;
        return (lead, CaseId.Parse(id));
    }

    /// <summary>The texts of a list of texts.</summary>
    public static IReadOnlyList<string?> Texts(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(item => item.GetString())];
}
