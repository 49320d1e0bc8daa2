using Kayse.Core.Storage;

namespace Kayse.Tests.Storage;

/// <summary>What every entity store refuses.</summary>
public static class EntityRefusals
{
    private static readonly Dictionary<string, EntityOperation[]> Refused = new()
    {
        ["none"] = [],
        ["too many"] = [.. Enumerable.Range(0, EntityRules.MaxOperations + 1).Select(i => EntityOperation.Insert($"{i}", "1"u8.ToArray()))],
        ["too large"] = [.. Enumerable.Range(0, 3).Select(i => EntityOperation.Insert($"{i}", new byte[(EntityRules.MaxBatchBytes / 3) + 1]))],
        ["too large a row"] = [EntityOperation.Insert("a", new byte[EntityRules.MaxRowBytes + 1])],
        ["a row twice"] = [EntityOperation.Insert("a", "1"u8.ToArray()), EntityOperation.Delete("a", "1")],
        ["a replace without an etag"] = [EntityOperation.Replace("a", "1"u8.ToArray(), "")],
        ["a delete without an etag"] = [EntityOperation.Delete("a", null!)],
        ["a bad key behind a good one"] = [EntityOperation.Insert("a", "1"u8.ToArray()), EntityOperation.Insert("b/c", "1"u8.ToArray())],
        ["no known kind"] = [new EntityOperation((EntityOperationKind)7, "a", "1"u8.ToArray(), "1")],
    };

    public static TheoryData<string> Keys { get; } =
    [
        "", "a/b", "a\\b", "a#b", "a?b", "a\nb", "a\0", "\u007f", "a\u0085", "😀",
        new string('a', EntityRules.MaxKeyBytes + 1), new string('é', (EntityRules.MaxKeyBytes / 2) + 1),
    ];

    public static TheoryData<string> Batches { get; } = [.. Refused.Keys];

    public static EntityOperation[] Batch(string reason) => Refused[reason];
}
