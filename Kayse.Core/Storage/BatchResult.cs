namespace Kayse.Core.Storage;

/// <summary>What became of a batch: all of it was written, or nothing.</summary>
/// <param name="Failure"><see cref="EntityFailure.None"/> when it was written.</param>
/// <param name="FailedOperation">The index of the operation that failed, or -1.</param>
/// <param name="ETags">The new version of each row, by operation (empty for a delete); empty when nothing was written.</param>
public sealed record BatchResult(EntityFailure Failure, int FailedOperation, IReadOnlyList<string> ETags)
{
    /// <summary>True when every operation was written.</summary>
    public bool Written => Failure == EntityFailure.None;

    /// <summary>The batch was written.</summary>
    public static BatchResult Success(IReadOnlyList<string> etags) => new(EntityFailure.None, -1, etags);

    /// <summary>Nothing was written because of one operation.</summary>
    public static BatchResult Failed(EntityFailure failure, int operation) => new(failure, operation, []);
}
