using System.Globalization;
using System.Text.RegularExpressions;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Kayse.Functions.Tests.Azure;

public sealed partial class FakeTable(FakeTables account) : TableClient
{
    private readonly SortedDictionary<(string Partition, string Row), TableEntity> _rows = new(Comparer<(string Partition, string Row)>.Create(Compare));
    private long _writes;

    public bool Exists { get; private set; }

    private FakeTables Account => account;

    public override Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default) => DoAsync("create", () =>
    {
        Exists = true;
        return Response.FromValue(new TableItem("t"), new Answer(204));
    });

    public override Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default) =>
        DoAsync("get", () => (NullableResponse<T>)(object)new Nullable<TableEntity>(_rows.GetValueOrDefault((partitionKey, rowKey))));

    public override AsyncPageable<T> QueryAsync<T>(string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default) =>
        new Pages<T>(this, filter, maxPerPage, select);

    public override Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default) =>
        DoAsync("insert", () => OneAsync(new TableTransactionAction(TableTransactionActionType.Add, entity)));

    public override Task<Response> UpdateEntityAsync<T>(T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
    {
        Assert.Equal(TableUpdateMode.Replace, mode);
        return DoAsync("replace", () => OneAsync(new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, ifMatch)));
    }

    public override Task<Response> DeleteEntityAsync(string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default) => DoAsync("delete", () =>
        Judge(new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(partitionKey, rowKey), ifMatch)) is { Status: 404 }
            ? new Answer(404, body: """{"odata.error":{"code":"ResourceNotFound","message":{"lang":"en-US","value":"gone"}}}""")
            : OneAsync(new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(partitionKey, rowKey), ifMatch)));

    public override Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default) =>
        DoAsync("transaction", () =>
        {
            var actions = transactionActions.ToList();
            for (var i = 0; i < actions.Count; i++)
            {
                if (Judge(actions[i]) is { } fault)
                {
                    fault.Data["FailedEntity"] = i.ToString(CultureInfo.InvariantCulture);
                    throw new TableTransactionFailedException(fault);
                }
            }

            return Response.FromValue<IReadOnlyList<Response>>([.. actions.Select(Apply)], new Answer(202));
        });

    private Response OneAsync(TableTransactionAction action) => Judge(action) is { } fault ? throw fault : Apply(action);

    private RequestFailedException? Judge(TableTransactionAction action)
    {
        if (!Exists)
        {
            return Answer.Fault(404, "TableNotFound");
        }

        var found = _rows.GetValueOrDefault((action.Entity.PartitionKey, action.Entity.RowKey));
        return action.ActionType == TableTransactionActionType.Add ? (found is null ? null : Answer.Fault(409, "EntityAlreadyExists"))
            : found is null ? Answer.Fault(404, "ResourceNotFound")
            : action.ETag == ETag.All || action.ETag == found.ETag ? null : Answer.Fault(412, "UpdateConditionNotSatisfied");
    }

    private Response Apply(TableTransactionAction action)
    {
        var key = (action.Entity.PartitionKey, action.Entity.RowKey);
        if (action.ActionType == TableTransactionActionType.Delete)
        {
            _rows.Remove(key);
            return new Answer(204);
        }

        var etag = $"W/\"datetime'2026-01-02T03%3A04%3A05.{++_writes:d7}Z'\"";
        var entity = (TableEntity)action.Entity;
        entity.ETag = new ETag(etag);
        _rows[key] = entity;
        return new Answer(204, etag);
    }

    private Task<T> DoAsync<T>(string request, Func<T> work)
    {
        lock (account)
        {
            account.Requests.Add(request);
            account.Before(request);
            var answer = work();
            account.After(request);
            return Task.FromResult(answer);
        }
    }

    private static int Compare((string Partition, string Row) one, (string Partition, string Row) other) =>
        string.CompareOrdinal(one.Partition, other.Partition) is var partitions and not 0 ? partitions : string.CompareOrdinal(one.Row, other.Row);

    private static bool Matches(string? filter, (string Partition, string Row) key)
    {
        if (filter is null)
        {
            return true;
        }

        var conditions = Condition().Matches(filter);
        // A filter that is quoted wrongly leaves something over.
        Assert.Equal(filter, string.Join(" and ", conditions.Select(condition => condition.Value)));
        return conditions.All(condition =>
        {
            var order = string.CompareOrdinal(condition.Groups["key"].Value == "RowKey" ? key.Row : key.Partition, condition.Groups["value"].Value.Replace("''", "'", StringComparison.Ordinal));
            return condition.Groups["operator"].Value switch
            {
                "eq" => order == 0,
                "gt" => order > 0,
                "ge" => order >= 0,
                _ => order < 0,
            };
        });
    }

    [GeneratedRegex("(?<key>PartitionKey|RowKey) (?<operator>eq|gt|ge|lt) '(?<value>([^']|'')*)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Condition();

    // Pages as the service makes them: some are empty and there is more behind them.
    private sealed class Pages<T>(FakeTable table, string? filter, int? maxPerPage, IEnumerable<string>? select) : AsyncPageable<T>
        where T : notnull
    {
        public override async IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
        {
            var skipped = 0;
            while (true)
            {
                var found = await table.DoAsync("query", () => table.Exists ? table._rows.Where(row => Matches(filter, row.Key)).Skip(skipped).Take(Math.Min(maxPerPage ?? 1000, table.Account.PageSize)).Select(row => Selected(row.Value)).ToList() : throw Answer.Fault(404, "TableNotFound"));
                yield return Page<T>.FromValues([], "more", new Answer(200));
                yield return Page<T>.FromValues([.. found.Cast<T>()], found.Count == 0 ? null : "more", new Answer(200));
                if (found.Count == 0)
                {
                    yield break;
                }

                skipped += found.Count;
            }
        }

        private TableEntity Selected(TableEntity entity) => select is null ? entity : new TableEntity { PartitionKey = entity.PartitionKey };
    }
}
