using System.Text.Json;
using Kayse.Core;
using Kayse.Core.Cases;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Integrations;

/// <summary>Tries a mapping out with a case and a lead of the admin's choice.</summary>
public static class SampleRecordEndpoint
{
    /// <summary>Maps the route.</summary>
    public static void MapSampleRecord(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapPost("/integrations/lawruler/test-record", RunAsync)
            .WithSummary("Sends a case's mapped fields to a lead and shows each field before and after, and Law Ruler's answer; with dryRun nothing is sent.").Produces<SampleRecordResult>();
    }

    private static async Task<IResult> RunAsync(HttpContext context, SampleRecord sample)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.SampleRecordBody);
        if (body is null)
        {
            return problem!;
        }

        var errors = new List<FieldError>();
        if (!CaseId.TryParse(body.CaseId, null, out var caseId))
        {
            errors.Add(new FieldError("caseId", "Expected a case's id, as …/cases lists it."));
        }

        var text = body.LeadId is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : body.LeadId is { } json ? JsonText.String(json)?.Trim() : null;
        if (!LeadId.TryParse(text, null, out var lead))
        {
            errors.Add(new FieldError("leadId", "Expected the Lead ID of a lead in Law Ruler that may be written to."));
        }

        if (body.Campaign is not null && !Ids.IsValid(body.Campaign))
        {
            errors.Add(new FieldError("campaign", "Expected a campaign's id, or nothing for the case's own."));
        }

        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var (result, error, isConflict) = await sample.RunAsync(context.RouteCompany().Id, caseId, lead, body.Campaign, body.DryRun, context.RequestAborted);
        return result is not null ? Results.Ok(result) : isConflict ? Problems.Conflict(error!.Field, error.Message) : Problems.Invalid(error!);
    }
}

/// <summary>What is to be tried.</summary>
/// <param name="CaseId">The case whose values are taken.</param>
/// <param name="LeadId">The lead that they go to, as a text or a number.</param>
/// <param name="DryRun">True to send nothing.</param>
/// <param name="Campaign">The campaign whose overrides count; without it the case's own.</param>
public sealed record SampleRecordBody(string? CaseId, JsonElement? LeadId, bool DryRun, string? Campaign);
