// Checked against Azure.Storage.Blobs 12.30.0.
namespace Azure.Storage.Blobs.Models;

public static class BlobsModelFactory
{
    public static BlobItem BlobItem(string? name = null) => new(name!);

    public static BlobProperties BlobProperties(IDictionary<string, string>? metadata = null) => new() { Metadata = metadata! };

    public static BlobDownloadStreamingResult BlobDownloadStreamingResult(Stream? content = null, BlobDownloadDetails? details = null) => new() { Content = content!, Details = details! };
}
