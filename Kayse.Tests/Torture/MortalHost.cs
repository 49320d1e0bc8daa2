using System.Net;
using System.Net.Sockets;
using Kayse.Tests.Standalone;

namespace Kayse.Tests.Torture;

/// <summary>The host over one data folder and at one address, killed and started as often as wanted.</summary>
internal sealed class MortalHost : IDisposable
{
    public const string Key = "an-operators-key-of-the-torture";

    private readonly Dictionary<string, string?> _environment;
    private readonly string[] _arguments;
    private KayseProcess? _process;

    public MortalHost(string data, string sandboxUrl, params (string Name, string Value)[] settings)
    {
        var port = FreePort();
        var law = $"{sandboxUrl}/lawruler/{{root}}";
        _environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["KAYSE_ADMIN_KEY"] = Key,
            ["LawRuler__PortalUrl"] = law,
            ["LawRuler__AuthUrl"] = law,
            ["LawRuler__ApiUrl"] = law,
        };
        foreach (var (name, value) in settings)
        {
            _environment[name] = value;
        }

        _arguments = ["--no-sandbox", "--port", $"{port}", "--data", data];
        Url = $"http://127.0.0.1:{port}";
    }

    /// <summary>Its address, the same after every start.</summary>
    public string Url { get; }

    /// <summary>How often it was killed.</summary>
    public int Kills { get; private set; }

    /// <summary>Starts it, without waiting until it answers.</summary>
    public void Start() => _process = KayseProcess.StartWith(_environment, _arguments);

    /// <summary>Waits until it answers.</summary>
    public Task RunningAsync() => _process!.RunningAsync();

    /// <summary>Kills it with SIGKILL, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        var process = _process!;
        process.Kill();
        var exitCode = await process.EndAsync();
        Assert.True(exitCode == 128 + 9, $"It had ended by itself with {exitCode}: {string.Join('\n', process.Errors)}");
        Kills++;
        process.Dispose();
        _process = null;
    }

    public void Dispose() => _process?.Dispose();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
