using System.Text;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace Kayse.Web.Inbound;

/// <summary>
/// Where Lawmatics' webhooks come to. Lawmatics never sends again what was answered with a 4xx (but 429), so a 4xx is said only to what would be no better the
/// next time; where Kayse is not ready, it is a 5xx.
/// </summary>
public static class LawmaticsWebhookEndpoint
{
    private const int MaxHeaders = 30;
    private const int MaxHeader = 300;
    private const int MaxUnverifiedBytes = 64 * 1024;

    // One for all: the answer must not tell which firms there are, or how near a guess was. The inbound log says what was wrong.
    private const string NotProved = "There is no such firm, or the signature, its time or the body is not right. Copy the webhook secret again from Lawmatics; Kayse's inbound log says what was wrong.";

    private static readonly string[] s_secretHeaders = ["Authorization", "Cookie", "X-API-KEY", "X-Functions-Key", "Proxy-Authorization"];

    /// <summary>Maps <c>POST /api/webhooks/lawmatics/{company}</c>.</summary>
    public static void MapLawmaticsWebhook(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/webhooks/lawmatics/{company}", ReceiveAsync).WithSummary("A Lawmatics webhook, signed with the firm's webhook secret.")
            .Produces<LawmaticsReceipt>(202).Produces<LawmaticsReceipt>();

    private static async Task<IResult> ReceiveAsync(
        HttpContext context, CompanyRegister companies, LawmaticsConnections connections, LawmaticsWebhookSecrets secrets, LawmaticsWebhook webhook, TimeProvider clock)
    {
        if (!CompanyId.TryParse((string?)context.Request.RouteValues["company"], null, out var company) || await companies.FindAsync(company, context.RequestAborted) is null)
        {
            return Unproved();
        }

        var connection = await connections.GetAsync(company, context.RequestAborted);
        var (body, isWhole) = await InboundBody.ReadBytesAsync(context.Request, context.RequestAborted);
        var request = Kept(context, connection.Settings.Webhook, body, isWhole, clock);
        // What does not fit is not the whole of what was signed.
        var proof = isWhole ? await secrets.VerifyAsync(company, connection.Settings.Webhook, name => Header(context, name), body, context.RequestAborted) : LawmaticsProof.Wrong;
        return proof == LawmaticsProof.Right
            ? await TakeAsync(context, company, connection, webhook, request, body)
            : await RefuseAsync(context, company, connection, webhook, request, body, proof);
    }

    private static async Task<IResult> TakeAsync(HttpContext context, CompanyId company, LawmaticsConnection connection, LawmaticsWebhook webhook, InboundRequest request, byte[] body)
    {
        var (told, error) = LawmaticsEvent.Read(body, Header(context, connection.Settings.Webhook.EventIdHeader), connection.Settings.Webhook);
        if (told is null)
        {
            await webhook.RejectAsync(company, request, $"{error!.Field}: {error.Message}", context.RequestAborted);
            return Problems.WithErrors(StatusCodes.Status400BadRequest, "The webhook cannot be read; it was kept.", [error]);
        }

        if (!connection.Connected)
        {
            await webhook.QueueAsync(company, request, told, context.RequestAborted);
            return NotReady(context, "Lawmatics is not connected in Kayse. Connect it; Lawmatics sends this again for some hours.");
        }

        // Not the caller's token: Lawmatics hangs up after ten seconds, and what has been begun is finished.
        var receipt = await webhook.ReceiveAsync(company, connection, request, told, CancellationToken.None);
        return Results.Json(receipt, statusCode: receipt.Result == "accepted" ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);
    }

    private static async Task<IResult> RefuseAsync(
        HttpContext context, CompanyId company, LawmaticsConnection connection, LawmaticsWebhook webhook, InboundRequest request, byte[] body, LawmaticsProof proof)
    {
        var reason = request.Cut ? $"The body has more than {InboundBody.MaxFieldBytes} bytes." : Reason(proof, connection.Settings.Webhook);
        // Lawmatics sends ids: what is larger than this is a stranger's.
        var kept = body.Length > MaxUnverifiedBytes ? request with { Raw = Encoding.UTF8.GetString(body, 0, MaxUnverifiedBytes), Cut = true } : request;
        await webhook.KeepUnverifiedAsync(company, kept, reason, context.RequestAborted);
        // In whatever order a firm sets Lawmatics up, what comes meanwhile is not lost.
        return proof == LawmaticsProof.NoSecret ? NotReady(context, "This firm has saved no webhook secret in Kayse yet; Lawmatics sends this again for some hours.")
            : connection.Settings.Webhook.UnverifiedStatus == StatusCodes.Status401Unauthorized ? Unproved()
            : Results.StatusCode(connection.Settings.Webhook.UnverifiedStatus);
    }

    private static string Reason(LawmaticsProof proof, LawmaticsWebhookSettings settings) => proof switch
    {
        LawmaticsProof.NoSecret => "No webhook secret is saved.",
        LawmaticsProof.NoSignature => $"The header {settings.SignatureHeader} is missing, or does not begin with {settings.SignaturePrefix}.",
        LawmaticsProof.NoTimestamp => $"The header {settings.TimestampHeader} is missing, or no number of seconds.",
        LawmaticsProof.Stale => $"It was sent more than {settings.ToleranceSeconds} seconds ago, or in the future.",
        _ => "The signature is wrong: the webhook secret was changed in Lawmatics and not here, or the request is not Lawmatics'.",
    };

    private static InboundRequest Kept(HttpContext context, LawmaticsWebhookSettings settings, byte[] body, bool isWhole, TimeProvider clock) => new()
    {
        Id = Ids.New("inb", clock),
        Crm = LawmaticsConnections.Crm,
        ReceivedAt = clock.GetUtcNow(),
        State = "received",
        ContentType = context.Request.ContentType,
        EventId = Header(context, settings.EventIdHeader) is { Length: <= MaxHeader } id ? id : null,
        // Those that the proof needs first: a gateway may add many.
        Headers = [.. context.Request.Headers.Where(header => !s_secretHeaders.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
            .OrderByDescending(header => IsOfProof(header.Key, settings)).Take(MaxHeaders).Select(Shown)],
        Raw = Encoding.UTF8.GetString(body),
        Cut = !isWhole,
    };

    private static bool IsOfProof(string name, LawmaticsWebhookSettings settings) =>
        new[] { settings.SignatureHeader, settings.TimestampHeader, settings.EventIdHeader }.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static InboundField Shown(KeyValuePair<string, StringValues> header)
    {
        var value = header.Value.ToString();
        return new InboundField(header.Key, value.Length <= MaxHeader ? value : value[..MaxHeader], FromUrl: false);
    }

    private static string? Header(HttpContext context, string name) => context.Request.Headers[name] is [{ Length: > 0 } value] ? value : null;

    private static IResult NotReady(HttpContext context, string detail)
    {
        context.Response.Headers.RetryAfter = "60";
        return Results.Problem(statusCode: StatusCodes.Status503ServiceUnavailable, title: "Kayse is not ready for this webhook yet.", detail: detail);
    }

    private static IResult Unproved() => Results.Problem(statusCode: StatusCodes.Status401Unauthorized, title: "The webhook does not prove where it comes from.", detail: NotProved);
}
