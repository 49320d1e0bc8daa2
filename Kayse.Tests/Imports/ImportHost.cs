using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Kayse.Core.Cases;
using Kayse.Tests.LawRuler;

namespace Kayse.Tests.Imports;

/// <summary>A host for the tests of a class that import files; each uses leads of its own.</summary>
public sealed class ImportHost : IAsyncLifetime
{
    private const string Base = "/api/companies/demo/imports";

    public WebhookHost At { get; } = new();

    public TestHost Host => At.Host;

    public Task InitializeAsync() => At.InitializeAsync();

    public Task DisposeAsync() => At.DisposeAsync();

    /// <summary>A CSV with a header and rows.</summary>
    public static byte[] Csv(params string[] lines) => Encoding.UTF8.GetBytes(string.Join('\n', lines));

    /// <summary>Uploads a file; the answer may be a refusal.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Json)> PostAsync(HttpContent content)
    {
        using var answer = await Host.Http.PostAsync(Base, content);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>Uploads a file; returns the import.</summary>
    public async Task<JsonElement> UploadAsync(byte[] file)
    {
        var (status, json) = await PostAsync(new ByteArrayContent(file));
        Assert.True(status == HttpStatusCode.Created, json.ToString());
        return json;
    }

    public Task<JsonElement> GetAsync(string id, string rest = "") => Host.GetJsonAsync($"{Base}/{id}{rest}");

    public async Task<(HttpStatusCode Status, JsonElement Json)> MapAsync(string id, object mapping)
    {
        using var answer = await Host.Http.PutAsJsonAsync($"{Base}/{id}/mapping", mapping);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public async Task<(HttpStatusCode Status, JsonElement Json)> StartAsync(string id, string duplicates, string? listId = null)
    {
        using var answer = await Host.Http.PostAsJsonAsync($"{Base}/{id}/start", new { duplicates, listId });
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>Waits for the end of an import; the clock is advanced by a step whenever nothing moves.</summary>
    public async Task<JsonElement> EndAsync(string id, TimeSpan? step = null)
    {
        // The workflow's end is written last.
        await Host.EndOfWorkflowAsync($"import.{id}", step);
        return await GetAsync(id);
    }

    /// <summary>Uploads, starts and waits.</summary>
    public async Task<JsonElement> ImportAsync(byte[] file, string duplicates, string? listId = null)
    {
        var id = (await UploadAsync(file)).GetProperty("id").GetString()!;
        var (status, json) = await StartAsync(id, duplicates, listId);
        Assert.True(status == HttpStatusCode.Accepted, json.ToString());
        return await EndAsync(id);
    }

    /// <summary>What became of an import's rows: created, updated, merged, skipped, refused.</summary>
    public static (int Created, int Updated, int Merged, int Skipped, int Refused) Counts(JsonElement import)
    {
        var counts = import.GetProperty("counts");
        int Of(string name) => counts.GetProperty(name).GetInt32();
        return (Of("created"), Of("updated"), Of("merged"), Of("skipped"), Of("refused"));
    }

    /// <summary>All cases of a Lead ID.</summary>
    public async Task<IReadOnlyList<Case>> CasesAsync(string lead)
    {
        var found = new List<Case>();
        string? after = null;
        do
        {
            (var page, after) = await Host.Get<CaseStore>().ListCasesAsync(WebhookHost.Demo, after, 500, default);
            found.AddRange(page.Where(matter => matter.ExternalSourceId == lead));
        }
        while (after is not null);
        return found;
    }
}
