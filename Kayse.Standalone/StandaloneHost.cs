using System.Net;
using System.Net.Sockets;
using Kayse.Core;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;
using Kayse.Core.Webhooks;
using Kayse.Core.Workflows;
using Kayse.Sandbox;
using Kayse.Standalone.Storage;
using Kayse.Standalone.Workflows;
using Kayse.Web;
using Kayse.Web.Access;
using Kayse.Web.Secrets;
using Microsoft.AspNetCore.Connections;

namespace Kayse.Standalone;

/// <summary>The product on one machine: Kestrel, SQLite, the embedded workflow engine, and on a developer's machine the sandbox.</summary>
public sealed class StandaloneHost : IAsyncDisposable
{
    private readonly DataFolder _folder;
    private readonly SandboxServer? _sandbox;
    private readonly WebApplication _app;
    private bool _stopped;

    private StandaloneHost(WebApplication app, DataFolder folder, SandboxServer? sandbox, string operatorKey)
    {
        _app = app;
        _folder = folder;
        _sandbox = sandbox;
        OperatorKey = operatorKey;
        Url = app.Urls.Single().Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
    }

    /// <summary>Where the host is reached, without a slash at the end.</summary>
    public string Url { get; }

    /// <summary>Where the sandbox is reached, or null.</summary>
    public string? SandboxUrl => _sandbox?.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    /// <summary>The operator's key.</summary>
    public string OperatorKey { get; }

    /// <summary>The data folder.</summary>
    public string Data => _folder.Path;

    /// <summary>The demo firm's webhook URL, or null where there is no such firm.</summary>
    public string? DemoWebhookUrl { get; private set; }

    /// <summary>What the host is composed of.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Starts the host; it answers when this returns.</summary>
    /// <exception cref="StartException">It cannot be started; the message is one line for the user.</exception>
    public static async Task<StandaloneHost> StartAsync(StandaloneOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        DataFolder? folder = null;
        SandboxServer? sandbox = null;
        try
        {
            folder = DataFolder.Open(options.Data);
            sandbox = options.WithSandbox
                ? await SandboxServer.StartAsync(new SandboxOptions { Port = options.SandboxPort, StateFile = Path.Combine(folder.Path, "sandbox.json"), Quiet = true, Clock = options.Clock }, cancellationToken)
                : null;
            return await StartAsync(options, folder, sandbox, cancellationToken);
        }
        catch (Exception fault)
        {
            if (sandbox is not null)
            {
                await sandbox.DisposeAsync();
            }

            folder?.Dispose();
            throw fault is SandboxStartException { InnerException: SocketException or IOException { InnerException: AddressInUseException } }
                    ? new StartException($"Port {options.SandboxPort} is in use or not allowed for the sandbox. Choose another one with --sandbox-port, or stop the process that has it.", fault)
                : fault is DataFolderException or StorageUnavailableException or SandboxStartException ? new StartException(fault.Message, fault)
                : fault is IOException && fault.InnerException is AddressInUseException
                    ? new StartException($"Port {options.Port} is in use. Choose another one with --port, or stop the process that has it.", fault)
                : fault is SocketException socket ? new StartException($"Port {options.Port} cannot be listened on: {socket.Message}. Choose another one with --port.", fault)
                : fault;
        }
    }

