using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;

namespace Kayse.Core.Webhooks;

/// <summary>Makes one exchange with a destination: the signed bytes there, the answer back, all within the time-out.</summary>
public sealed class WebhookSender(SafeHttp http, WebhookSettings settings, TimeProvider clock)
{
    private const int MaxAnswerBytes = 64 * 1024;
    private const int KeptAnswerBytes = 4 * 1024;
    private const string ContentType = "Content-Type";
    private const string AppKeyHeader = "X-Public-Api-Key";

    private static readonly string s_userAgent = $"Kayse-Webhooks/{typeof(WebhookSender).Assembly.GetName().Version?.ToString(2)}";
    private static readonly MediaTypeHeaderValue s_json = new("application/json");

    /// <summary>The headers of a delivery, signed for this moment.</summary>
    /// <param name="delivery">The delivery.</param>
    /// <param name="type">The event's type.</param>
    /// <param name="secrets">What to sign with.</param>
    /// <param name="body">The bytes that are sent.</param>
    public IReadOnlyDictionary<string, string> Sign(DeliveryKey delivery, string type, SigningSecrets secrets, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        ArgumentNullException.ThrowIfNull(secrets);
        var now = clock.GetUtcNow();
        var seconds = now.ToUnixTimeSeconds();
        var previous = secrets.PreviousAt(now);
        var standard = WebhookSignature.Standard(secrets.Current, delivery.Event, seconds, body);
        var headers = new Dictionary<string, string>(10, StringComparer.Ordinal)
        {
            [ContentType] = s_json.MediaType!,
            ["User-Agent"] = s_userAgent,
            ["X-Kayse-Event"] = type,
            ["X-Kayse-Delivery"] = delivery.Id,
            ["X-Kayse-Signature"] = WebhookSignature.Kayse(settings.SignatureFormat, secrets.Current, body, now),
            ["webhook-id"] = delivery.Event,
            ["webhook-timestamp"] = JsonText.Invariant(seconds),
            ["webhook-signature"] = previous is null ? standard : $"{standard} {WebhookSignature.Standard(previous, delivery.Event, seconds, body)}",
        };
        if (previous is not null)
        {
            headers["X-Kayse-Signature-Previous"] = WebhookSignature.Kayse(settings.SignatureFormat, previous, body, now);
        }

        if (secrets.AppKey is { } appKey)
        {
            headers[AppKeyHeader] = appKey;
        }

        return headers;
    }

    /// <summary>The headers as the delivery log shows them: without the App Key.</summary>
    public static IReadOnlyDictionary<string, string> Masked(IReadOnlyDictionary<string, string> headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        return headers.ContainsKey(AppKeyHeader) ? new Dictionary<string, string>(headers, StringComparer.Ordinal) { [AppKeyHeader] = "***" } : headers;
    }

    /// <summary>Sends a body. Whatever goes wrong at or on the way to the destination is part of the result.</summary>
    /// <param name="url">The destination, as it was saved: it is checked again here and when it is dialled.</param>
    /// <param name="headers">The headers.</param>
    /// <param name="body">The bytes that were signed.</param>
    /// <param name="cancellationToken">The host stops.</param>
    public async Task<AttemptResult> SendAsync(string url, IReadOnlyDictionary<string, string> headers, byte[] body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(headers);
        var start = clock.GetTimestamp();
        if (http.Destinations.Check(url, out var destination) is { } refusal)
        {
            return new AttemptResult(TimeSpan.Zero, null, $"The address is refused: {refusal}");
        }

        using var timeout = new CancellationTokenSource(settings.Timeout, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await ExchangeAsync(destination!, headers, body, start, linked.Token);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && Explain(fault, timeout.IsCancellationRequested) is { } error)
        {
            return new AttemptResult(clock.GetElapsedTime(start), null, error);
        }
        catch when (cancellationToken.IsCancellationRequested)
        {
            // Kayse stops: whatever that looked like, it says nothing about the destination.
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private async Task<AttemptResult> ExchangeAsync(Uri url, IReadOnlyDictionary<string, string> headers, byte[] body, long start, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = s_json;
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        foreach (var (name, value) in headers.Where(header => header.Key != ContentType))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request, cancellationToken);
        var (answer, isCut) = await ReadAsync(response, cancellationToken);
        var status = (int)response.StatusCode;
        var error = status is >= 200 and < 300 ? null
            : status is >= 300 and < 400 ? $"Answered {status}: redirects are not followed."
            : $"Answered {status}.";
        return new AttemptResult(clock.GetElapsedTime(start), status, error, answer, isCut, RetryAfter(response));
    }

    private static async Task<(string? Answer, bool IsCut)> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength == 0)
        {
            return (null, false);
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[KeptAnswerBytes];
        var kept = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var total = kept;
        // The rest is read, so that the connection can be used again, but no more than is sensible for an acknowledgement.
        if (kept == buffer.Length)
        {
            var rest = new byte[KeptAnswerBytes];
            int read;
            while (total < MaxAnswerBytes && (read = await stream.ReadAsync(rest.AsMemory(0, Math.Min(rest.Length, MaxAnswerBytes - total)), cancellationToken)) > 0)
            {
                total += read;
            }
        }

        return kept == 0 ? (null, false) : (Encoding.UTF8.GetString(buffer, 0, kept), total > kept);
    }

    private DateTimeOffset? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => clock.GetUtcNow() + delta,
        { Date: { } date } => date,
        _ => null,
    };

    private string? Explain(Exception fault, bool isTimeout) => fault switch
    {
        _ when isTimeout => $"No complete answer within {settings.Timeout.TotalSeconds:0} seconds.",
        DestinationRefusedException refused => $"The address is refused: {refused.Message}",
        HttpRequestException { InnerException: DestinationRefusedException refused } => $"The address is refused: {refused.Message}",
        HttpRequestException { InnerException: AuthenticationException } or HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            "No secure connection could be made: check the certificate and its chain.",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "The host's name could not be resolved.",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "No connection could be made.",
        HttpRequestException or IOException => "The connection broke off before the answer was complete.",
        OperationCanceledException { InnerException: TimeoutException } => "No connection could be made in time.",
        _ => null,
    };
}
