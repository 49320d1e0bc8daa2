using Kayse.Core.Storage;

namespace Kayse.Tests.Storage;

// What every entity store refuses, so that what runs with one runs with another.
public abstract partial class EntityStoreContract
{
    [Theory]
    [MemberData(nameof(EntityRefusals.Keys), MemberType = typeof(EntityRefusals))]
    public Task A_key_that_is_not_allowed_is_refused_everywhere(string key) => AssertRefusedAsync(key);

    [Fact]
    public async Task A_key_with_half_a_character_is_refused_everywhere()
    {
        // Not data of the theory above: the test runner's own protocol cannot carry it.
        await AssertRefusedAsync("a\ud83d");
        await AssertRefusedAsync("\ude00a");
    }

    [Theory]
    [MemberData(nameof(EntityRefusals.Batches), MemberType = typeof(EntityRefusals))]
    public async Task A_batch_that_is_not_allowed_is_refused(string reason)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => CommitAsync(EntityRefusals.Batch(reason)));
        Assert.Empty((await QueryAsync("")).Rows);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("1abc")]
    [InlineData("a-bc")]
    [InlineData("täg")]
    public async Task A_table_that_is_not_allowed_is_refused(string table)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.GetAsync(table, Partition, "r", None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.CommitAsync(table, Partition, [EntityOperation.Insert("r", Json("1"))], None));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(EntityRules.MaxPage + 1)]
    public async Task A_page_size_that_is_not_allowed_is_refused(int limit) =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.QueryAsync(Table, Partition, new RowRange(), limit, None));

    private async Task AssertRefusedAsync(string key)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.GetAsync(Table, key, "r", None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.GetAsync(Table, Partition, key, None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.QueryAsync(Table, key, new RowRange(), 1, None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.QueryAsync(Table, Partition, new RowRange("", key), 1, None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.CommitAsync(Table, key, [EntityOperation.Insert("r", Json("1"))], None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => CommitAsync(EntityOperation.Insert(key, Json("1"))));
        if (key.Length > 0)
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.QueryAsync(Table, Partition, new RowRange(key), 1, None));
            await Assert.ThrowsAnyAsync<ArgumentException>(() => ListAsync(key));
        }
    }
}
