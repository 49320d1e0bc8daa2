using Azure;
using Azure.Data.Tables;
using Kayse.Core.Storage;

namespace Kayse.Functions.Azure;

/// <summary>
/// One batch on its way into Azure Tables. A try whose answer is lost may have been applied, and the next one then meets what it wrote itself: the rows bear the
/// commit's number, by which it tells its own from another's. Only when such a row was replaced by another writer in between does it count as another's.
/// </summary>
internal sealed class TableCommit(TableClient table, string partition, IReadOnlyList<EntityOperation> operations, TimeProvider clock)
{
    private const int MaxTries = 4;

    private readonly long _write = Random.Shared.NextInt64();

    /// <summary>Writes all operations or none.</summary>
    public async Task<BatchResult> RunAsync(CancellationToken cancellationToken)
    {
        var isInDoubt = false;
        for (var tries = 1; ; tries++)
        {
            try
            {
                return BatchResult.Success(await SendAsync(cancellationToken));
            }
            catch (RequestFailedException fault) when (fault.ErrorCode == "TableNotFound" && tries < MaxTries)
            {
                await table.CreateIfNotExistsAsync(cancellationToken);
            }
            catch (RequestFailedException fault) when (Refusal(fault) is { } refusal)
            {
                return isInDoubt && await FindAsync(cancellationToken) is { } written ? BatchResult.Success(written) : refusal;
            }
            catch (Exception fault) when (AzureFaults.MayPass(fault, cancellationToken))
            {
                isInDoubt = true;
                if (tries < MaxTries)
                {
                    await WaitAsync(tries, cancellationToken);
                }
                else if (await FindAsync(cancellationToken) is { } written)
                {
                    return BatchResult.Success(written);
                }
                else
                {
                    throw;
                }
            }
        }
    }

    private Task WaitAsync(int tries, CancellationToken cancellationToken) =>
        Task.Delay(TimeSpan.FromMilliseconds(50 * Math.Pow(4, tries) * (1 + Random.Shared.NextDouble())), clock, cancellationToken);

    private async Task<string[]> SendAsync(CancellationToken cancellationToken)
    {
        if (operations is [var only])
        {
            var response = await SendAsync(only, cancellationToken);
            // The library does not throw for a delete that finds nothing.
            return response.Status == 404 ? throw new RequestFailedException(response) : [ETagOf(only, response)];
        }

        var actions = operations.Select(operation => new TableTransactionAction(
            operation.Kind switch
            {
                EntityOperationKind.Insert => TableTransactionActionType.Add,
                EntityOperationKind.Replace => TableTransactionActionType.UpdateReplace,
                _ => TableTransactionActionType.Delete,
            },
            TableRows.Write(partition, operation, _write),
            operation.Kind == EntityOperationKind.Insert ? default : TableRows.Expected(operation.ETag)));
        var answers = (await table.SubmitTransactionAsync(actions, cancellationToken)).Value;
        return [.. operations.Zip(answers, ETagOf)];
    }

    private Task<Response> SendAsync(EntityOperation operation, CancellationToken cancellationToken) => operation.Kind switch
    {
        EntityOperationKind.Insert => table.AddEntityAsync(TableRows.Write(partition, operation, _write), cancellationToken),
        EntityOperationKind.Replace => table.UpdateEntityAsync(TableRows.Write(partition, operation, _write), TableRows.Expected(operation.ETag), TableUpdateMode.Replace, cancellationToken),
        _ => table.DeleteEntityAsync(partition, operation.Row, TableRows.Expected(operation.ETag), cancellationToken),
    };

    private static string ETagOf(EntityOperation operation, Response response) =>
        operation.Kind == EntityOperationKind.Delete ? "" : response.Headers.ETag?.ToString() ?? throw new RequestFailedException(response);

    private static BatchResult? Refusal(RequestFailedException fault)
    {
        EntityFailure? failure = fault switch
        {
            { Status: 409, ErrorCode: "EntityAlreadyExists" } => EntityFailure.AlreadyExists,
            { Status: 412 } => EntityFailure.ETagMismatch,
            { Status: 404, ErrorCode: not "TableNotFound" } => EntityFailure.NotFound,
            _ => null,
        };
        return failure is { } known ? BatchResult.Failed(known, (fault as TableTransactionFailedException)?.FailedTransactionActionIndex ?? 0) : null;
    }

    // The ETags of the rows when an earlier try was applied, or null. What has no rows, being deletes alone, was applied when none of them is left.
    private async Task<string[]?> FindAsync(CancellationToken cancellationToken)
    {
        var etags = new string[operations.Count];
        var (isApplied, isGone) = (false, true);
        for (var i = 0; i < etags.Length; i++)
        {
            var found = await table.GetEntityIfExistsAsync<TableEntity>(partition, operations[i].Row, null, cancellationToken);
            var isOurs = found.HasValue && TableRows.IsOf(found.Value!, _write);
            isApplied |= isOurs;
            isGone &= !found.HasValue;
            etags[i] = operations[i].Kind == EntityOperationKind.Delete ? "" : isOurs ? found.Value!.ETag.ToString() : TableRows.Never;
        }

        return isApplied || (isGone && operations.All(operation => operation.Kind == EntityOperationKind.Delete)) ? etags : null;
    }
}
