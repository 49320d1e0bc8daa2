namespace Kayse.Core.Storage;

/// <summary>One write within a batch.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Row">The row key.</param>
/// <param name="Json">UTF-8 JSON; empty for a delete.</param>
/// <param name="ETag">The version that a replace or a delete expects; null for an insert.</param>
public sealed record EntityOperation(EntityOperationKind Kind, string Row, ReadOnlyMemory<byte> Json, string? ETag)
{
    /// <summary>Adds a row; fails with <see cref="EntityFailure.AlreadyExists"/> when there is one.</summary>
    public static EntityOperation Insert(string row, ReadOnlyMemory<byte> json) => new(EntityOperationKind.Insert, row, json, null);

    /// <summary>Replaces a row that is still at <paramref name="etag"/>.</summary>
    public static EntityOperation Replace(string row, ReadOnlyMemory<byte> json, string etag) => new(EntityOperationKind.Replace, row, json, etag);

    /// <summary>Deletes a row that is still at <paramref name="etag"/>.</summary>
    public static EntityOperation Delete(string row, string etag) => new(EntityOperationKind.Delete, row, ReadOnlyMemory<byte>.Empty, etag);
}
