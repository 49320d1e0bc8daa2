using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Kayse.Functions.Tests.Azure;

/// <summary>A container of Azure Blobs in memory, with conditions, blocks and error codes as the service has them, and faults as a test says.</summary>
public sealed class FakeContainer : BlobContainerClient
{
    private readonly Dictionary<string, FakeBlob> _blobs = [];

    /// <summary>Gets the name of each request before it is carried out; what it throws is the answer, and nothing was done.</summary>
    public Action<string> Before { get; set; } = _ => { };

    /// <summary>Gets the name of each request that was carried out; what it throws comes in place of the answer.</summary>
    public Action<string> After { get; set; } = _ => { };

    public IList<string> Requests { get; } = [];

    public bool IsMade { get; private set; }

    public override Task<Response<BlobContainerInfo>> CreateIfNotExistsAsync(
        PublicAccessType publicAccessType = PublicAccessType.None,
        IDictionary<string, string>? metadata = null,
        BlobContainerEncryptionScopeOptions? encryptionScopeOptions = null,
        CancellationToken cancellationToken = default)
    {
        Assert.Equal(PublicAccessType.None, publicAccessType);
        IsMade = true;
        return Do<Response<BlobContainerInfo>>("create", () => null!);
    }

    public override AsyncPageable<BlobItem> GetBlobsAsync(BlobTraits traits, BlobStates states, string? prefix, CancellationToken cancellationToken) => new Listing(this, prefix ?? "");

    protected override BlockBlobClient GetBlockBlobClientCore(string blobName)
    {
        lock (_blobs)
        {
            return _blobs.TryGetValue(blobName, out var blob) ? blob : _blobs[blobName] = new FakeBlob(this);
        }
    }

    private Task<T> Do<T>(string request, Func<T> work)
    {
        lock (_blobs)
        {
            Requests.Add(request);
            Before(request);
            var answer = IsMade ? work() : throw Answer.Fault(404, "ContainerNotFound");
            After(request);
            return Task.FromResult(answer);
        }
    }

    private sealed class Listing(FakeContainer container, string prefix) : AsyncPageable<BlobItem>
    {
        public override async IAsyncEnumerable<Page<BlobItem>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
        {
            var names = await container.Do("list", () => container._blobs.Where(blob => blob.Value.IsThere && blob.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(blob => blob.Key).ToList());
            foreach (var name in names)
            {
                yield return Page<BlobItem>.FromValues([], "more", new Answer(200));
                yield return Page<BlobItem>.FromValues([BlobsModelFactory.BlobItem(name: name)], "more", new Answer(200));
            }
        }
    }

    private sealed class FakeBlob(FakeContainer container) : BlockBlobClient
    {
        private readonly Dictionary<string, byte[]> _staged = [];
        private byte[]? _content;
        private string? _type;
        private IDictionary<string, string>? _metadata;

        public bool IsThere => _content is not null;

        public override Task<Response<BlobContentInfo>> UploadAsync(Stream content, BlobUploadOptions options, CancellationToken cancellationToken = default) =>
            container.Do("put", () => Store(Read(content), options.HttpHeaders!, options.Metadata!, options.Conditions!));

        public override Task<Response<BlockInfo>> StageBlockAsync(string base64BlockId, Stream content, BlockBlobStageBlockOptions? options = null, CancellationToken cancellationToken = default) =>
            container.Do<Response<BlockInfo>>("stage", () =>
            {
                Assert.InRange(Convert.FromBase64String(base64BlockId).Length, 1, 64);
                _staged[base64BlockId] = Read(content);
                return null!;
            });

        public override Task<Response<BlobContentInfo>> CommitBlockListAsync(IEnumerable<string> base64BlockIds, CommitBlockListOptions options, CancellationToken cancellationToken = default) =>
            container.Do("commit", () =>
            {
                var blocks = base64BlockIds.ToList();
                return !IsThere && !blocks.TrueForAll(_staged.ContainsKey)
                    ? throw Answer.Fault(400, "InvalidBlockList")
                    : Store([.. blocks.Where(_staged.ContainsKey).SelectMany(block => _staged[block])], options.HttpHeaders!, options.Metadata!, options.Conditions!);
            });

        public override Task<Response<BlobDownloadStreamingResult>> DownloadStreamingAsync(BlobDownloadOptions? options = null, CancellationToken cancellationToken = default) => container.Do("read", () =>
        {
            // Not by the factory, whose parameters are others in each version of the library.
            var details = new BlobDownloadDetails();
            typeof(BlobDownloadDetails).GetProperty(nameof(details.ContentLength))!.SetValue(details, (long)Found().Length);
            typeof(BlobDownloadDetails).GetProperty(nameof(details.ContentType))!.SetValue(details, _type);
            return Response.FromValue(BlobsModelFactory.BlobDownloadStreamingResult(new MemoryStream(_content!), details), new Answer(200));
        });

        public override Task<Response<bool>> DeleteIfExistsAsync(DeleteSnapshotsOption snapshotsOption = DeleteSnapshotsOption.None, BlobRequestConditions? conditions = null, CancellationToken cancellationToken = default)
        {
            var wasThere = IsThere;
            _content = null;
            return container.IsMade ? container.Do("delete", () => Response.FromValue(wasThere, new Answer(202))) : Task.FromResult(Response.FromValue(false, new Answer(404)));
        }

        public override Task<Response<bool>> ExistsAsync(CancellationToken cancellationToken = default) =>
            // Of a missing container the library says the same as of a missing blob.
            container.IsMade ? container.Do("exists", () => Response.FromValue(IsThere, new Answer(200))) : Task.FromResult(Response.FromValue(false, new Answer(404)));

        public override Task<Response<BlobProperties>> GetPropertiesAsync(BlobRequestConditions? conditions = null, CancellationToken cancellationToken = default) => container.Do("properties", () =>
        {
            _ = Found();
            return Response.FromValue(BlobsModelFactory.BlobProperties(metadata: _metadata), new Answer(200));
        });

        private static byte[] Read(Stream content)
        {
            var read = new MemoryStream();
            content.CopyTo(read);
            return read.ToArray();
        }

        private byte[] Found() => _content ?? throw Answer.Fault(404, "BlobNotFound");

        private Response<BlobContentInfo> Store(byte[] content, BlobHttpHeaders headers, IDictionary<string, string> metadata, BlobRequestConditions conditions)
        {
            Assert.Equal(ETag.All, conditions.IfNoneMatch);
            if (IsThere)
            {
                throw Answer.Fault(409, "BlobAlreadyExists");
            }

            (_content, _type, _metadata) = (content, headers.ContentType, metadata);
            _staged.Clear();
            return null!;
        }
    }
}
