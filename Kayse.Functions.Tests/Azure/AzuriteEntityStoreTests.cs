#if !FUNCTIONS_SIGNATURES
using Kayse.Core.Storage;
using Kayse.Functions.Azure;
using Kayse.Tests.Storage;

namespace Kayse.Functions.Tests.Azure;

[Collection(AzuriteCollection.Name)]
public sealed class AzuriteEntityStoreTests(Azurite azurite) : EntityStoreContract
{
    protected override IEntityStore Store { get; } = new AzureEntityStore(azurite.Tables(), TimeProvider.System);

    [Fact]
    public async Task A_write_whose_answer_is_lost_on_the_way_was_written()
    {
        await CommitAsync(EntityOperation.Insert("x", Json("1")));

        var insert = await LosingAsync(HttpMethod.Post, EntityOperation.Insert("r", Json("1")));
        var replace = await LosingAsync(HttpMethod.Put, EntityOperation.Replace("r", Json("2"), insert.ETags[0]));
        Assert.Equal(replace.ETags[0], (await Store.GetAsync(Table, Partition, "r", None))!.ETag);
        Assert.Equal([""], (await LosingAsync(HttpMethod.Delete, EntityOperation.Delete("r", replace.ETags[0]))).ETags);
        Assert.Null(await Store.GetAsync(Table, Partition, "r", None));
    }

    [Fact]
    public async Task A_transaction_whose_answer_is_lost_on_the_way_was_written_whole()
    {
        var old = (await CommitAsync(EntityOperation.Insert("a", Json("1")), EntityOperation.Insert("b", Json("1")))).ETags;

        var result = await LosingAsync(HttpMethod.Post, EntityOperation.Delete("a", old[0]), EntityOperation.Replace("b", Json("2"), old[1]), EntityOperation.Insert("c", Json("1")));

        Assert.Equal(["", (await Store.GetAsync(Table, Partition, "b", None))!.ETag, (await Store.GetAsync(Table, Partition, "c", None))!.ETag], result.ETags);
    }

    [Fact]
    public async Task A_read_whose_answer_is_lost_is_asked_again()
    {
        await CommitAsync(EntityOperation.Insert("r", Json("1")));
        using var lost = new LostAnswers(request => request.Method == HttpMethod.Get, times: 2);

        Assert.NotNull(await new AzureEntityStore(azurite.Tables(lost), TimeProvider.System).GetAsync(Table, Partition, "r", None));
        Assert.Equal(3, lost.Requests);
    }

    [Fact]
    public async Task A_table_is_made_at_its_first_write()
    {
        var table = $"t{Guid.NewGuid():N}";

        Assert.Empty((await Store.QueryAsync(table, Partition, new RowRange(), 10, None)).Rows);
        Assert.True((await Store.CommitAsync(table, Partition, [EntityOperation.Insert("a", Json("1")), EntityOperation.Insert("b", Json("1"))], None)).Written);
        Assert.Equal(EntityFailure.NotFound, (await Store.CommitAsync($"t{Guid.NewGuid():N}", Partition, [EntityOperation.Delete("a", "1")], None)).Failure);
    }

    [Theory]
    [InlineData("it's")]
    [InlineData("' or RowKey ge '")]
    [InlineData("100%")]
    [InlineData("a+b&c=d;e,f:g@h")]
    [InlineData("%2F")]
    [InlineData(" a ")]
    public async Task A_key_may_have_any_sign_that_is_allowed(string key)
    {
        var partition = $"{Partition}{key}";
        var etag = (await Store.CommitAsync(Table, partition, [EntityOperation.Insert(key, Json("1")), EntityOperation.Insert("other", Json("1"))], None)).ETags[0];

        Assert.Equal(key, (await Store.GetAsync(Table, partition, key, None))!.Row);
        Assert.Equal([key], (await Store.QueryAsync(Table, partition, new RowRange(key), 10, None)).Rows.Select(row => row.Row));
        etag = (await Store.CommitAsync(Table, partition, [EntityOperation.Replace(key, Json("2"), etag)], None)).ETags[0];
        Assert.True((await Store.CommitAsync(Table, partition, [EntityOperation.Delete(key, etag)], None)).Written);
    }

    private async Task<BatchResult> LosingAsync(HttpMethod method, params EntityOperation[] operations)
    {
        using var lost = new LostAnswers(request => request.Method == method);
        var result = await new AzureEntityStore(azurite.Tables(lost), TimeProvider.System).CommitAsync(Table, Partition, operations, None);
        Assert.Equal((true, 2), (result.Written, lost.Requests));
        return result;
    }
}
#endif
