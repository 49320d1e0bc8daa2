using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Law Ruler's two surfaces: the Key pages and the Advanced API. Every call spends the connection's budget; every answer is a value.</summary>
public sealed class LawRulerClient(CrmHttp http, LawRulerHosts hosts, LawRulerTokens tokens, ConnectionLimits limits, TimeProvider clock)
{
    private const int MaxText = 500;

    /// <summary>Posts a form to a Key page. The Key goes in the body, never in the URL: URLs are logged.</summary>
    public Task<LawRulerReply> PostKeyPageAsync(LawRulerSession session, string path, IEnumerable<KeyValuePair<string, string>> form, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        return PostKeyPageAsync(session, path, Form(session, form), isUpload: false, cancellationToken);
    }

    /// <summary>Posts any content (a multipart file) to a Key page; the content carries the Key.</summary>
    public Task<LawRulerReply> PostKeyPageAsync(LawRulerSession session, string path, Func<HttpContent> content, bool isUpload, CancellationToken cancellationToken) =>
        PostAsync(session, path, content, isUpload, isRead: false, cancellationToken);

    /// <summary>Reads a lead's status.</summary>
    public Task<LawRulerReply> GetStatusAsync(LawRulerSession session, LeadId lead, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        var form = Form(session, [KeyValuePair.Create("Operation", "GetStatus"), KeyValuePair.Create("ReturnXML", "True"), KeyValuePair.Create("LeadID", lead.ToString())]);
        return PostAsync(session, session.Settings.StatusPath, form, isUpload: false, isRead: true, cancellationToken);
    }

    private static Func<HttpContent> Form(LawRulerSession session, IEnumerable<KeyValuePair<string, string>> form)
    {
        var fields = form.Prepend(KeyValuePair.Create("Key", session.Credentials.Key)).ToList();
        return () => new FormUrlEncodedContent(fields);
    }

