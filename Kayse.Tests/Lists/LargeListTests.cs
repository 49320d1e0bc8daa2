using System.Text;
using Kayse.Core.Calls;
using Kayse.Core.Cases;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Tests.LawRuler;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Tests.Lists;

public sealed class LargeListTests
{
    private const int Members = 100_000;

    [Fact]
    public async Task A_list_of_100_000_cases_costs_as_many_store_operations_as_an_empty_one()
    {
        await using var host = await TestHost.StartAsync();
        var store = new CountingStore(host.Get<IEntityStore>());
        var lists = new CaseLists(store, host.Clock);
        await lists.CreateAsync(WebhookHost.Demo, "big", "Big", default);
        await new AutoAdd(store, lists, new AuditLog(store, host.Clock)).SetAsync(WebhookHost.Demo, new AutoAddRule("big", true, false, ["Zantac"], []), default);

        var small = await UseAsync(host, store, lists, "lead1");
        await FillAsync(host);
        var large = await UseAsync(host, store, lists, "lead2");

        Assert.Equal(small.Post, large.Post);
        Assert.Equal(small.Again, large.Again);
        Assert.Equal(small.Leave, large.Leave);
        Assert.InRange(large.Post.Reads, 1, 12);
        Assert.Equal((0, 0), (large.Post.Queries, large.Post.RowsRead));
        Assert.InRange(large.Post.Written, 1, 10);
        Assert.Equal(Partitions.Buckets, large.Page.Queries);
        Assert.InRange(large.Page.RowsRead, 25, Partitions.Buckets * 26);
    }

    [Fact]
    public async Task The_members_of_a_list_are_spread_over_all_buckets_and_paged_in_one_order()
    {
        await using var host = await TestHost.StartAsync();
        var lists = host.Get<CaseLists>();
        await lists.CreateAsync(WebhookHost.Demo, "spread", "Spread", default);
        for (var i = 0; i < 200; i++)
        {
            await lists.AddAsync(WebhookHost.Demo, "spread", CaseId.Parse($"case_{i:x32}"), default);
        }

        var seen = new List<string>();
        string? after = null;
        do
        {
            (var page, after) = await lists.MembersAsync(WebhookHost.Demo, "spread", after, 33, default);
            seen.AddRange(page.Select(member => member.CaseId.ToString()));
        }
        while (after is not null);

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"case_{i:x32}"), seen);
        foreach (var partition in Partitions.All(WebhookHost.Demo, "list.spread"))
        {
            Assert.NotEmpty((await host.Get<IEntityStore>().QueryAsync(Tables.Lists, partition, new RowRange(), 10, default)).Rows);
        }
    }

    /// <summary>What a post that joins the list costs, the same post again, a page of members, and leaving.</summary>
    private static async Task<(StoreUse Post, StoreUse Again, StoreUse Page, StoreUse Leave)> UseAsync(TestHost host, CountingStore store, CaseLists lists, string lead)
    {
        var upsert = Upsert(host, store, lists);
        var fields = WebhookHost.Fields(lead).Select(field => new InboundField(field.Key, field.Value, false)).ToList();
        var post = LeadPost.Read(fields, new LawRulerWebhookSettings());
        store.Take();
        var (matter, result, _) = await upsert.ApplyAsync(WebhookHost.Demo, LeadId.Parse(lead), post, host.Clock.GetUtcNow(), new LawRulerSettings(), null, default);
        var first = store.Take();
        Assert.Equal("created", result);
        Assert.True(await lists.ContainsAsync(WebhookHost.Demo, "big", matter.Id, default));
        store.Take();
        await upsert.ApplyAsync(WebhookHost.Demo, LeadId.Parse(lead), post, host.Clock.GetUtcNow(), new LawRulerSettings(), null, default);
        var again = store.Take();
        await lists.MembersAsync(WebhookHost.Demo, "big", null, 25, default);
        var page = store.Take();
        Assert.True(await lists.RemoveAsync(WebhookHost.Demo, "big", matter.Id, default));
        return (first, again, page, store.Take());
    }

    private static LeadUpsert Upsert(TestHost host, CountingStore store, CaseLists lists)
    {
        var audit = new AuditLog(store, host.Clock);
        var cases = new CaseStore(store, host.Clock);
        var statuses = ActivatorUtilities.CreateInstance<CaseStatuses>(host.Services, cases);
        var autoAdd = new AutoAdd(store, lists, audit);
        return new LeadUpsert(cases, statuses, host.Get<LawRulerConnections>(), autoAdd, new ListRouting(lists, new Campaigns(store), audit), host.Clock);
    }

    private static async Task FillAsync(TestHost host)
    {
        var store = host.Get<IEntityStore>();
        var ids = Enumerable.Range(0, Members).Select(i => $"case_{(uint)i * 2654435761u:x8}{i:x24}");
        await Parallel.ForEachAsync(
            ids.GroupBy(id => Partitions.Spread(WebhookHost.Demo, "list.big", id)).SelectMany(partition => partition.Chunk(EntityRules.MaxOperations).Select(batch => (partition.Key, Batch: batch))),
            async (part, stop) =>
            {
                var rows = part.Batch.Select(id => EntityOperation.Insert(id, Encoding.UTF8.GetBytes($$"""{"caseId":"{{id}}","addedAt":"2026-11-20T15:06:00Z"}"""))).ToList();
                Assert.True((await store.CommitAsync(Tables.Lists, part.Key, rows, stop)).Written);
            });
    }
}
