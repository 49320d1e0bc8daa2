using System.Net;
using Kayse.Sandbox.Faults;
using Kayse.Sandbox.Lawmatics;
using Kayse.Sandbox.LawRuler;
using Kayse.Sandbox.LawRuler.AdvancedApi;
using Kayse.Sandbox.LawRuler.KeyApi;
using Kayse.Sandbox.LawRuler.Webhooks;
using Kayse.Sandbox.Receiver;
using Kayse.Sandbox.Recordings;
using Kayse.Sandbox.State;
using Kayse.Sandbox.Traffic;
using Kayse.Sandbox.Webhooks;

namespace Kayse.Sandbox;

/// <summary>Stand-ins for the CRMs on this machine's own address. It runs in any process and as often as wanted.</summary>
public sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _stopped;

    private SandboxServer(WebApplication app, int port)
    {
        _app = app;
        Port = port;
    }

    /// <summary>The port that the server listens on.</summary>
    public int Port { get; }

    /// <summary>Where the server is reached, such as <c>http://127.0.0.1:7072</c>; no slash at the end.</summary>
    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>Starts a sandbox; it is listening when this returns.</summary>
    /// <exception cref="SandboxStartException">The port is taken, or the state file cannot be read.</exception>
    public static async Task<SandboxServer> StartAsync(SandboxOptions options, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var app = Build(options);
        try
        {
            var state = app.Services.GetRequiredService<SandboxState>();
            state.Load();
            Map(app);
            await app.StartAsync(ct);
            await state.SaveFirstAsync(ct);
            var address = app.Urls.Single();
            return new SandboxServer(app, new Uri(address).Port);
        }
        catch (Exception e)
        {
            await app.DisposeAsync();
            if (e is IOException or System.Net.Sockets.SocketException)
            {
                throw new SandboxStartException($"The sandbox cannot listen on port {options.Port}: it is in use or not allowed.", e);
            }

            throw;
        }
    }

    /// <summary>Stops listening, ends what is under way, and writes the state file.</summary>
    public async Task StopAsync(CancellationToken ct = default)
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 1)
        {
            return;
        }

        _app.Services.GetRequiredService<BackgroundWork>().Stop();
        await _app.StopAsync(ct);
        await _app.Services.GetRequiredService<SandboxState>().SaveNowAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _app.DisposeAsync();
    }

    private static WebApplication Build(SandboxOptions options)
    {
        // An empty builder reads no settings and no environment of the host that the sandbox may be running in.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = "Kayse.Sandbox",
            EnvironmentName = Environments.Production,
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
        });
        if (!options.Quiet)
        {
            // A failed start is told by the exception, in one line; the host would tell it again in forty.
            builder.Logging.AddSimpleConsole(console => console.SingleLine = true)
                .SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        }

        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        AddServices(builder.Services, options);
        return builder.Build();
    }

    private static void AddServices(IServiceCollection services, SandboxOptions options)
    {
        services.AddRouting();
        services.AddHttpClient(LoopbackHandler.ClientName).ConfigurePrimaryHttpMessageHandler(LoopbackHandler.Make).RemoveAllLoggers();
        services.AddSingleton(options).AddSingleton<StateFile>().AddSingleton<SandboxState>().AddSingleton<BackgroundWork>();
        services.AddSingleton<RequestLog>().AddSingleton<FaultBook>().AddSingleton<ReceiverBook>();
        services.AddSingleton<WebhookSender>().AddSingleton<AdvancedGate>();
        LawmaticsStandIn.AddServices(services);
    }

    private static void Map(WebApplication app)
    {
        app.UseMiddleware<RequestLogMiddleware>();
        app.UseMiddleware<UnexpectedErrors>();
        app.UseMiddleware<FaultMiddleware>();
        app.UseRouting();
        RecordingRoute.Map(app);
        TrafficRoutes.Map(app, app.Services.GetRequiredService<RequestLog>());
        FaultRoutes.Map(app, app.Services.GetRequiredService<FaultBook>());
        Make<ReceiverRoutes>(app).Map(app);
        Make<PortalRoutes>(app).Map(app);
        Make<LeadRoutes>(app).Map(app);
        Make<LeadNoteRoutes>(app).Map(app);
        Make<WebhookRoutes>(app).Map(app);
        Make<KeyApiRoutes>(app).Map(app);
        Make<TokenRoute>(app).Map(app);
        Make<CaseRoutes>(app).Map(app);
        Make<NoteRoutes>(app).Map(app);
        Make<DocumentRoutes>(app).Map(app);
        Make<LookupRoutes>(app).Map(app);
        LawmaticsStandIn.Map(app);
        Make<ResetRoute>(app).Map(app);
    }

    private static T Make<T>(WebApplication app) => ActivatorUtilities.CreateInstance<T>(app.Services);
}
