namespace Kayse.Core.Storage;

/// <summary>What a write does to its row.</summary>
public enum EntityOperationKind
{
    /// <summary>Adds a row that must not exist.</summary>
    Insert,

    /// <summary>Replaces a row that must exist at a given version.</summary>
    Replace,

    /// <summary>Removes a row that must exist at a given version.</summary>
    Delete,
}
