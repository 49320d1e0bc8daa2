using System.Globalization;
using Kayse.Core.Storage;

namespace Kayse.Tests.StoreWriter;

/// <summary>Writes step after step, one at a time; a refused batch is tried again.</summary>
internal sealed class Writer(int seed, int writer, IEntityStore entities, IBlobStore blobs, IQueue queue, Report report)
{
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(10);

    private readonly Dictionary<string, string> _etags = new(StringComparer.Ordinal);
    private int _head;

    public async Task RunAsync()
    {
        await LoadAsync();
        while (true)
        {
            var step = _head + 1;
            if (!await IsTakenAsync(StoreAct.Batch, step, () => CommitAsync(step)))
            {
                await Task.Delay(s_again);
                continue;
            }

            _head = step;
            if (step % StoreModel.Beside == 0)
            {
                await IsTakenAsync(StoreAct.BlobMade, step, () => MakeBlobAsync(step));
                var old = step - StoreModel.BlobLife;
                await IsTakenAsync(StoreAct.BlobGone, old, () => blobs.DeleteAsync(StoreModel.Blob(writer, old), CancellationToken.None));
                await IsTakenAsync(StoreAct.Sent, step, () => SendAsync(step));
            }
        }
    }

    // What an earlier process left is what this one goes on from.
    private async Task LoadAsync()
    {
        for (var (after, more) = ((string?)null, true); more;)
        {
            var page = await entities.QueryAsync(StoreModel.Table, StoreModel.Partition(writer), new RowRange { After = after }, 100, CancellationToken.None);
            foreach (var row in page.Rows)
            {
                _etags[row.Row] = row.ETag;
                _head = row.Row == StoreModel.Head ? _head : Math.Max(_head, int.Parse(row.Row.AsSpan(0, 8), CultureInfo.InvariantCulture));
            }

            (after, more) = (page.Next, page.Next is not null);
        }
    }

    private async Task CommitAsync(int step)
    {
        var operations = StoreModel.Rows(seed, writer, step).Select(row => EntityOperation.Insert(row.Key, row.Value)).ToList();
        operations.Add(step == 1
            ? EntityOperation.Insert(StoreModel.Head, StoreModel.HeadRow(step))
            : EntityOperation.Replace(StoreModel.Head, StoreModel.HeadRow(step), _etags[StoreModel.Head]));
        var old = step - StoreModel.StepsKept;
        operations.AddRange(old < 1 ? [] : StoreModel.Rows(seed, writer, old).Keys.Select(row => EntityOperation.Delete(row, _etags[row])));
        var result = await entities.CommitAsync(StoreModel.Table, StoreModel.Partition(writer), operations, CancellationToken.None);
        if (!result.Written)
        {
            throw new InvalidOperationException($"Step {step} of writer {writer} found rows that it did not write, or missed some: {result}");
        }

        for (var i = 0; i < operations.Count; i++)
        {
            if (operations[i].Kind == EntityOperationKind.Delete)
            {
                _etags.Remove(operations[i].Row);
            }
            else
            {
                _etags[operations[i].Row] = result.ETags[i];
            }
        }
    }

    private async Task MakeBlobAsync(int step)
    {
        using var content = new MemoryStream(StoreModel.BlobContent(seed, writer, step));
        if (!await blobs.CreateAsync(StoreModel.Blob(writer, step), "application/octet-stream", content, CancellationToken.None))
        {
            throw new InvalidOperationException($"The blob of step {step} of writer {writer} was there before it was made.");
        }
    }

    private Task SendAsync(int step) => queue.SendAsync(
        new QueueMessage(StoreModel.Queue, StoreModel.Message(writer, step), $"firm-{writer % 4}", StoreModel.MessageBody(seed, writer, step)), null, CancellationToken.None);

    private async Task<bool> IsTakenAsync(StoreAct act, int step, Func<Task> work)
    {
        bool isTaken;
        try
        {
            await work();
            isTaken = true;
        }
        catch (StorageUnavailableException)
        {
            isTaken = false;
        }

        report.Say(new StoreLine(act, isTaken, writer, step));
        return isTaken;
    }
}
