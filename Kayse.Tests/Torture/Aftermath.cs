using System.Net;
using System.Text.Json;
using Kayse.Tests.Standalone;

namespace Kayse.Tests.Torture;

/// <summary>What must be so when everything has ended, by the product's API and the sandbox's state.</summary>
internal sealed class Aftermath(TortureWorld world, IReadOnlyList<long> called, Persons persons, LeadPosts posts)
{
    private const string Firm = "/api/companies/demo";

    private static readonly string[] s_notes = ["summary", "transcript"];

    /// <summary>Waits until nothing is under way any more.</summary>
    public async Task EndAsync()
    {
        await KayseProcess.EventuallyAsync(async () => (await world.Client.AllAsync($"{Firm}/workflows")).Count >= called.Count);
        await KayseProcess.EventuallyAsync(async () => (await world.Client.AllAsync($"{Firm}/workflows?state=running")).Count == 0);
        await world.DeliveriesAsync();
        await KayseProcess.EventuallyAsync(async () => await PendingAsync() == 0);
    }

    /// <summary>Checks everything.</summary>
    public async Task CheckAsync()
    {
        await CheckEventsAsync();
        await CheckWebhooksAsync();
        await CheckChainsAsync();
        foreach (var lead in called)
        {
            await CheckLeadAsync(lead);
        }

        await CheckStatusesAsync();
        Assert.Empty((await world.Client.AllAsync("/api/operator/dead-letters")).Select(letter => letter.GetRawText()));
        Assert.Equal(0, await PendingAsync());
    }

    /// <summary>An event that is in the store refuses other content under its id; one that is not would be taken.</summary>
    private async Task CheckEventsAsync()
    {
        Assert.Equal(called.Count, world.Client.Events.Count);
        foreach (var lead in called)
        {
            var other = world.Call(lead, json => json["occurredAt"] = "2026-11-20T15:05:11Z");
            Assert.Equal((lead, HttpStatusCode.Conflict), (lead, await world.Client.StatusOfEventAsync(other)));
        }
    }

    private async Task CheckWebhooksAsync()
    {
        var inbound = await world.Client.AllAsync($"{Firm}/inbound");
        var unprocessed = inbound.Where(request => Text(request, "state") != "processed").Select(request => request.GetRawText()).ToList();
        Assert.True(unprocessed.Count == 0, string.Join('\n', unprocessed));
        var numbers = inbound.Select(request => Field(request, "Post Number")).ToHashSet(StringComparer.Ordinal);
        Assert.Superset(world.Client.Posts.ToHashSet<string?>(StringComparer.Ordinal), numbers);

        var kept = inbound.Where(request => Field(request, "Post Number") is null).CountBy(Said).ToDictionary();
        var acknowledged = (await world.DeliveriesAsync()).Where(delivery => delivery.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.Number && status.GetInt32() is 200 or 202);
        Assert.All(acknowledged.CountBy(delivery => (Text(delivery.GetProperty("fields"), "Lead ID"), Text(delivery.GetProperty("fields"), "Status"))), sent =>
            Assert.True(kept.GetValueOrDefault(sent.Key) >= sent.Value, $"{sent.Value} posts of {sent.Key} were acknowledged, {kept.GetValueOrDefault(sent.Key)} are in the store."));

        static (string? Lead, string? Status) Said(JsonElement request) => (Field(request, "Lead ID"), Field(request, "Status"));
    }

    private async Task CheckChainsAsync()
    {
        var workflows = await world.Client.AllAsync($"{Firm}/workflows");
        Assert.Equal(called.Select(lead => $"postcall.call_{lead}").Order(StringComparer.Ordinal), workflows.Select(one => Text(one, "id")).Order(StringComparer.Ordinal));
        var unfinished = workflows.Where(one => Text(one, "state") != "completed").Select(one => one.GetRawText()).ToList();
        Assert.True(unfinished.Count == 0, string.Join('\n', unfinished));
        Assert.All(workflows, one => Assert.Equal(["done", "done", "done", "done"], one.GetProperty("steps").EnumerateArray().Select(step => Text(step, "state"))));
    }

    private async Task CheckLeadAsync(long lead)
    {
        var found = await world.LeadAsync(lead);
        var markers = found.GetProperty("notes").EnumerateArray().Select(note => Text(note, "text")!.Split('\n')[^1]).Order(StringComparer.Ordinal);
        Assert.Equal(s_notes.Select(kind => $"Kayse call call_{lead} ({kind})"), markers);
        Assert.Equal([$"call_{lead}"], found.GetProperty("documents").EnumerateArray().Select(document => Text(document.GetProperty("metadata"), "CallId")));
        Assert.Equal(["Kayse"], found.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        Assert.Equal((lead, "No"), (lead, Text(found.GetProperty("customFields"), "Custom1236")));
    }

    /// <summary>In the CRM stands what a person set last, and Kayse knows it.</summary>
    private async Task CheckStatusesAsync()
    {
        var known = (await world.Client.AllAsync($"{Firm}/cases")).ToDictionary(one => long.Parse(Text(one, "externalSourceId")!), one => Text(one, "status"));
        foreach (var lead in called)
        {
            var expected = persons.Done.Contains(lead) ? Persons.Status : TortureWorld.KayseStatus;
            var status = Text(await world.LeadAsync(lead), "status");
            Assert.Equal((lead, expected, expected), (lead, status, known.GetValueOrDefault(lead)));
        }

        Assert.All(posts.Last, post => Assert.Equal((post.Key, post.Value.Status), (post.Key, known.GetValueOrDefault(post.Key))));
    }

    private async Task<int> PendingAsync() => (await world.Client.SendAsync(HttpMethod.Get, $"{Firm}/integrations/lawruler")).GetProperty("pending").GetInt32();

    private static string? Field(JsonElement request, string name) =>
        request.GetProperty("fields").EnumerateArray().Where(field => Text(field, "name") == name).Select(field => Text(field, "value")).FirstOrDefault();

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
