#if !FUNCTIONS_SIGNATURES
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Kayse.Functions.Azure;
using Kayse.Tests;

namespace Kayse.Functions.Tests.Azure;

/// <summary>Azurite on free ports of this machine, with an account of its own; the command is what KAYSE_AZURITE names, or azurite on the path.</summary>
public sealed partial class Azurite : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
    private readonly Dictionary<string, string> _addresses = [];
    private Process? _process;

    public string ConnectionString => string.Concat(
        "DefaultEndpointsProtocol=http;AccountName=kayse;AccountKey=", _key,
        ";BlobEndpoint=", _addresses["Blob"], "/kayse;QueueEndpoint=", _addresses["Queue"], "/kayse;TableEndpoint=", _addresses["Table"], "/kayse;");

    public TableServiceClient Tables(HttpMessageHandler? handler = null) => new(ConnectionString, Over(AzureClients.TableOptions(), handler));

    public BlobContainerClient Blobs(string container, HttpMessageHandler? handler = null) => new(ConnectionString, container, Over(AzureClients.With(new BlobClientOptions()), handler));

    public QueueServiceClient Queues() => new(ConnectionString, AzureClients.With(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 }));

    public async Task InitializeAsync()
    {
        try
        {
            await StartAsync();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _process?.Kill(entireProcessTree: true);
        _process?.WaitForExit(TimeSpan.FromSeconds(30));
        _process?.Dispose();
        _process = null;
        _folder.Dispose();
    }

    private async Task StartAsync()
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("KAYSE_AZURITE") ?? "azurite")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["AZURITE_ACCOUNTS"] = $"kayse:{_key}" },
        };
        foreach (var argument in (string[])["--location", _folder.In(""), "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--blobPort", "0", "--queuePort", "0", "--tablePort", "0"])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException("Azurite did not start.");
        _ = _process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        while (_addresses.Count < 3)
        {
            var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2)) ?? throw new InvalidOperationException("Azurite ended before it listened.");
            if (Listening().Match(line) is { Success: true } match)
            {
                _addresses[match.Groups["service"].Value] = match.Groups["address"].Value;
            }
        }

        // Whatever else it says, it must not wait for a reader.
        _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
    }

    private static T Over<T>(T options, HttpMessageHandler? handler)
        where T : ClientOptions
    {
        if (handler is not null)
        {
            options.Transport = new HttpClientTransport(handler);
        }

        return options;
    }

    [GeneratedRegex("Azurite (?<service>Blob|Queue|Table) service is successfully listening at (?<address>http://[^ /]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listening();
}

[CollectionDefinition(Name)]
public sealed class AzuriteCollection : ICollectionFixture<Azurite>
{
    public const string Name = "Azurite";
}

/// <summary>Lets a request through and loses its answer, as often as a test says.</summary>
public sealed class LostAnswers(Func<HttpRequestMessage, bool> isMeant, int times = 1) : DelegatingHandler(new SocketsHttpHandler())
{
    private int _left = times;

    public int Requests { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (!isMeant(request))
        {
            return response;
        }

        Requests++;
        if (_left-- <= 0)
        {
            return response;
        }

        // The last byte has come: the service has done it.
        await response.Content.ReadAsByteArrayAsync(cancellationToken);
        response.Dispose();
        throw new HttpRequestException("lost", null, (HttpStatusCode?)null);
    }
}
#endif
