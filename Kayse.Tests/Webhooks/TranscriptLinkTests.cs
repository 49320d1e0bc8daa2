using Kayse.Core;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Webhooks;
using Kayse.Web.Secrets;

namespace Kayse.Tests.Webhooks;

public sealed class TranscriptLinkTests : IDisposable
{
    private static readonly CompanyId s_demo = CompanyId.Parse("demo");
    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly FileSecretStore _secrets;

    public TranscriptLinkTests() => _secrets = new FileSecretStore(_folder.In("secrets.json"), _folder.In("keys"), _clock);

    [Fact]
    public async Task Processes_that_make_the_first_key_at_the_same_moment_take_each_others_links()
    {
        var meeting = new Meeting(_secrets);
        using var one = Links(meeting);
        using var other = Links(meeting);
        var until = _clock.GetUtcNow().AddDays(1);

        var links = await Task.WhenAll(one.MakeAsync(s_demo, "evt_1", until, CancellationToken.None), other.MakeAsync(s_demo, "evt_1", until, CancellationToken.None));

        Assert.Equal(links[0], links[1]);
        using var later = Links(_secrets);
        Assert.Equal(links[0], await later.MakeAsync(s_demo, "evt_1", until, CancellationToken.None));
    }

    public void Dispose()
    {
        _secrets.Dispose();
        _folder.Dispose();
    }

    private static TranscriptLinks Links(ISecretStore secrets) => new(secrets, new PublicAddress("https://kayse.example.com"));

    /// <summary>Answers nobody's first look before both have looked.</summary>
    private sealed class Meeting(ISecretStore inner) : ISecretStore
    {
        private readonly TaskCompletionSource _both = new();
        private int _looks;

        public async Task<Secret?> GetAsync(string name, TimeSpan maxAge, CancellationToken cancellationToken)
        {
            var found = await inner.GetAsync(name, maxAge, cancellationToken);
            if (Interlocked.Increment(ref _looks) == 2)
            {
                _both.SetResult();
            }

            await _both.Task;
            return found;
        }

        public Task<Secret?> GetAsync(string name, string? version, CancellationToken cancellationToken) => inner.GetAsync(name, version, cancellationToken);

        public Task<Secret> SetAsync(string name, string value, CancellationToken cancellationToken) => inner.SetAsync(name, value, cancellationToken);

        public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken) => inner.DeleteAsync(name, cancellationToken);

        public Task<IReadOnlyList<SecretVersion>> VersionsAsync(string name, CancellationToken cancellationToken) => inner.VersionsAsync(name, cancellationToken);

        public Task PurgeAsync(string name, CancellationToken cancellationToken) => inner.PurgeAsync(name, cancellationToken);

        public Task<IReadOnlyList<string>> NamesAsync(string prefix, CancellationToken cancellationToken) => inner.NamesAsync(prefix, cancellationToken);
    }
}
