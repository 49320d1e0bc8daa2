using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kayse.Core.Storage;

namespace Kayse.Tests.Storage;

/// <summary>What every <see cref="IEntityStore"/> does. Each test uses a partition of its own, so that a shared store will do.</summary>
public abstract partial class EntityStoreContract
{
    protected const string Table = "contract";

    protected static CancellationToken None => CancellationToken.None;

    protected string Partition { get; } = $"c{Guid.NewGuid():N}";

    protected abstract IEntityStore Store { get; }

    [Fact]
    public async Task An_inserted_row_is_read_back_with_its_bytes_and_its_etag()
    {
        var result = await CommitAsync(EntityOperation.Insert("r", Json("1")));

        var row = await Store.GetAsync(Table, Partition, "r", None);

        Assert.True(result.Written);
        Assert.Equal(-1, result.FailedOperation);
        Assert.Equal(result.ETags[0], row!.ETag);
        Assert.Equal("r", row.Row);
        Assert.Equal(Json("1"), row.Json.ToArray());
    }

    [Fact]
    public async Task A_row_that_is_not_there_is_null()
    {
        Assert.Null(await Store.GetAsync(Table, Partition, "r", None));
        await CommitAsync(EntityOperation.Insert("r", Json("1")));
        Assert.Null(await Store.GetAsync(Table, Partition + "x", "r", None));
        Assert.Null(await Store.GetAsync(Table + "x", Partition, "r", None));
        Assert.Null(await Store.GetAsync(Table, Partition, "R", None));
    }

    [Fact]
    public async Task An_insert_of_an_existing_row_fails_and_names_the_operation()
    {
        await CommitAsync(EntityOperation.Insert("b", Json("1")));

        var result = await CommitAsync(EntityOperation.Insert("a", Json("2")), EntityOperation.Insert("b", Json("2")));

        AssertFailed(EntityFailure.AlreadyExists, 1, result);
        Assert.Null(await Store.GetAsync(Table, Partition, "a", None));
        Assert.Equal(Json("1"), (await Store.GetAsync(Table, Partition, "b", None))!.Json.ToArray());
    }

    [Fact]
    public async Task A_replace_needs_the_current_etag()
    {
        var first = (await CommitAsync(EntityOperation.Insert("r", Json("1")))).ETags[0];
        var second = await CommitAsync(EntityOperation.Replace("r", Json("2"), first));

        var stale = await CommitAsync(EntityOperation.Insert("other", Json("3")), EntityOperation.Replace("r", Json("3"), first));

        Assert.NotEqual(first, second.ETags[0]);
        AssertFailed(EntityFailure.ETagMismatch, 1, stale);
        var row = await Store.GetAsync(Table, Partition, "r", None);
        Assert.Equal((Encoding.UTF8.GetString(Json("2")), second.ETags[0]), (Encoding.UTF8.GetString(row!.Json.Span), row.ETag));
    }

    [Fact]
    public async Task A_replace_or_a_delete_of_a_missing_row_is_not_found()
    {
        var etag = (await CommitAsync(EntityOperation.Insert("r", Json("1")))).ETags[0];

        AssertFailed(EntityFailure.NotFound, 0, await CommitAsync(EntityOperation.Replace("x", Json("1"), etag)));
        AssertFailed(EntityFailure.NotFound, 0, await CommitAsync(EntityOperation.Delete("x", etag)));
    }

    [Fact]
    public async Task A_delete_needs_the_current_etag_and_removes_the_row()
    {
        var first = (await CommitAsync(EntityOperation.Insert("r", Json("1")))).ETags[0];
        var second = (await CommitAsync(EntityOperation.Replace("r", Json("2"), first))).ETags[0];

        AssertFailed(EntityFailure.ETagMismatch, 0, await CommitAsync(EntityOperation.Delete("r", first)));
        var deleted = await CommitAsync(EntityOperation.Delete("r", second));

        Assert.Equal([""], deleted.ETags);
        Assert.Null(await Store.GetAsync(Table, Partition, "r", None));
    }

