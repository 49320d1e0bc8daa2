using System.Net;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>A request body that streams a blob, opened when it is sent, so that a request can be made again.</summary>
internal sealed class BlobContent(IBlobStore blobs, string name, long size) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var blob = await blobs.OpenAsync(name, cancellationToken) ?? throw new IOException("The blob is gone.");
        await blob.Content.CopyToAsync(stream, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = size;
        return true;
    }
}
