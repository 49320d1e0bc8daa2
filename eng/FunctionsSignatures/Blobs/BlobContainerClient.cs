// Checked against Azure.Storage.Blobs 12.30.0.
using Azure.Core;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Azure.Storage.Blobs;

public class BlobContainerClient
{
    protected BlobContainerClient()
    {
    }

    public BlobContainerClient(string connectionString, string blobContainerName, BlobClientOptions options)
    {
    }

    public BlobContainerClient(Uri blobContainerUri, TokenCredential credential, BlobClientOptions? options = null)
    {
    }

    public virtual Task<Response<BlobContainerInfo>> CreateIfNotExistsAsync(
        PublicAccessType publicAccessType = PublicAccessType.None,
        IDictionary<string, string>? metadata = null,
        BlobContainerEncryptionScopeOptions? encryptionScopeOptions = null,
        CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public virtual AsyncPageable<BlobItem> GetBlobsAsync(BlobTraits traits, BlobStates states, string? prefix, CancellationToken cancellationToken) => throw new NotSupportedException();

    protected internal virtual BlockBlobClient GetBlockBlobClientCore(string blobName) => throw new NotSupportedException();
}
