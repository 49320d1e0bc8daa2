using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Kayse.Core.Storage;

namespace Kayse.Functions.Azure;

/// <summary>
/// <see cref="IBlobStore"/> over one container of Azure Blobs, which is made at its first use. What fits into one block is one request; what is longer goes up block by block
/// and is there when their list is: blocks that never come to that are seen by nobody and removed by the service within a week.
/// </summary>
/// <param name="container">The container.</param>
public sealed class AzureBlobStore(BlobContainerClient container) : IBlobStore
{
    private const string Service = "Blob storage";
    private const string UploadKey = "upload";
    private const int BlockBytes = 4 * 1024 * 1024;

    /// <inheritdoc/>
    public async Task<bool> CreateAsync(string name, string contentType, Stream content, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        BlobNames.CheckContentType(contentType);
        ArgumentNullException.ThrowIfNull(content);
        cancellationToken.ThrowIfCancellationRequested();
        var upload = new Upload(container.GetBlockBlobClient(name), contentType);
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            // What the caller's stream throws goes to the caller as it is: only the requests are guarded.
            var length = await content.ReadAtLeastAsync(block.AsMemory(0, BlockBytes), BlockBytes, throwOnEndOfStream: false, cancellationToken);
            if (length < BlockBytes)
            {
                return await CreatedAsync(upload, () => upload.PutAsync(block, length, cancellationToken), cancellationToken);
            }

            for (; length > 0; length = await content.ReadAtLeastAsync(block.AsMemory(0, BlockBytes), BlockBytes, throwOnEndOfStream: false, cancellationToken))
            {
                await AzureFaults.GuardAsync(Service, () => InContainerAsync(() => upload.StageAsync(block, length, cancellationToken), cancellationToken), cancellationToken);
            }

            return await CreatedAsync(upload, () => upload.CommitAsync(cancellationToken), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <inheritdoc/>
    public async Task<Blob?> OpenAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var found = await AzureFaults.GuardAsync(Service, () => container.GetBlockBlobClient(name).DownloadStreamingAsync(null, cancellationToken), cancellationToken);
            return new Blob(found.Value.Details.ContentType!, found.Value.Details.ContentLength, found.Value.Content);
        }
        catch (RequestFailedException fault) when (fault.Status == 404)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        BlobNames.Check(name);
        cancellationToken.ThrowIfCancellationRequested();
        return (await AzureFaults.GuardAsync(Service, () => container.GetBlockBlobClient(name).DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, null, cancellationToken), cancellationToken)).Value;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (prefix.Length > 0)
        {
            BlobNames.Check(prefix);
            if (await AzureFaults.GuardAsync(Service, () => container.GetBlockBlobClient(prefix).ExistsAsync(cancellationToken), cancellationToken))
            {
                yield return prefix;
            }
        }

        await using var blobs = container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix.Length == 0 ? null : $"{prefix}/", cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await AzureFaults.GuardAsync(Service, () => HasNextAsync(blobs), cancellationToken))
        {
            yield return blobs.Current.Name;
        }
    }

    private static async Task<bool> HasNextAsync(IAsyncEnumerator<BlobItem> blobs)
    {
        try
        {
            return await blobs.MoveNextAsync();
        }
        catch (RequestFailedException fault) when (fault.Status == 404)
        {
            // A container that nothing was written to yet.
            return false;
        }
    }

    // The library repeats a request whose answer was lost, and the repeat then finds the name taken by the first: the blob bears the upload's number.
    private Task<bool> CreatedAsync(Upload upload, Func<Task> send, CancellationToken cancellationToken) => AzureFaults.GuardAsync(
        Service,
        async () =>
        {
            try
            {
                await InContainerAsync(send, cancellationToken);
                return true;
            }
            catch (RequestFailedException fault) when (fault.ErrorCode is "BlobAlreadyExists" or "ConditionNotMet" or "InvalidBlockList")
            {
                return await upload.IsThereAsync(cancellationToken);
            }
            catch (Exception fault) when (AzureFaults.MayPass(fault, cancellationToken))
            {
                if (await upload.IsThereAsync(cancellationToken))
                {
                    return true;
                }

                throw;
            }
        },
        cancellationToken);

    private async Task InContainerAsync(Func<Task> send, CancellationToken cancellationToken)
    {
        try
        {
            await send();
        }
        catch (RequestFailedException fault) when (fault.ErrorCode == "ContainerNotFound")
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            await send();
        }
    }

    /// <summary>A blob on its way up. Blocks have names of their own in each upload: with the library's, two uploads of one name would take each other's.</summary>
    private sealed class Upload(BlockBlobClient blob, string contentType)
    {
        private readonly string _id = Random.Shared.NextInt64().ToString("x16", CultureInfo.InvariantCulture);
        private readonly List<string> _blocks = [];

        public Task PutAsync(byte[] bytes, int length, CancellationToken cancellationToken) =>
            blob.UploadAsync(Content(bytes, length), new BlobUploadOptions { HttpHeaders = Headers, Metadata = Metadata, Conditions = IfAbsent }, cancellationToken);

        public async Task StageAsync(byte[] bytes, int length, CancellationToken cancellationToken)
        {
            // The names of a blob's blocks are all of one length (learn.microsoft.com, "Put Block").
            var block = Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{_id}{_blocks.Count:d8}")));
            await blob.StageBlockAsync(block, Content(bytes, length), null, cancellationToken);
            _blocks.Add(block);
        }

        public Task CommitAsync(CancellationToken cancellationToken) =>
            blob.CommitBlockListAsync(_blocks, new CommitBlockListOptions { HttpHeaders = Headers, Metadata = Metadata, Conditions = IfAbsent }, cancellationToken);

        public async Task<bool> IsThereAsync(CancellationToken cancellationToken)
        {
            try
            {
                return (await blob.GetPropertiesAsync(null, cancellationToken)).Value.Metadata.TryGetValue(UploadKey, out var id) && id == _id;
            }
            catch (RequestFailedException fault) when (fault.Status == 404)
            {
                return false;
            }
        }

        private static BlobRequestConditions IfAbsent => new() { IfNoneMatch = ETag.All };

        private BlobHttpHeaders Headers => new() { ContentType = contentType };

        private Dictionary<string, string> Metadata => new(StringComparer.Ordinal) { [UploadKey] = _id };

        private static MemoryStream Content(byte[] bytes, int length) => new(bytes, 0, length, writable: false);
    }
}
