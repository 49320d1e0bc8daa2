using Kayse.Core;
using Kayse.Core.Cases;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Web.Access;
using Kayse.Web.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Integrations;

/// <summary>Synchronises one case now.</summary>
public static class CaseSyncEndpoint
{
    /// <summary>Maps the route.</summary>
    public static void MapCaseSync(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapPost("/cases/{id}/sync", SyncAsync)
            .WithSummary("Reads the case's state in its CRM once, and sends what is due to it; with ?crm=lawmatics, and for cases that began in Kayse, sends contact, matter and activity to Lawmatics.").Produces<StartedWorkflow>(202);
    }

    private static async Task<IResult> SyncAsync(HttpContext context, string id, CaseStore cases, LawRulerConnections connections, LawRulerWorkflows workflows, LawmaticsConnections lawmatics, LawmaticsSync sync)
    {
        var company = context.RouteCompany().Id;
        if (!CaseId.TryParse(id, null, out var caseId) || await cases.FindAsync(company, caseId, context.RequestAborted) is not { } matter)
        {
            return Problems.NotFound("There is no such case.");
        }

        var crm = (string?)context.Request.Query["crm"] ?? (matter.ExternalSource is Matters.Kayse or LawmaticsConnections.Crm ? LawmaticsConnections.Crm : LawRulerConnections.Crm);
        if (crm == LawmaticsConnections.Crm)
        {
            return await LawmaticsSyncEndpoints.StartAsync(context, caseId, lawmatics, sync);
        }

        if (crm != LawRulerConnections.Crm)
        {
            return Problems.Invalid(new FieldError("crm", $"Expected {LawRulerConnections.Crm} or {LawmaticsConnections.Crm}."));
        }

        if (matter.ExternalSource != LawRulerConnections.Crm)
        {
            return Problems.Conflict("id", "This case did not come from Law Ruler, so there is nothing to read there. To send it to Lawmatics, ask with ?crm=lawmatics.");
        }

        if (!(await connections.GetAsync(company, context.RequestAborted)).Connected)
        {
            return Problems.Conflict("id", "Law Ruler is not connected: connect it first.");
        }

        var started = await workflows.StartSyncAsync(company, caseId, context.RequestAborted);
        return Results.Accepted($"/api/companies/{company}/workflows/{started}", new StartedWorkflow(started));
    }
}