    private async Task<LawRulerReply> PostAsync(LawRulerSession session, string path, Func<HttpContent> content, bool isUpload, bool isRead, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        var address = LawRulerHosts.At(hosts.PortalUrl, session.Credentials.ClientRoot, path);
        return await LimitedAsync(session, async () =>
        {
            var response = await http.SendAsync(() => new HttpRequestMessage(HttpMethod.Post, address) { Content = content() }, isUpload, cancellationToken);
            return await SettleAsync(session, response, isRead ? static r => LawRulerAnswerReader.ReadStatus(r.Status, r.Body) : static r => LawRulerAnswerReader.Read(r.Status, r.Body), cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Calls the Advanced API. A read with a refused token is made again with a new one; a write is not, since only a look can tell that it took no effect.</summary>
    public async Task<LawRulerReply> CallApiAsync(LawRulerSession session, HttpMethod method, string path, Func<HttpContent?> content, bool isUpload, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        var reply = await CallApiOnceAsync(session, method, path, content, isUpload, cancellationToken);
        return reply.Answer?.Kind == AnswerKind.TokenRefused && method == HttpMethod.Get ? await CallApiOnceAsync(session, method, path, content, isUpload, cancellationToken) : reply;
    }

    /// <summary>Downloads from the Advanced API; the content of an answer that is a success goes to <paramref name="keep"/> with its media type.</summary>
    public Task<LawRulerReply> DownloadAsync(LawRulerSession session, string path, bool mayBePage, Func<Stream, string?, CancellationToken, Task> keep, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        var address = LawRulerHosts.At(hosts.ApiUrl, session.Credentials.ClientRoot, path);
        return WithTokenAsync(session, token => http.DownloadAsync(() => Request(HttpMethod.Get, address, null, token), mayBePage, keep, cancellationToken), ReadDownload, cancellationToken);
    }

    private Task<LawRulerReply> CallApiOnceAsync(LawRulerSession session, HttpMethod method, string path, Func<HttpContent?> content, bool isUpload, CancellationToken cancellationToken)
    {
        var address = LawRulerHosts.At(hosts.ApiUrl, session.Credentials.ClientRoot, path);
        return WithTokenAsync(session, token => http.SendAsync(() => Request(method, address, content(), token), isUpload, cancellationToken), ReadApi, cancellationToken);
    }

    private async Task<LawRulerReply> WithTokenAsync(LawRulerSession session, Func<string, Task<CrmResponse>> send, Func<CrmResponse, LawRulerAnswer> read, CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(session.Company, session.Credentials, cancellationToken);
        if (token.Text is null)
        {
            return token.Fault switch
            {
                TokenFault.Busy => LawRulerReply.Later(clock.GetUtcNow().AddSeconds(1)),
                TokenFault.UserRefused or TokenFault.ClientRefused or TokenFault.RootUnknown => new LawRulerReply(new LawRulerAnswer(AnswerKind.LoginRefused)),
                TokenFault.Unclear => new LawRulerReply(new LawRulerAnswer(AnswerKind.LoginUnclear)),
                _ => new LawRulerReply(new LawRulerAnswer(AnswerKind.Unreachable)),
            };
        }

        return await LimitedAsync(session, async () =>
        {
            var answer = await SettleAsync(session, await send(token.Text), read, cancellationToken);
            if (answer.Kind == AnswerKind.TokenRefused)
            {
                await tokens.DropAsync(session.Company, token.Text, cancellationToken);
            }

            return answer;
        }, cancellationToken);
    }

    private static HttpRequestMessage Request(HttpMethod method, Uri address, HttpContent? content, string token)
    {
        var request = new HttpRequestMessage(method, address) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return request;
    }

    private async Task<LawRulerReply> LimitedAsync(LawRulerSession session, Func<Task<LawRulerAnswer>> call, CancellationToken cancellationToken)
    {
        var perMinute = session.Settings.RequestsPerMinute;
        // A third of a minute's requests may come at once: a whole chain, where nobody waits.
        var budget = new RateBudget(perMinute / 60.0, Math.Max(5, perMinute / 3.0), session.Settings.Concurrency);
        var (permit, comeBack) = await limits.TakeAsync(session.Company, LawRulerConnections.Crm, budget, cancellationToken);
        if (permit is null)
        {
            return LawRulerReply.Later(comeBack);
        }

        using (permit)
        {
            return new LawRulerReply(await call());
        }
    }

    private async Task<LawRulerAnswer> SettleAsync(LawRulerSession session, CrmResponse response, Func<CrmResponse, LawRulerAnswer> read, CancellationToken cancellationToken)
    {
        var answer = response.Fault switch
        {
            CrmFault.None => read(response),
            CrmFault.Unreachable => new LawRulerAnswer(AnswerKind.Unreachable),
            CrmFault.TimedOut => new LawRulerAnswer(AnswerKind.TimedOut),
            CrmFault.Broken => new LawRulerAnswer(AnswerKind.Broken),
            _ => new LawRulerAnswer(AnswerKind.Indeterminate),
        };
        answer = answer with { Text = answer.Text ?? Beginning(response.Body) };
        if (answer.Kind is not (AnswerKind.RateLimited or AnswerKind.Unavailable) || (answer.Kind == AnswerKind.Unavailable && response.RetryAfter is null))
        {
            return answer;
        }

        var now = clock.GetUtcNow();
        var until = response.RetryAfter?.From(now) ?? now.AddSeconds(session.Settings.RateLimitWaitSeconds);
        await limits.BlockAsync(session.Company, LawRulerConnections.Crm, until, cancellationToken);
        return answer with { RetryAfter = until - now };
    }

    /// <summary>An answer to a download: its content is kept already. A page of the portal's in the place of a file is none.</summary>
    private static LawRulerAnswer ReadDownload(CrmResponse response) =>
        response.Status is HttpStatusCode.Unauthorized ? new LawRulerAnswer(AnswerKind.TokenRefused)
        : response.Status is HttpStatusCode.Forbidden ? new LawRulerAnswer(AnswerKind.ApiDisabled)
        : LawRulerAnswerReader.ByStatus(response.Status) ?? new LawRulerAnswer(response.IsKept ? AnswerKind.Success : AnswerKind.Indeterminate);

    private static string Beginning(string text) => text.Length > MaxText ? text[..MaxText] : text;

    /// <summary>The Advanced API's answers: an envelope <c>{Count, Data, IsSuccess, ErrorMessage}</c>, or the thing itself. A 200 with <c>IsSuccess: false</c> is a failure.</summary>
    private static LawRulerAnswer ReadApi(CrmResponse response)
    {
        if (response.Status is HttpStatusCode.Unauthorized)
        {
            return new LawRulerAnswer(AnswerKind.TokenRefused);
        }

        if (response.Status is HttpStatusCode.Forbidden)
        {
            return new LawRulerAnswer(AnswerKind.ApiDisabled);
        }

        if (LawRulerAnswerReader.ByStatus(response.Status) is { } byStatus)
        {
            return byStatus;
        }

        try
        {
            using var json = JsonDocument.Parse(response.Body);
            var failed = JsonText.Property(json.RootElement, "IsSuccess")?.ValueKind == JsonValueKind.False;
            var message = JsonText.Text(json.RootElement, "ErrorMessage") ?? string.Empty;
            return failed ? new LawRulerAnswer(LawRulerAnswerReader.Failure(message) ?? AnswerKind.Refused) { Text = Beginning(message) }
                : json.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? new LawRulerAnswer(AnswerKind.Success, Body: json.RootElement.Clone())
                : new LawRulerAnswer(AnswerKind.Indeterminate);
        }
        catch (JsonException)
        {
            return new LawRulerAnswer(AnswerKind.Indeterminate);
        }
    }
}

/// <summary>An answer; or none, because the connection's budget is spent.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="ComeBack">When to try, where there is none.</param>
public sealed record LawRulerReply(LawRulerAnswer? Answer, DateTimeOffset ComeBack = default)
{
    /// <summary>Nothing was sent.</summary>
    public static LawRulerReply Later(DateTimeOffset comeBack) => new(null, comeBack);
}
