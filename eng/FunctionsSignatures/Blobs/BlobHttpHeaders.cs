// Checked against Azure.Storage.Blobs 12.30.0.
namespace Azure.Storage.Blobs.Models;

// Holds what it is given: it is data alone.
public class BlobHttpHeaders
{
    public string? ContentType { get; set; }
}
