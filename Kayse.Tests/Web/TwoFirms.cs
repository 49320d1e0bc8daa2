namespace Kayse.Tests.Web;

/// <summary>A host with the firms <c>demo</c> and <c>demo2</c> and a key of each role for both, shared by the tests of a class.</summary>
public sealed class TwoFirms : IAsyncLifetime
{
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);

    public TestHost Host { get; private set; } = null!;

    public IReadOnlyList<MappedRoute> Routes { get; private set; } = [];

    /// <summary>The key of a firm's role, e.g. <c>demo2 admin</c>.</summary>
    public string Key(string firmAndRole) => _keys[firmAndRole];

    public HttpClient ClientWith(string firmAndRole) => Host.ClientWith(Key(firmAndRole));

    public async Task InitializeAsync()
    {
        Host = await TestHost.StartAsync();
        await Host.OpenFirmAsync("demo2");
        foreach (var firm in new[] { "demo", "demo2" })
        {
            foreach (var role in new[] { "admin", "viewer", "platform" })
            {
                _keys[$"{firm} {role}"] = await Host.KeyAsync(firm, role);
            }
        }

        Routes = MappedRoute.Of(Host);
    }

    public async Task DisposeAsync() => await Host.DisposeAsync();
}
