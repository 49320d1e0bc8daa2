// Checked against Azure.Storage.Blobs 12.30.0.
namespace Azure.Storage.Blobs.Models;

// In the library IfNoneMatch comes from Azure.RequestConditions, as here.
public class BlobRequestConditions : RequestConditions;
