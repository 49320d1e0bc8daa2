// Checked against Azure.Storage.Blobs 12.30.0.
namespace Azure.Storage.Blobs.Models;

// Holds what it is given: it is data alone.
public class BlobDownloadDetails
{
    public long ContentLength { get; internal set; }

    public string? ContentType { get; internal set; }
}
