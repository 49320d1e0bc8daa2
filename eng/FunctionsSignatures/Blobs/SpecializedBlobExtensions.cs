// Checked against Azure.Storage.Blobs 12.30.0.
namespace Azure.Storage.Blobs.Specialized;

// The way in which the library lets the client be replaced by a test.
public static class SpecializedBlobExtensions
{
    public static BlockBlobClient GetBlockBlobClient(this BlobContainerClient client, string blobName) => client.GetBlockBlobClientCore(blobName);
}
