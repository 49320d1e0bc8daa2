using System.Text.Json;
using Kayse.Core;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Events;

/// <summary>Where the platform sends its events.</summary>
public static class EventEndpoints
{
    /// <summary>The most that one request may have.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    // The envelope is stored within a row, whose own depth comes on top of it.
    private static readonly JsonDocumentOptions s_reading = new() { MaxDepth = 60 };

    /// <summary>Maps <c>POST /api/events</c>.</summary>
    public static void MapEvents(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/events", PostAsync).WithSummary("Takes one platform event, or an array of up to 100; each is durable when 202 is answered.").Produces<AcceptedEvents>(202);

    private static async Task<IResult> PostAsync(HttpContext context, EventIntake intake, CompanyRegister companies)
    {
        var (caller, instead) = await CompanyAccess.RequireCallerAsync(context);
        if (caller is null)
        {
            return instead!;
        }

        if (caller.Role is not (CallerRole.Platform or CallerRole.Operator))
        {
            return Problems.Forbidden("Events are sent with a platform key.");
        }

        if (await RequestBody.ReadAsync(context.Request, MaxBytes, context.RequestAborted) is not { } bytes)
        {
            return Problems.TooLarge(MaxBytes);
        }

        try
        {
            using var json = JsonDocument.Parse(bytes, s_reading);
            if (!JsonText.IsUnicode(bytes))
            {
                return Problems.Invalid(new FieldError("body", "A text in it is not valid Unicode."));
            }

            return await AcceptAsync(json.RootElement, caller, intake, companies, context.RequestAborted);
        }
        catch (JsonException)
        {
            return Problems.Invalid(new FieldError("body", "Expected JSON: one event, or an array of events."));
        }
    }

    private static async Task<IResult> AcceptAsync(JsonElement json, Caller caller, EventIntake intake, CompanyRegister companies, CancellationToken cancellationToken)
    {
        var events = PlatformEventReader.Read(json, out var errors);
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var path = json.ValueKind == JsonValueKind.Array;
        for (var i = 0; i < events.Count; i++)
        {
            var field = path ? $"events[{i}].companyId" : "companyId";
            if (caller.Company is { } own && own != events[i].CompanyId)
            {
                return Problems.WithErrors(StatusCodes.Status403Forbidden, "Not allowed.", [new FieldError(field, "This key may not send events of this firm.")]);
            }

            if (await companies.FindAsync(events[i].CompanyId, cancellationToken) is null)
            {
                return Problems.Invalid(new FieldError(field, "There is no such firm."));
            }
        }

        var conflicts = await intake.AcceptAsync(events, cancellationToken);
        return conflicts.Count > 0
            ? Problems.WithErrors(
                StatusCodes.Status409Conflict,
                "An event of this id was accepted with other content.",
                [.. conflicts.Select(i => new FieldError(path ? $"events[{i}].id" : "id", "This id was accepted with other content; nothing of it was changed."))])
            : Results.Json(new AcceptedEvents([.. events.Select(one => one.Id.ToString())]), statusCode: StatusCodes.Status202Accepted);
    }
}

/// <summary>The answer to accepted events.</summary>
/// <param name="Ids">Their ids.</param>
public sealed record AcceptedEvents(IReadOnlyList<string> Ids);
