using System.Runtime.CompilerServices;
using Grpc.Core;
using Kayse.Core.Storage;
using Microsoft.DurableTask.Client;

namespace Kayse.Functions.Orchestrations;

/// <summary>The way to Durable from everything that runs inside a function.</summary>
/// <remarks>
/// The isolated worker gives out a client only as an input binding of a function: the binding brings the address of the host's gRPC end point, which nothing else tells the
/// worker. So every function (an orchestrator must not have one) binds a client and hands it to <see cref="Use"/> before anything else. The clients of one process are
/// wrappers of one and the same, which outlives the call (<c>FunctionsDurableClientProvider</c>): the last one serves all.
/// </remarks>
public sealed class DurableConnection
{
    private volatile DurableTaskClient? _client;

    /// <summary>Takes the client that a function was bound to.</summary>
    public void Use(DurableTaskClient client) => _client = client;

    /// <summary>Asks Durable for something.</summary>
    /// <exception cref="StorageUnavailableException">It did not answer.</exception>
    internal async Task<T> AskAsync<T>(Func<DurableTaskClient, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(Client());
        }
        catch (RpcException fault)
        {
            throw Translated(fault, cancellationToken);
        }
    }

    /// <summary>Tells Durable something about an instance. False when there is none, or it has ended.</summary>
    /// <exception cref="StorageUnavailableException">It did not answer.</exception>
    internal async Task<bool> TellAsync(Func<DurableTaskClient, Task> tell, CancellationToken cancellationToken)
    {
        try
        {
            await tell(Client());
            return true;
        }
        catch (RpcException fault) when (fault.StatusCode is StatusCode.NotFound or StatusCode.FailedPrecondition)
        {
            return false;
        }
        catch (RpcException fault)
        {
            throw Translated(fault, cancellationToken);
        }
    }

    /// <summary>The instances that a query finds, page by page.</summary>
    /// <exception cref="StorageUnavailableException">It did not answer.</exception>
    internal async IAsyncEnumerable<IReadOnlyList<OrchestrationMetadata>> PagesAsync(OrchestrationQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var pages = Client().GetAllInstancesAsync(query).AsPages().GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await AskAsync(_ => pages.MoveNextAsync().AsTask(), cancellationToken))
            {
                yield break;
            }

            yield return pages.Current.Values;
        }
    }

    private static Exception Translated(RpcException fault, CancellationToken cancellationToken) =>
        fault.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested
            ? new OperationCanceledException(cancellationToken)
            : new StorageUnavailableException($"The workflow engine did not answer ({fault.StatusCode}).", fault);

    private DurableTaskClient Client() => _client ?? throw new InvalidOperationException("No function has handed over its Durable client: each must bind one.");
}
