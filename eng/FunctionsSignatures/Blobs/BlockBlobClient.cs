// Checked against Azure.Storage.Blobs 12.30.0.
using Azure.Storage.Blobs.Models;

namespace Azure.Storage.Blobs.Specialized;

public class BlockBlobClient : BlobBaseClient
{
    protected BlockBlobClient()
    {
    }

    public virtual Task<Response<BlobContentInfo>> UploadAsync(Stream content, BlobUploadOptions options, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public virtual Task<Response<BlockInfo>> StageBlockAsync(string base64BlockId, Stream content, BlockBlobStageBlockOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public virtual Task<Response<BlobContentInfo>> CommitBlockListAsync(IEnumerable<string> base64BlockIds, CommitBlockListOptions options, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