    [Fact]
    public async Task An_etag_does_not_come_back_when_a_row_is_deleted_and_inserted_again()
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < 20; i++)
        {
            var etag = (await CommitAsync(EntityOperation.Insert("r", Json("1")))).ETags[0];
            Assert.True(seen.Add(etag));
            await CommitAsync(EntityOperation.Delete("r", etag));
        }
    }

    [Fact]
    public async Task An_etag_is_any_text()
    {
        await CommitAsync(EntityOperation.Insert("r", Json("1")));

        foreach (var etag in (string[])["*", "W/\"x\"", " 1", "01", "+1", "ŧ"])
        {
            AssertFailed(EntityFailure.ETagMismatch, 0, await CommitAsync(EntityOperation.Replace("r", Json("2"), etag)));
        }
    }

    [Fact]
    public async Task A_batch_mixes_its_kinds_and_answers_in_their_order()
    {
        var etags = (await CommitAsync(EntityOperation.Insert("a", Json("1")), EntityOperation.Insert("b", Json("1")))).ETags;

        var result = await CommitAsync(EntityOperation.Delete("a", etags[0]), EntityOperation.Insert("c", Json("3")), EntityOperation.Replace("b", Json("2"), etags[1]));

        Assert.Equal(["", (await Store.GetAsync(Table, Partition, "c", None))!.ETag, (await Store.GetAsync(Table, Partition, "b", None))!.ETag], result.ETags);
        Assert.Equal(["b", "c"], (await QueryAsync("")).Rows.Select(row => row.Row));
    }

    [Fact]
    public async Task Of_concurrent_inserts_of_one_row_one_is_written()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => CommitAsync(EntityOperation.Insert("r", Json($"{i}"))))));

        var winner = Assert.Single(results, result => result.Written);
        Assert.Equal(winner.ETags[0], (await Store.GetAsync(Table, Partition, "r", None))!.ETag);
        Assert.All(results.Except([winner]), result => AssertFailed(EntityFailure.AlreadyExists, 0, result));
    }

    [Fact]
    public async Task A_range_is_paged_in_ordinal_order()
    {
        string[] keys = ["Z", "a", "a!", "a0", "aB", "aa", "ab", "aé", "a\uE000", "a\uFFFD", "b", "ä", "日本"];
        await CommitAsync([.. keys.Select(key => EntityOperation.Insert(key, Json("1")))]);
        var ordered = keys.Where(key => key.StartsWith('a')).Order(StringComparer.Ordinal).ToList();

        for (var limit = 1; limit <= keys.Length; limit++)
        {
            var read = new List<string>();
            string? after = null;
            do
            {
                var page = await Store.QueryAsync(Table, Partition, new RowRange("a", after), limit, None);
                Assert.True(page.Rows.Count <= limit);
                read.AddRange(page.Rows.Select(row => row.Row));
                Assert.True(page.Next is null || page.Next == page.Rows[^1].Row);
                after = page.Next;
            }
            while (after is not null);

            Assert.Equal(ordered, read);
        }
    }

    [Fact]
    public async Task A_range_resumes_behind_a_row_that_is_not_there()
    {
        await CommitAsync(EntityOperation.Insert("a1", Json("1")), EntityOperation.Insert("a3", Json("1")), EntityOperation.Insert("b", Json("1")));

        Assert.Equal(["a3"], (await QueryAsync("a", "a2")).Rows.Select(row => row.Row));
        Assert.Equal(["a1", "a3"], (await QueryAsync("a", "Z")).Rows.Select(row => row.Row));
        Assert.Empty((await QueryAsync("a", "b")).Rows);
        Assert.Empty((await QueryAsync("x")).Rows);
    }

    [Theory]
    [InlineData("\uD7FF")]
    [InlineData("\uFFFF")]
    [InlineData("a\uFFFF\uFFFF")]
    public async Task A_prefix_may_end_with_the_last_character_there_is(string prefix)
    {
        await CommitAsync(EntityOperation.Insert(prefix, Json("1")), EntityOperation.Insert(prefix + "x", Json("1")), EntityOperation.Insert("a", Json("1")));

        Assert.Equal([prefix, prefix + "x"], (await QueryAsync(prefix)).Rows.Select(row => row.Row));
    }

    [Fact]
    public async Task Partitions_are_listed_once_each_by_their_prefix()
    {
        foreach (var suffix in (string[])["-1", "-2", "-20", "x"])
        {
            await Store.CommitAsync(Table, Partition + suffix, [EntityOperation.Insert("a", Json("1")), EntityOperation.Insert("b", Json("1"))], None);
        }

        Assert.Equal([Partition + "-1", Partition + "-2", Partition + "-20"], (await ListAsync(Partition + "-")).Order(StringComparer.Ordinal));
        Assert.Equal([Partition + "-2", Partition + "-20"], (await ListAsync(Partition + "-2")).Order(StringComparer.Ordinal));
        Assert.Equal(4, (await ListAsync("")).Count(partition => partition.StartsWith(Partition, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_batch_of_the_largest_size_is_taken()
    {
        var json = new byte[EntityRules.MaxBatchBytes / EntityRules.MaxOperations];
        json.AsSpan().Fill((byte)'1');

        var result = await CommitAsync([.. Enumerable.Range(0, EntityRules.MaxOperations).Select(i => EntityOperation.Insert($"{i}", json))]);

        Assert.True(result.Written);
        Assert.Equal(EntityRules.MaxOperations, result.ETags.Count);
    }

    [Fact]
    public async Task A_row_of_the_largest_size_is_read_back_as_it_was()
    {
        var json = new byte[EntityRules.MaxRowBytes];
        new Random(1).NextBytes(json);

        Assert.True((await CommitAsync(EntityOperation.Insert(new string('r', EntityRules.MaxKeyBytes), json))).Written);

        Assert.Equal(json, (await QueryAsync("")).Rows.Single().Json.ToArray());
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.CommitAsync(Table, Partition, [EntityOperation.Insert("r", Json("1"))], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.GetAsync(Table, Partition, "r", cancelled));
        Assert.Null(await Store.GetAsync(Table, Partition, "r", None));
    }

    [Fact]
    public void Any_run_of_batches_does_what_a_simple_model_does() =>
        Prop.ForAll(EntityModel.Runs(), run => EntityModel.AgreesAsync(Store, Table, $"c{Guid.NewGuid():N}", run).GetAwaiter().GetResult()).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_key_is_refused_or_read_back_as_it_was() =>
        Prop.ForAll<string>(key =>
        {
            try
            {
                EntityRules.CheckKey(key, nameof(key));
            }
            catch (ArgumentException)
            {
                Assert.ThrowsAny<ArgumentException>(() => Store.GetAsync(Table, Partition, key, None).GetAwaiter().GetResult());
                return true;
            }

            var partition = $"c{Guid.NewGuid():N}";
            Store.CommitAsync(Table, partition, [EntityOperation.Insert(key, Json("1"))], None).GetAwaiter().GetResult();
            return Store.QueryAsync(Table, partition, new RowRange(key), 2, None).GetAwaiter().GetResult().Rows.Single().Row == key;
        }).QuickCheckThrowOnFailure();

    protected static byte[] Json(string text) => Encoding.UTF8.GetBytes($"{{\"v\":\"{text}\"}}");

    protected Task<BatchResult> CommitAsync(params EntityOperation[] operations) => Store.CommitAsync(Table, Partition, operations, None);

    private static void AssertFailed(EntityFailure failure, int operation, BatchResult result)
    {
        Assert.False(result.Written);
        Assert.Equal((failure, operation), (result.Failure, result.FailedOperation));
        Assert.Empty(result.ETags);
    }

    private Task<EntityPage> QueryAsync(string prefix, string? after = null) => Store.QueryAsync(Table, Partition, new RowRange(prefix, after), EntityRules.MaxPage, None);

    private async Task<List<string>> ListAsync(string prefix)
    {
        var partitions = new List<string>();
        await foreach (var partition in Store.PartitionsAsync(Table, prefix, None))
        {
            partitions.Add(partition);
        }

        return partitions;
    }
}
