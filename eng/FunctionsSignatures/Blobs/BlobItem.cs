// Checked against Azure.Storage.Blobs 12.30.0.
namespace Azure.Storage.Blobs.Models;

// Holds what it is given: it is data alone.
public class BlobItem
{
    internal BlobItem(string name) => Name = name;

    public string Name { get; }
}