    /// <summary>Stops at once: what was under way goes on at the next start.</summary>
    public async Task StopAsync()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_sandbox is not null)
        {
            await _sandbox.DisposeAsync();
        }

        _folder.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private static async Task<StandaloneHost> StartAsync(StandaloneOptions options, DataFolder folder, SandboxServer? sandbox, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = options.IsDevelopment ? Environments.Development : Environments.Production, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(options.Settings);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.AddServerHeader = false;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        HostLogging.Configure(builder.Logging, options.Log);
        var secrets = new FileSecretStore(folder.Secrets, options.KeyRing ?? folder.Keys, options.Clock);
        var operatorKey = await OperatorKeyAsync(options, secrets, cancellationToken);
        AddPorts(builder.Services, options, folder, secrets);
        AddSettings(builder, sandbox, options, operatorKey);
        builder.Services.AddKayse();
        var app = builder.Build();
        try
        {
            app.UseKayse();
            app.MapKayse();
            KayseWeb.AddWorkflows(app.Services);
            app.Services.GetRequiredService<PublicAddress>().Listening = $"http://localhost:{options.Port}";
            await app.StartAsync(cancellationToken);
            var host = new StandaloneHost(app, folder, sandbox, operatorKey);
            app.Services.GetRequiredService<PublicAddress>().Listening = host.Url;
            if (options.WithDemo && sandbox is not null)
            {
                host.DemoWebhookUrl = await ActivatorUtilities.CreateInstance<DemoFirm>(app.Services).OpenAsync(host.Url, sandbox.Url, options.DemoWebhookToken, cancellationToken);
            }

            return host;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>The operator's key: the given one, or on a developer's machine one that is made at the first start.</summary>
    private static async Task<string> OperatorKeyAsync(StandaloneOptions options, FileSecretStore secrets, CancellationToken cancellationToken)
    {
        const string name = Web.Access.OperatorKey.SecretName;
        if (options.OperatorKey is { } given)
        {
            return given.Length >= Web.Access.OperatorKey.MinLength || options.IsDevelopment ? given : throw new StartException($"KAYSE_ADMIN_KEY is too short: {Web.Access.OperatorKey.MinLength} characters at least.");
        }

        if (!options.IsDevelopment)
        {
            throw new StartException("Set KAYSE_ADMIN_KEY to the operator's key (16 characters at least), or ASPNETCORE_ENVIRONMENT to Development to try Kayse out.");
        }

        return (await secrets.GetAsync(name, null, cancellationToken) ?? await secrets.SetAsync(name, ApiKeys.NewSecret(), cancellationToken)).Value;
    }

    private static void AddPorts(IServiceCollection services, StandaloneOptions options, DataFolder folder, FileSecretStore secrets)
    {
        services.AddSingleton(options.Clock);
        services.AddSingleton(_ => SqliteDatabase.Open(folder.Database));
        services.AddSingleton<IEntityStore, SqliteEntityStore>();
        services.AddSingleton<IBlobStore>(_ => new FileBlobStore(folder.Blobs));
        services.AddSingleton<ISecretStore>(_ => secrets);
        services.AddSingleton<SqliteQueue>().AddSingleton<IQueue>(provider => provider.GetRequiredService<SqliteQueue>());
        // A delivery may wait for a stranger's server as long as its time-out.
        services.AddSingleton(new QueuePumpOptions { MaxConcurrentOf = new Dictionary<string, int> { [WebhookFanOut.Queue] = 256 } }).AddSingleton<QueuePump>();
        services.AddSingleton<EmbeddedWorkflowEngine>().AddSingleton<IWorkflowEngine>(provider => provider.GetRequiredService<EmbeddedWorkflowEngine>());
        services.AddHostedService<BackgroundWork>();
    }

    private static void AddSettings(WebApplicationBuilder builder, SandboxServer? sandbox, StandaloneOptions options, string operatorKey)
    {
        var hosts = sandbox is null ? null : new LawRulerHosts { PortalUrl = $"{sandbox.Url}/lawruler/{{root}}", AuthUrl = $"{sandbox.Url}/lawruler/{{root}}", ApiUrl = $"{sandbox.Url}/lawruler/{{root}}" };
        var lawmatics = sandbox is null ? null : new LawmaticsHosts { AppUrl = $"{sandbox.Url}/lawmatics", ApiUrl = $"{sandbox.Url}/lawmatics" };
        try
        {
            builder.Services.AddOperatorSettings(builder.Configuration, options.IsDevelopment, options.Clock, hosts, lawmatics, options.Resolve);
        }
        catch (FormatException fault)
        {
            throw new StartException($"A setting cannot be read. {fault.Message}", fault);
        }

        builder.Services.AddSingleton(provider => new Web.Access.OperatorKey(provider.GetRequiredService<ISecretStore>(), operatorKey));
        // One machine has no platform before it that would sign people in.
        builder.Services.AddSingleton(provider => new SignedInPeople(provider.GetRequiredService<CompanyRegister>(), provider.GetRequiredService<PublicAddress>(), isTrusted: false));
    }
}
