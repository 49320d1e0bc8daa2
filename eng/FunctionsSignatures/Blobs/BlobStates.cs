// Checked against Azure.Storage.Blobs 12.30.0.
namespace Azure.Storage.Blobs.Models;

[Flags]
public enum BlobStates
{
    None = 0,
}
