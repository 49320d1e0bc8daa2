// Checked against Azure.Storage.Blobs 12.30.0.
namespace Azure.Storage.Blobs.Models;

// Holds what it is given: it is data alone.
public class BlobDownloadStreamingResult
{
    internal BlobDownloadStreamingResult()
    {
    }

    public BlobDownloadDetails Details { get; internal set; } = null!;

    public Stream Content { get; internal set; } = null!;
}
