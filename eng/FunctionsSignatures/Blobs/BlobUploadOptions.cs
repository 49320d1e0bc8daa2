// Checked against Azure.Storage.Blobs 12.30.0.
namespace Azure.Storage.Blobs.Models;

// Holds what it is given: it is data alone.
public class BlobUploadOptions
{
    public BlobHttpHeaders? HttpHeaders { get; set; }

    public IDictionary<string, string>? Metadata { get; set; }

    public BlobRequestConditions? Conditions { get; set; }
}
