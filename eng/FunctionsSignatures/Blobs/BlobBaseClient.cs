// Checked against Azure.Storage.Blobs 12.30.0.
using Azure.Storage.Blobs.Models;

namespace Azure.Storage.Blobs.Specialized;

public class BlobBaseClient
{
    protected BlobBaseClient()
    {
    }

    public virtual Task<Response<BlobDownloadStreamingResult>> DownloadStreamingAsync(BlobDownloadOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public virtual Task<Response<bool>> DeleteIfExistsAsync(DeleteSnapshotsOption snapshotsOption = DeleteSnapshotsOption.None, BlobRequestConditions? conditions = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public virtual Task<Response<bool>> ExistsAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public virtual Task<Response<BlobProperties>> GetPropertiesAsync(BlobRequestConditions? conditions = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
