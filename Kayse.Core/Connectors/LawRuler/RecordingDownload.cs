using System.Net;
using Kayse.Core.Storage;
using Kayse.Core.Webhooks;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Fetches a recording into the blob store, streamed, from an address that is checked as webhook destinations are.</summary>
public sealed class RecordingDownload(SafeHttp http, IBlobStore blobs)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    /// <summary>Fetches it unless it is there; returns how many bytes it has, or what is wrong.</summary>
    public async Task<(long Length, StepOutcome? Problem)> FetchAsync(string address, string blob, long maxBytes, CancellationToken cancellationToken)
    {
        if (await LengthAsync(blob, cancellationToken) is { } there)
        {
            return (there, null);
        }

        var problem = await TryFetchAsync(address, blob, maxBytes, cancellationToken);
        return (problem is null ? await LengthAsync(blob, cancellationToken) ?? 0 : 0, problem);
    }

    private async Task<long?> LengthAsync(string name, CancellationToken cancellationToken)
    {
        await using var blob = await blobs.OpenAsync(name, cancellationToken);
        return blob?.Length;
    }

    private async Task<StepOutcome?> TryFetchAsync(string address, string blob, long maxBytes, CancellationToken cancellationToken)
    {
        if (http.Destinations.Check(address, out var url) is { } refusal)
        {
            return StepOutcome.Refused($"The recording's address is refused: {refusal}");
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            return await FetchAsync(url!, blob, maxBytes, timeout.Token);
        }
        catch (DestinationRefusedException refused)
        {
            return StepOutcome.Refused($"The recording's address is refused: {refused.Message}");
        }
        catch (HttpRequestException fault) when (fault.InnerException is DestinationRefusedException refused)
        {
            return StepOutcome.Refused($"The recording's address is refused: {refused.Message}");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return StepOutcome.Retry("The recording cannot be fetched for now.");
        }
    }

    private async Task<StepOutcome?> FetchAsync(Uri url, string blob, long maxBytes, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var response = await http.SendAsync(request, cancellationToken);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            return StepOutcome.Refused("The recording is not at its address any more.");
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            return StepOutcome.Retry($"The recording's address answered {(int)response.StatusCode}.");
        }

        if (response.Content.Headers.ContentLength > maxBytes)
        {
            return TooLarge(maxBytes);
        }

        await using var source = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var bounded = new BoundedStream(source, maxBytes);
        try
        {
            await blobs.CreateAsync(blob, response.Content.Headers.ContentType?.MediaType ?? "audio/mpeg", bounded, cancellationToken);
            return null;
        }
        catch (StreamTooLongException)
        {
            return TooLarge(maxBytes);
        }
    }

    private static StepOutcome TooLarge(long maxBytes) =>
        StepOutcome.Refused($"The recording is larger than {maxBytes / (1024 * 1024)} MB (setting maxRecordingMegabytes).");
}
