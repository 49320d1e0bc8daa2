using System.Reflection;
using System.Text;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Workflows;
using Kayse.Functions.Http;
using Kayse.Functions.Tests.Orchestrations;
using Kayse.Standalone.Storage;
using Kayse.Standalone.Workflows;
using Kayse.Tests;
using Kayse.Web.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Moq;

namespace Kayse.Functions.Tests;

/// <summary>The Azure host as it composes itself, with the ports of the one-machine host below it, and its functions called as the worker would.</summary>
public sealed class AzureHost : IAsyncDisposable
{
    /// <summary>The operator's key.</summary>
    public const string OperatorKey = "operator-key-of-the-tests";

    private readonly TempFolder _folder = new();
    private readonly ServiceProvider _services;

    /// <param name="change">Puts something else in place of what was composed.</param>
    /// <param name="settings">Other settings than a developer's with the tests' operator key.</param>
    public AzureHost(Action<IServiceCollection>? change = null, IEnumerable<KeyValuePair<string, string?>>? settings = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings ?? Local.Append(new("KAYSE_ADMIN_KEY", OperatorKey))).Build();
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(Log)).AddSingleton<IConfiguration>(configuration);
        services.AddSingleton<System.Diagnostics.DiagnosticListener>(new System.Diagnostics.DiagnosticListener("tests")).AddSingleton(Environment("Development"));
        services.AddKayseFunctions(configuration, Environment("Development"));
        services.AddSingleton<TimeProvider>(Clock)
            .AddSingleton(_ => SqliteDatabase.Open(_folder.In("kayse.db")))
            .AddSingleton<IEntityStore, SqliteEntityStore>()
            .AddSingleton<IBlobStore>(_ => new FileBlobStore(_folder.In("blobs")))
            .AddSingleton<ISecretStore>(_ => new FileSecretStore(_folder.In("secrets.json"), _folder.In("keys"), Clock))
            .AddSingleton<SqliteQueue>().AddSingleton<IQueue>(provider => provider.GetRequiredService<SqliteQueue>())
            .AddSingleton<EmbeddedWorkflowEngine>().AddSingleton<IWorkflowEngine>(provider => provider.GetRequiredService<EmbeddedWorkflowEngine>());
        change?.Invoke(services);
        _services = services.BuildServiceProvider();
        Composition.Complete(_services, configuration);
        _services.GetRequiredService<EmbeddedWorkflowEngine>().Start();
    }

    /// <summary>The settings of a developer's machine.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Local { get; } =
    [
        new("Storage:ConnectionString", "UseDevelopmentStorage=true"), new("Queues:Kind", "Storage"), new("Secrets:Folder", Path.Combine(Path.GetTempPath(), "kayse-no-secrets")),
    ];

    /// <summary>The settings of an installation in Azure.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Azure { get; } =
    [
        new("Storage:TableUri", "https://kayse.table.core.windows.net"), new("Storage:BlobUri", "https://kayse.blob.core.windows.net"), new("Storage:QueueUri", "https://kayse.queue.core.windows.net"),
        new("KeyVault:Uri", "https://kayse.vault.azure.net"), new("ServiceBus:fullyQualifiedNamespace", "kayse.servicebus.windows.net"), new("AZURE_CLIENT_ID", "11111111-2222-3333-4444-555555555555"),
    ];

    public ManualClock Clock { get; } = new(new DateTimeOffset(2026, 11, 20, 15, 6, 0, TimeSpan.Zero));

    /// <summary>What was logged.</summary>
    public CapturedLog Log { get; } = new();

    public IServiceProvider Services => _services;

    /// <summary>Every function: its name, its method, the trigger's attribute.</summary>
    public static IReadOnlyList<(string Name, MethodInfo Method, Attribute Trigger)> Functions { get; } =
    [
        .. from type in typeof(Composition).Assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
           let function = method.GetCustomAttribute<FunctionAttribute>()
           where function is not null
           from parameter in method.GetParameters()
           from trigger in parameter.GetCustomAttributes().Where(attribute => attribute.GetType().Name.EndsWith("TriggerAttribute", StringComparison.Ordinal))
           orderby function.Name
           select (function.Name, method, trigger),
    ];

    public static IHostEnvironment Environment(string name) => Mock.Of<IHostEnvironment>(environment => environment.EnvironmentName == name && environment.ApplicationName == "Kayse.Functions");

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A function's class as the worker makes it.</summary>
    public T Make<T>() => ActivatorUtilities.CreateInstance<T>(_services);

    /// <summary>A Durable client that has no instances.</summary>
    public static DurableTaskClient Durable() => new ScriptedDurableClient().Object;

    public Task<bool> OpenFirmAsync(string id) => Get<CompanyRegister>().OpenAsync(new Company(CompanyId.Parse(id), $"Firm {id}", "America/New_York", Clock.GetUtcNow()), CancellationToken.None);

    /// <summary>Sends a request through a function, routed to it already as the worker does.</summary>
    public async Task<(int Status, string? ContentType, string Body)> SendAsync(
        string function, string method, string path, string body = "", string? key = OperatorKey, string contentType = "application/json")
    {
        await using var scope = _services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        var (request, query) = (context.Request, path.IndexOf('?', StringComparison.Ordinal));
        (request.Method, request.Scheme, request.Host) = (method, "https", new HostString("kayse.example.com"));
        request.Path = query < 0 ? path : path[..query];
        request.QueryString = new QueryString(query < 0 ? null : path[query..]);
        request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        (request.ContentLength, request.ContentType) = (request.Body.Length, contentType);
        request.RouteValues["path"] = path;
        context.SetEndpoint(new Endpoint(null, EndpointMetadataCollection.Empty, function));
        if (key is not null)
        {
            request.Headers["X-API-KEY"] = key;
        }

        using var answer = new MemoryStream();
        context.Response.Body = answer;
        var functions = Make<HttpFunctions>();
        var run = Functions.Single(one => one.Name == function).Method;
        await (await (Task<IResult>)run.Invoke(functions, [request, Durable()])!).ExecuteAsync(context);
        return (context.Response.StatusCode, context.Response.ContentType, Encoding.UTF8.GetString(answer.ToArray()));
    }

    public async ValueTask DisposeAsync()
    {
        await Get<EmbeddedWorkflowEngine>().DisposeAsync();
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
