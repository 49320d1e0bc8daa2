using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Webhooks;
using Kayse.Functions.Azure;

namespace Kayse.Functions.Tests.Azure;

/// <summary>Two instances of the app with a memory each, over one vault.</summary>
public sealed class TwoInstancesTests : IDisposable
{
    private static readonly CompanyId s_demo = CompanyId.Parse("demo");

    private readonly HastyClock _clock = new();
    private readonly FakeVault _vault;
    private readonly AzureEntityStore _store;

    public TwoInstancesTests()
    {
        _vault = new FakeVault(_clock) { Slowness = 0 };
        _store = new AzureEntityStore(new FakeTables(), _clock);
    }

    private static CancellationToken None => CancellationToken.None;

    public void Dispose() => _vault.Dispose();

    [Fact]
    public async Task A_webhook_token_that_one_instance_made_is_good_at_the_other_at_once()
    {
        var (one, other) = (Credentials(), Credentials());
        var first = await one.TokenAsync(s_demo, None);
        Assert.True(await other.VerifyAsync(s_demo, first, _ => null, None));
        _clock.Advance(TimeSpan.FromSeconds(15));

        var second = await one.RotateAsync(s_demo, None);

        Assert.True(await other.VerifyAsync(s_demo, second, _ => null, None));
        Assert.True(await other.VerifyAsync(s_demo, first, _ => null, None));
        Assert.Equal(second, await other.TokenAsync(s_demo, None));
    }

    [Fact]
    public async Task A_static_header_that_one_instance_changed_is_right_at_the_other_at_once()
    {
        var (one, other) = (Credentials(), Credentials());
        await Connections().ChangeAsync(s_demo, old => old with { Settings = old.Settings with { Webhook = old.Settings.Webhook with { HeaderName = "X-Key" } } }, None);
        var token = await one.TokenAsync(s_demo, None);
        await one.SetHeaderAsync(s_demo, "first", None);
        Assert.True(await other.VerifyAsync(s_demo, token, _ => "first", None));
        _clock.Advance(TimeSpan.FromSeconds(15));

        await one.SetHeaderAsync(s_demo, "second", None);

        Assert.True(await other.VerifyAsync(s_demo, token, _ => "second", None));
        Assert.False(await other.VerifyAsync(s_demo, token, _ => "first", None));
        Assert.False(await other.VerifyAsync(s_demo, token, _ => null, None));
    }

    [Fact]
    public async Task Guesses_do_not_reach_the_vault_one_by_one()
    {
        var credentials = Credentials();
        await credentials.TokenAsync(s_demo, None);
        _vault.Requests.Clear();

        for (var guess = 0; guess < 100; guess++)
        {
            Assert.False(await credentials.VerifyAsync(s_demo, $"guess{guess}", _ => null, None));
        }

        Assert.Single(_vault.Requests);
    }

    [Fact]
    public async Task A_signing_secret_that_was_rotated_by_both_is_followed_by_the_one_before_it()
    {
        using var one = Signing();
        using var other = Signing();
        await one.CreateAsync(s_demo, "whk_1", null, None);
        await other.GetAsync(s_demo, "whk_1", None);

        var second = await one.RotateAsync(s_demo, "whk_1", None);
        var third = await other.RotateAsync(s_demo, "whk_1", None);

        var secrets = await other.GetAsync(s_demo, "whk_1", None);
        Assert.Equal((third, second), (secrets!.Current, secrets.Previous));
    }

    private WebhookCredentials Credentials() => new(Secrets(), Connections(), _clock);

    private LawRulerConnections Connections() => new(_store, Secrets(), _clock);

    private SubscriptionSecrets Signing() => new(Secrets(), new WebhookSettings(), _clock);

    private KeyVaultSecretStore Secrets()
    {
        var credential = DelegatedTokenCredential.Create((_, _) => new AccessToken("token", DateTimeOffset.MaxValue));
        return new KeyVaultSecretStore(new SecretClient(new Uri("https://kayse.vault.azure.net"), credential, new SecretClientOptions { Transport = new HttpClientTransport(_vault) }), _clock);
    }
}
