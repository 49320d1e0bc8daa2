using System.Net;
using Kayse.Core.Storage;
using Kayse.Core.Webhooks;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Fetches a file into the blob store, streamed, from an address that is checked as webhook destinations are.</summary>
public sealed class FileDownload(SafeHttp http, IBlobStore blobs)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    /// <summary>Fetches it unless it is there; returns how many bytes it has, or what is wrong.</summary>
    public async Task<(long Length, StepOutcome? Problem)> FetchAsync(string address, string blob, DownloadLimit limit, CancellationToken cancellationToken)
    {
        if (await LengthAsync(blob, cancellationToken) is { } there)
        {
            return (there, null);
        }

        var problem = await TryFetchAsync(address, blob, limit, cancellationToken);
        return (problem is null ? await LengthAsync(blob, cancellationToken) ?? 0 : 0, problem);
    }

    private async Task<long?> LengthAsync(string name, CancellationToken cancellationToken)
    {
        await using var blob = await blobs.OpenAsync(name, cancellationToken);
        return blob?.Length;
    }

    private async Task<StepOutcome?> TryFetchAsync(string address, string blob, DownloadLimit limit, CancellationToken cancellationToken)
    {
        if (http.Destinations.Check(address, out var url) is { } refusal)
        {
            return StepOutcome.Refused($"The {limit.What}'s address is refused: {refusal}");
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            return await FetchAsync(url!, blob, limit, timeout.Token);
        }
        catch (DestinationRefusedException refused)
        {
            return StepOutcome.Refused($"The {limit.What}'s address is refused: {refused.Message}");
        }
        catch (HttpRequestException fault) when (fault.InnerException is DestinationRefusedException refused)
        {
            return StepOutcome.Refused($"The {limit.What}'s address is refused: {refused.Message}");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return StepOutcome.Retry($"The {limit.What} cannot be fetched for now.");
        }
    }

    private async Task<StepOutcome?> FetchAsync(Uri url, string blob, DownloadLimit limit, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var response = await http.SendAsync(request, cancellationToken);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            return StepOutcome.Refused($"The {limit.What} is not at its address any more.");
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            return StepOutcome.Retry($"The {limit.What}'s address answered {(int)response.StatusCode}.");
        }

        if (response.Content.Headers.ContentLength > limit.Bytes)
        {
            return TooLarge(limit);
        }

        await using var source = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var bounded = new BoundedStream(source, limit.Bytes);
        try
        {
            await blobs.CreateAsync(blob, response.Content.Headers.ContentType?.MediaType ?? "application/octet-stream", bounded, cancellationToken);
            return null;
        }
        catch (StreamTooLongException)
        {
            return TooLarge(limit);
        }
    }

    private static StepOutcome TooLarge(DownloadLimit limit) =>
        StepOutcome.Refused($"The {limit.What} is larger than {limit.Megabytes} MB (setting {limit.Setting}).");
}

/// <summary>How large a file may be that is fetched.</summary>
/// <param name="What">What it is, for the texts: <c>recording</c> or <c>document</c>.</param>
/// <param name="Megabytes">The most megabytes.</param>
/// <param name="Setting">The setting that says so.</param>
public sealed record DownloadLimit(string What, int Megabytes, string Setting)
{
    /// <summary>The most bytes.</summary>
    public long Bytes => Megabytes * 1024L * 1024L;
}
