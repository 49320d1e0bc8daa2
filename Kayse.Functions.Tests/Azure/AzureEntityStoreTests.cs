using Azure;
using Azure.Identity;
using Kayse.Core.Storage;
using Kayse.Functions.Azure;
using Kayse.Tests.Storage;

namespace Kayse.Functions.Tests.Azure;

/// <summary>The contract over an account in memory, and what only a network does.</summary>
public sealed class AzureEntityStoreTests : EntityStoreContract
{
    private readonly FakeTables _account = new();
    private readonly HastyClock _clock = new();
    private readonly AzureEntityStore _store;

    public AzureEntityStoreTests() => _store = new AzureEntityStore(_account, _clock);

    protected override IEntityStore Store => _store;

    [Fact]
    public async Task A_table_is_made_at_its_first_write_and_at_no_read()
    {
        Assert.Null(await Store.GetAsync(Table, Partition, "r", None));
        Assert.Empty((await Store.QueryAsync(Table, Partition, new RowRange(), 10, None)).Rows);
        await foreach (var partition in Store.PartitionsAsync(Table, "", None))
        {
            Assert.Fail(partition);
        }

        Assert.False(_account[Table].Exists);

        Assert.True((await CommitAsync(EntityOperation.Insert("r", Json("1")))).Written);
        Assert.True(_account[Table].Exists);
    }

    [Fact]
    public async Task A_transaction_makes_its_table_too()
    {
        var result = await CommitAsync(EntityOperation.Insert("a", Json("1")), EntityOperation.Insert("b", Json("2")));

        Assert.True(result.Written);
        Assert.Equal(["transaction", "create", "transaction"], _account.Requests);
    }

