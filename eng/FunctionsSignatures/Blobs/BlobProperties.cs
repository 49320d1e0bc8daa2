// Checked against Azure.Storage.Blobs 12.30.0.
namespace Azure.Storage.Blobs.Models;

// Holds what it is given: it is data alone.
public class BlobProperties
{
    public IDictionary<string, string> Metadata { get; internal set; } = new Dictionary<string, string>();
}
