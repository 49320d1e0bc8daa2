// Checked against Azure.Storage.Blobs 12.30.0.
using Azure.Core;

namespace Azure.Storage.Blobs;

public class BlobClientOptions : ClientOptions
{
}
