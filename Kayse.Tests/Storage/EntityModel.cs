using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kayse.Core.Storage;

namespace Kayse.Tests.Storage;

/// <summary>A write of a random run: its row, what it does, and with which of the ETags that the row has had.</summary>
public sealed record ModelWrite(EntityOperationKind Kind, int Row, int ETag, int Value);

/// <summary>The entity store as a dictionary.</summary>
public static class EntityModel
{
    private static readonly string[] Rows = ["a", "a!", "aa", "aé", "b", "B", "\uFFFDz", "日"];

    public static Arbitrary<ModelWrite[][]> Runs()
    {
        var write =
            from kind in Gen.Elements(EntityOperationKind.Insert, EntityOperationKind.Replace, EntityOperationKind.Delete)
            from row in Gen.Choose(0, Rows.Length - 1)
            from etag in Gen.Frequency((5, Gen.Constant(0)), (1, Gen.Choose(0, 3)))
            from value in Gen.Choose(0, 9)
            select new ModelWrite(kind, row, etag, value);
        var batch = write.ListOf().Select(writes => writes.DistinctBy(one => one.Row).Take(4).ToArray()).Where(writes => writes.Length > 0);
        return batch.ArrayOf().ToArbitrary();
    }

    public static async Task<bool> AgreesAsync(IEntityStore store, string table, string partition, ModelWrite[][] run)
    {
        var model = new SortedDictionary<string, (string ETag, string Json)>(StringComparer.Ordinal);
        // Every ETag that a row has had, the newest first.
        var etags = Rows.ToDictionary(row => row, _ => new List<string> { "none" });
        foreach (var batch in run)
        {
            var operations = batch.Select(write => Operation(write, etags)).ToArray();
            var result = await store.CommitAsync(table, partition, operations, CancellationToken.None);
            if (Expected(model, operations) != (result.Failure, result.FailedOperation))
            {
                return false;
            }

            if (result.Written)
            {
                Apply(model, etags, operations, result.ETags);
            }
        }

        return await SameAsync(store, table, partition, model);
    }

    private static EntityOperation Operation(ModelWrite write, Dictionary<string, List<string>> etags)
    {
        var row = Rows[write.Row];
        var etag = etags[row][Math.Min(write.ETag, etags[row].Count - 1)];
        var json = Encoding.UTF8.GetBytes($"{write.Value}");
        return write.Kind switch
        {
            EntityOperationKind.Insert => EntityOperation.Insert(row, json),
            EntityOperationKind.Replace => EntityOperation.Replace(row, json, etag),
            _ => EntityOperation.Delete(row, etag),
        };
    }

    private static (EntityFailure Failure, int Operation) Expected(SortedDictionary<string, (string ETag, string Json)> model, EntityOperation[] operations)
    {
        for (var i = 0; i < operations.Length; i++)
        {
            var there = model.TryGetValue(operations[i].Row, out var row);
            var failure = operations[i].Kind == EntityOperationKind.Insert
                ? (there ? EntityFailure.AlreadyExists : EntityFailure.None)
                : !there ? EntityFailure.NotFound
                : row.ETag == operations[i].ETag ? EntityFailure.None : EntityFailure.ETagMismatch;
            if (failure != EntityFailure.None)
            {
                return (failure, i);
            }
        }

        return (EntityFailure.None, -1);
    }

    private static void Apply(SortedDictionary<string, (string ETag, string Json)> model, Dictionary<string, List<string>> etags, EntityOperation[] operations, IReadOnlyList<string> written)
    {
        foreach (var (operation, etag) in operations.Zip(written))
        {
            if (operation.Kind == EntityOperationKind.Delete)
            {
                model.Remove(operation.Row);
                continue;
            }

            Assert.DoesNotContain(etag, etags[operation.Row]);
            etags[operation.Row].Insert(0, etag);
            model[operation.Row] = (etag, Encoding.UTF8.GetString(operation.Json.Span));
        }
    }

    private static async Task<bool> SameAsync(IEntityStore store, string table, string partition, SortedDictionary<string, (string ETag, string Json)> model)
    {
        foreach (var prefix in (string[])["", "a", "aa", "b", "\uFFFD"])
        {
            var page = await store.QueryAsync(table, partition, new RowRange(prefix), 1000, CancellationToken.None);
            var rows = page.Rows.Select(row => (row.Row, row.ETag, Encoding.UTF8.GetString(row.Json.Span)));
            if (!rows.SequenceEqual(model.Where(row => row.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(row => (row.Key, row.Value.ETag, row.Value.Json))))
            {
                return false;
            }
        }

        return true;
    }
}