    [Fact]
    public async Task Pages_of_the_service_are_put_together_and_no_more_is_read_than_was_asked_for()
    {
        _account.PageSize = 3;
        await CommitAsync([.. Enumerable.Range(0, 20).Select(i => EntityOperation.Insert($"r{i:d2}", Json("1")))]);
        _account.Requests.Clear();

        var page = await Store.QueryAsync(Table, Partition, new RowRange("r"), 7, None);

        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"r{i:d2}"), page.Rows.Select(row => row.Row));
        Assert.Equal("r06", page.Next);
        Assert.Equal(3, _account.Requests.Count);
    }

    [Fact]
    public async Task Partitions_are_found_with_one_request_each()
    {
        foreach (var partition in (string[])["p1", "p2", "p3"])
        {
            await Store.CommitAsync(Table, partition, [.. Enumerable.Range(0, 100).Select(i => EntityOperation.Insert($"{i}", Json("1")))], None);
        }

        _account.Requests.Clear();
        var found = new List<string>();
        await foreach (var partition in Store.PartitionsAsync(Table, "p", None))
        {
            found.Add(partition);
        }

        Assert.Equal(["p1", "p2", "p3"], found);
        Assert.Equal(4, _account.Requests.Count);
    }

    [Theory]
    [InlineData("it's")]
    [InlineData("' or RowKey ge '")]
    public async Task A_quote_in_a_key_stays_within_it(string key)
    {
        await Store.CommitAsync(Table, key, [EntityOperation.Insert(key, Json("1")), EntityOperation.Insert("other", Json("1"))], None);

        Assert.Equal([key], (await Store.QueryAsync(Table, key, new RowRange(key), 10, None)).Rows.Select(row => row.Row));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(500, "InternalError")]
    [InlineData(504, "OperationTimedOut")]
    [InlineData(503, "ServerBusy")]
    public async Task An_insert_whose_answer_was_lost_was_written(int status, string? code)
    {
        LoseAnswer("insert", Answer.Fault(status, code));

        var result = await CommitAsync(EntityOperation.Insert("r", Json("1")));

        Assert.True(result.Written);
        Assert.Equal((await Store.GetAsync(Table, Partition, "r", None))!.ETag, result.ETags[0]);
    }

    [Fact]
    public async Task An_insert_that_another_was_before_fails_though_an_answer_was_lost()
    {
        await CommitAsync(EntityOperation.Insert("r", Json("1")));
        FailOnce("insert", Answer.Fault(500, "InternalError"));

        Assert.Equal(EntityFailure.AlreadyExists, (await CommitAsync(EntityOperation.Insert("r", Json("1")))).Failure);
    }

    [Fact]
    public async Task A_replace_whose_answer_was_lost_was_written_with_the_etag_that_is_there()
    {
        var first = (await CommitAsync(EntityOperation.Insert("r", Json("1")))).ETags[0];
        LoseAnswer("replace", new TaskCanceledException());

        var result = await CommitAsync(EntityOperation.Replace("r", Json("2"), first));

        Assert.True(result.Written);
        Assert.True((await CommitAsync(EntityOperation.Replace("r", Json("3"), result.ETags[0]))).Written);
    }

    [Fact]
    public async Task A_delete_whose_answer_was_lost_was_done()
    {
        var etag = (await CommitAsync(EntityOperation.Insert("r", Json("1")))).ETags[0];
        LoseAnswer("delete", Answer.Fault(0, null));

        Assert.Equal([""], (await CommitAsync(EntityOperation.Delete("r", etag))).ETags);
        Assert.Equal(EntityFailure.NotFound, (await CommitAsync(EntityOperation.Delete("r", etag))).Failure);
    }

    [Fact]
    public async Task A_transaction_whose_answer_was_lost_was_written_whole()
    {
        var etags = (await CommitAsync(EntityOperation.Insert("a", Json("1")), EntityOperation.Insert("b", Json("1")))).ETags;
        LoseAnswer("transaction", Answer.Fault(500, null));

        var result = await CommitAsync(EntityOperation.Delete("a", etags[0]), EntityOperation.Replace("b", Json("2"), etags[1]), EntityOperation.Insert("c", Json("3")));

        Assert.Equal(["", (await Store.GetAsync(Table, Partition, "b", None))!.ETag, (await Store.GetAsync(Table, Partition, "c", None))!.ETag], result.ETags);
        Assert.Null(await Store.GetAsync(Table, Partition, "a", None));
    }

    [Fact]
    public async Task Of_a_transaction_whose_answer_was_lost_a_row_that_moved_on_has_an_etag_that_fails()
    {
        await CommitAsync(EntityOperation.Insert("x", Json("1")));
        LoseAnswer("transaction", Answer.Fault(500, null), () => Steal("b"));

        var result = await CommitAsync(EntityOperation.Insert("a", Json("1")), EntityOperation.Insert("b", Json("1")));

        Assert.True(result.Written);
        Assert.True((await CommitAsync(EntityOperation.Replace("a", Json("2"), result.ETags[0]))).Written);
        Assert.Equal(EntityFailure.ETagMismatch, (await CommitAsync(EntityOperation.Replace("b", Json("2"), result.ETags[1]))).Failure);
    }

    [Fact]
    public async Task A_write_whose_answers_are_all_lost_is_looked_for_at_the_end()
    {
        await CommitAsync(EntityOperation.Insert("x", Json("1")));
        // The first try is carried out, the others do not get that far, and no answer comes at all.
        _account.Requests.Clear();
        _account.Before = request => Throw(request == "insert" && _account.Requests.Count(one => one == "insert") > 1, Answer.Fault(0, null));
        _account.After = request => Throw(request == "insert", Answer.Fault(0, null));

        Assert.True((await CommitAsync(EntityOperation.Insert("r", Json("1")))).Written);
    }

    [Fact]
    public async Task A_write_that_never_gets_through_is_unavailable_after_four_tries_and_wrote_nothing()
    {
        _account.Before = request => Throw(request == "insert", Answer.Fault(503, "ServerBusy"));

        var fault = await Assert.ThrowsAsync<StorageUnavailableException>(() => CommitAsync(EntityOperation.Insert("r", Json("1"))));

        Assert.Equal("Table storage is busy (503 ServerBusy). Try again later.", fault.Message);
        Assert.Equal((4, 3), (_account.Requests.Count(request => request == "insert"), _clock.Waits));
        Assert.Null(await Store.GetAsync(Table, Partition, "r", None));
    }

    [Theory]
    [InlineData(401, "InvalidAuthenticationInfo", "refuses access (401 InvalidAuthenticationInfo)")]
    [InlineData(403, "AuthorizationPermissionMismatch", "refuses access (403 AuthorizationPermissionMismatch)")]
    [InlineData(403, "not a code: Ann Miller", "refuses access (403)")]
    [InlineData(409, "TableBeingDeleted", "could not do it (409 TableBeingDeleted)")]
    [InlineData(429, null, "is busy (429)")]
    [InlineData(500, "InternalError", "could not do it (500 InternalError)")]
    [InlineData(0, null, "cannot be reached (RequestFailedException)")]
    public async Task What_the_service_refuses_is_unavailable_and_shows_no_data(int status, string? code, string says)
    {
        _account.Before = _ => throw Answer.Fault(status, code);

        foreach (var call in Calls())
        {
            var fault = await Assert.ThrowsAsync<StorageUnavailableException>(call);
            Assert.Contains(says, fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("personal data", fault.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_time_out_and_a_missing_identity_are_unavailable_too()
    {
        foreach (var (fault, says) in ((Exception, string)[])[
            (new TaskCanceledException("timed out"), "did not answer in time"),
            (new AggregateException(Answer.Fault(503, null), new TaskCanceledException("timed out")), "did not answer in time"),
            (new CredentialUnavailableException("no identity"), "There is no token for Table storage (CredentialUnavailableException)"),
            (new IOException("broken"), "cannot be reached (IOException)")])
        {
            _account.Before = _ => throw fault;
            foreach (var call in Calls())
            {
                Assert.Contains(says, (await Assert.ThrowsAsync<StorageUnavailableException>(call)).Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_request_that_is_wrong_is_no_matter_of_trying_again()
    {
        _account.Before = _ => throw Answer.Fault(400, "InvalidInput");

        await Assert.ThrowsAsync<RequestFailedException>(() => CommitAsync(EntityOperation.Insert("r", Json("1"))));
        Assert.Single(_account.Requests);
    }

    [Fact]
    public async Task A_caller_who_stops_waiting_is_not_told_that_the_store_is_unavailable()
    {
        using var stop = new CancellationTokenSource();
        _account.Before = _ =>
        {
            stop.Cancel();
            stop.Token.ThrowIfCancellationRequested();
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.CommitAsync(Table, Partition, [EntityOperation.Insert("r", Json("1"))], stop.Token));
    }

    private Func<Task>[] Calls() =>
    [
        () => Store.GetAsync(Table, Partition, "r", None),
        () => Store.QueryAsync(Table, Partition, new RowRange(), 10, None),
        () => CommitAsync(EntityOperation.Insert("r", Json("1"))),
        () => CommitAsync(EntityOperation.Insert("r", Json("1")), EntityOperation.Insert("s", Json("1"))),
        async () => await Store.PartitionsAsync(Table, "", None).GetAsyncEnumerator().MoveNextAsync(),
    ];

    private void LoseAnswer(string request, Exception fault, Action? meanwhile = null) => _account.After = done =>
    {
        if (done == request)
        {
            _account.After = _ => { };
            meanwhile?.Invoke();
            throw fault;
        }
    };

    private void FailOnce(string request, Exception fault) => _account.Before = asked =>
    {
        if (asked == request)
        {
            _account.Before = _ => { };
            throw fault;
        }
    };

    private void Steal(string row)
    {
        var found = Store.GetAsync(Table, Partition, row, None).GetAwaiter().GetResult()!;
        Assert.True(CommitAsync(EntityOperation.Replace(row, Json("stolen"), found.ETag)).GetAwaiter().GetResult().Written);
    }

    private static void Throw(bool isMeant, Exception fault)
    {
        if (isMeant)
        {
            throw fault;
        }
    }
}
