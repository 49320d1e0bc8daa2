namespace Kayse.Tests.StoreWriter;

/// <summary>What was done.</summary>
internal enum StoreAct
{
    /// <summary>A batch of rows was committed.</summary>
    Batch,

    /// <summary>A blob was made.</summary>
    BlobMade,

    /// <summary>A blob was deleted.</summary>
    BlobGone,

    /// <summary>A message was sent.</summary>
    Sent,

    /// <summary>A message was handled.</summary>
    Handled,
}
