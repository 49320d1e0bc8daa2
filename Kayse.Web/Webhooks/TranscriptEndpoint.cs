using System.Globalization;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Webhooks;

/// <summary>Transcripts that were too long for a delivery, for whoever has the link from it.</summary>
public static class TranscriptEndpoint
{
    private const int MaxSignature = 100;

    /// <summary>Maps the route.</summary>
    public static void MapTranscripts(this IEndpointRouteBuilder routes) => routes.MapGet("/api/webhooks/transcripts/{company}/{eventId}", GetAsync)
        .WithSummary("The transcript of a call whose delivery was too large to hold it; the link is signed and ends.");

    private static async Task<IResult> GetAsync(HttpContext context, string company, string eventId, TranscriptLinks links, EventStore events, TimeProvider clock)
    {
        var query = context.Request.Query;
        if (!CompanyId.TryParse(company, null, out var id) || !EventId.TryParse(eventId, null, out _)
            || !long.TryParse(query["until"], NumberStyles.None, CultureInfo.InvariantCulture, out var until)
            || (string?)query["signature"] is not { Length: > 0 and <= MaxSignature } signature
            || !await links.IsGoodAsync(id, eventId, until, signature, clock.GetUtcNow(), context.RequestAborted))
        {
            return Results.Problem(statusCode: StatusCodes.Status401Unauthorized, title: "This link is not good, or not any more.", detail: "Replay the delivery to get a new one.");
        }

        context.Response.Headers.CacheControl = "no-store";
        return await events.FindAsync(id, eventId, context.RequestAborted) is { Value: var row }
            && await events.EnvelopeAsync(row, context.RequestAborted) is { } envelope && WebhookBody.Transcript(envelope) is { } transcript
                ? Results.Bytes(transcript, "application/json")
                : Problems.NotFound("The transcript is not kept any more.");
    }
}
