using System.Net;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Kayse.Core.Storage;
using Kayse.Functions.Azure;
using Kayse.Tests.Storage;

namespace Kayse.Functions.Tests.Azure;

/// <summary>The contract over the real library and a vault in memory.</summary>
public sealed class KeyVaultSecretStoreTests : SecretStoreContract, IDisposable
{
    private readonly HastyClock _clock = new();
    private readonly FakeVault _vault;

    public KeyVaultSecretStoreTests()
    {
        _vault = new FakeVault(_clock);
        Store = Open();
    }

    protected override ISecretStore Store { get; }

    public void Dispose() => _vault.Dispose();

    [Fact]
    public async Task A_value_is_read_once_in_a_few_minutes()
    {
        await Store.SetAsync(Name, "1", None);
        _vault.Requests.Clear();

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("1", (await Store.GetAsync(Name, null, None))!.Value);
            _clock.Advance(KeyVaultSecretStore.Memory / 6);
        }

        Assert.Single(_vault.Requests);
        _clock.Advance(KeyVaultSecretStore.Memory);
        await Store.GetAsync(Name, null, None);
        Assert.Equal(2, _vault.Requests.Count);
    }

    [Fact]
    public async Task Callers_of_one_secret_share_a_request_and_each_may_stop_waiting()
    {
        await Store.SetAsync(Name, "1", None);
        _vault.Requests.Clear();
        var answer = new TaskCompletionSource();
        _vault.Delay = () => answer.Task;
        using var stop = new CancellationTokenSource();

        var first = Store.GetAsync(Name, null, stop.Token);
        var others = Enumerable.Range(0, 20).Select(_ => Store.GetAsync(Name, null, None)).ToList();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        answer.SetResult();

        Assert.All(await Task.WhenAll(others), secret => Assert.Equal("1", secret!.Value));
        Assert.Single(_vault.Requests);
    }

    [Fact]
    public async Task That_there_is_nothing_is_not_remembered_for_long()
    {
        Assert.Null(await Store.GetAsync(Name, null, None));
        await Open().SetAsync(Name, "1", None);

        Assert.Null(await Store.GetAsync(Name, null, None));
        _clock.Advance(KeyVaultSecretStore.MemoryOfNothing);
        Assert.Equal("1", (await Store.GetAsync(Name, null, None))!.Value);
    }

    [Fact]
    public async Task A_change_by_another_instance_is_seen_by_who_asks_for_it_and_then_by_all()
    {
        await Store.SetAsync(Name, "1", None);
        await Store.GetAsync(Name, null, None);
        _clock.Advance(TimeSpan.FromSeconds(30));
        await Open().SetAsync(Name, "2", None);

        Assert.Equal("1", (await Store.GetAsync(Name, null, None))!.Value);
        Assert.Equal("1", (await Store.GetAsync(Name, TimeSpan.FromMinutes(1), None))!.Value);
        Assert.Equal("2", (await Store.GetAsync(Name, TimeSpan.FromSeconds(10), None))!.Value);
        Assert.Equal("2", (await Store.GetAsync(Name, null, None))!.Value);
    }

    [Fact]
    public async Task A_wrong_guess_a_second_costs_one_request_in_ten_seconds()
    {
        await Store.SetAsync(Name, "1", None);
        _vault.Requests.Clear();

        for (var second = 0; second < 60; second++)
        {
            await Store.GetAsync(Name, TimeSpan.FromSeconds(10), None);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(6, _vault.Requests.Count);
    }

    [Fact]
    public async Task A_read_that_was_under_way_when_the_secret_was_set_is_not_remembered()
    {
        await Store.SetAsync(Name, "1", None);
        var answer = new TaskCompletionSource();
        _vault.Instead = request => request.Method == HttpMethod.Get ? FakeVault.Fault(404, "SecretNotFound") : null;
        _vault.Delay = () => answer.Task;
        var early = Store.GetAsync(Name, null, None);
        _vault.Delay = () => Task.CompletedTask;
        await Store.SetAsync(Name, "2", None);
        answer.SetResult();
        Assert.Null(await early);

        _vault.Instead = _ => null;
        Assert.Equal("2", (await Store.GetAsync(Name, null, None))!.Value);
    }

    [Fact]
    public async Task A_failed_read_is_not_remembered()
    {
        await Store.SetAsync(Name, "1", None);
        _vault.Instead = _ => FakeVault.Fault(403, "Forbidden");
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Store.GetAsync(Name, null, None));

        _vault.Instead = _ => null;
        Assert.Equal("1", (await Store.GetAsync(Name, null, None))!.Value);
    }

    [Fact]
    public async Task A_purge_that_the_vault_does_not_allow_ends_with_its_own_time()
    {
        _vault.HasPurgeProtection = true;
        await Store.SetAsync(Name, "1", None);

        await Store.PurgeAsync(Name, None);

        Assert.Null(await Store.GetAsync(Name, null, None));
        Assert.Empty(await Store.NamesAsync(Company, None));
    }

    [Fact]
    public async Task A_deletion_is_over_when_the_task_is()
    {
        _vault.Slowness = 5;
        await Store.SetAsync(Name, "1", None);
        await Store.DeleteAsync(Name, None);
        _vault.Requests.Clear();

        await Store.SetAsync(Name, "2", None);

        // Deleted already: recovered at once, not only when the deletion is over.
        Assert.StartsWith("PUT", _vault.Requests[0], StringComparison.Ordinal);
        Assert.EndsWith("/recover", _vault.Requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deletion_or_recovery_that_never_ends_is_unavailable()
    {
        _vault.Slowness = int.MaxValue;
        await Store.SetAsync(Name, "1", None);

        Assert.Contains("not finished", (await Assert.ThrowsAsync<StorageUnavailableException>(() => Store.DeleteAsync(Name, None))).Message, StringComparison.Ordinal);
        Assert.Contains("409", (await Assert.ThrowsAsync<StorageUnavailableException>(() => Store.SetAsync(Name, "2", None))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, "refuses access (403 Forbidden)")]
    [InlineData(401, "refuses access (401 Forbidden)")]
    [InlineData(429, "is busy (429 Forbidden)")]
    [InlineData(500, "could not do it (500 Forbidden)")]
    public async Task What_the_vault_refuses_is_unavailable_and_shows_no_data(int status, string says)
    {
        _vault.Instead = _ => FakeVault.Fault(status, "Forbidden");

        foreach (var call in Calls())
        {
            var fault = await Assert.ThrowsAsync<StorageUnavailableException>(call);
            Assert.Contains(says, fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("personal data", fault.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_vault_out_of_reach_is_unavailable()
    {
        _vault.Instead = _ => throw new HttpRequestException("no such host");

        foreach (var call in Calls())
        {
            Assert.Contains("Key Vault cannot be reached", (await Assert.ThrowsAsync<StorageUnavailableException>(call)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_busy_vault_is_asked_again()
    {
        await Store.SetAsync(Name, "1", None);
        var busy = 2;
        _vault.Instead = _ => busy-- > 0 ? FakeVault.Fault((int)HttpStatusCode.TooManyRequests, "Throttled") : null;

        Assert.Equal("1", (await Store.GetAsync(Name, null, None))!.Value);
    }

    private Func<Task>[] Calls() =>
    [
        () => Store.GetAsync(Name, null, None),
        () => Store.SetAsync(Name, "1", None),
        () => Store.DeleteAsync(Name, None),
        () => Store.PurgeAsync(Name, None),
        () => Store.VersionsAsync(Name, None),
        () => Store.NamesAsync("", None),
    ];

    private KeyVaultSecretStore Open()
    {
        var options = new SecretClientOptions { Transport = new HttpClientTransport(_vault) };
        options.Retry.Delay = options.Retry.MaxDelay = TimeSpan.FromMilliseconds(1);
        var credential = DelegatedTokenCredential.Create((_, _) => new AccessToken("token", DateTimeOffset.MaxValue));
        return new KeyVaultSecretStore(new SecretClient(new Uri("https://kayse.vault.azure.net"), credential, options), _clock);
    }
}
