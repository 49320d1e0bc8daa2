namespace Kayse.Core.Storage;

/// <summary>Why a batch was not written.</summary>
public enum EntityFailure
{
    /// <summary>It was written.</summary>
    None,

    /// <summary>An insert found the row.</summary>
    AlreadyExists,

    /// <summary>A replace or a delete did not find the row.</summary>
    NotFound,

    /// <summary>A replace or a delete found the row at another version.</summary>
    ETagMismatch,
}
