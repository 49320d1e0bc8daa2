using System.Text;
using Kayse.Sandbox.State;

namespace Kayse.Sandbox.LawRuler.AdvancedApi;

/// <summary>Reading leads: <c>ApiCases</c> and <c>ApiReport</c>.</summary>
internal sealed class CaseRoutes(AdvancedGate gate, SandboxState state)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        gate.Map(routes, "GET", "ApiCases/GetInboxItems", call => PageAsync(call, new LeadFilter()));
        gate.Map(routes, "POST", "ApiCases/SearchInboxItems", SearchAsync);
        gate.Map(routes, "GET", "ApiCases/GetLead", LeadAsync);
        gate.Map(routes, "POST", "ApiReport/GetCustomReport", ReportAsync);
    }

    private Task SearchAsync(AdvancedCall call) => call.Json<LeadFilter>() is { } filter
        ? PageAsync(call, filter)
        : call.BadRequestAsync("The request is invalid.");

    private Task PageAsync(AdvancedCall call, LeadFilter filter) =>
        call.AnswerAsync(state.Read(() => Envelope.Page(
            filter.Select(call.Portal).Select(l => Item(l, call.Portal.Options.LeadIds)).ToList(), call.Page, call.PageSize)));

    private Task LeadAsync(AdvancedCall call)
    {
        var lead = state.Read(() => call.Portal.FindLead(call.Query("leadId")) is { } found ? Item(found, call.Portal.Options.LeadIds, detail: true, call.Portal.Options.LeadFields) : null);
        if (lead is null)
        {
            return call.LeadNotFoundAsync();
        }

        return call.AnswerAsync(call.Portal.Options.LeadShape == LeadShape.Bare ? lead : Envelope.Of(lead));
    }

    private static Dictionary<string, object?> Item(Lead lead, bool withIds = false, bool detail = false, bool withFields = false)
    {
        var item = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["LeadId"] = lead.Id,
            ["DisplayName"] = lead.FullName,
            ["Contact"] = new
            {
                Firstname = lead.FirstName,
                Lastname = lead.LastName,
                lead.FullName,
                PrimaryEmail = lead.Field("Email1"),
                CellPhone = lead.Field("CellPhone"),
            },
            ["CreateDate"] = EasternClock.FalseUtc(lead.CreatedAt),
            ["UpdateDateTime"] = EasternClock.FalseUtc(lead.UpdatedAt),
            ["CaseType"] = lead.CaseType?.Name,
            ["Status"] = lead.Status.Name,
        };
        if (withIds)
        {
            // That a portal tells them is assumed.
            item["ContactId"] = lead.ContactId;
            item["CaseTypeId"] = lead.CaseType?.Id;
            item["StatusId"] = lead.Status.Id;
        }

        if (detail)
        {
            item["Source"] = new { Name = lead.Field("LeadProvider") };
            if (withFields)
            {
                // That Law Ruler tells them is assumed, and so is how.
                item["Fields"] = new Dictionary<string, string>(lead.Fields, StringComparer.OrdinalIgnoreCase);
                item["CustomFields"] = lead.CustomFields.Select(f => new { f.Key, f.Value }).ToList();
            }
        }

        return item;
    }

    private Task ReportAsync(AdvancedCall call)
    {
        if (call.Json<ReportFilter>() is not { } report)
        {
            return call.BadRequestAsync("The request is invalid.");
        }

        var filter = new LeadFilter { FromDate = report.StartDate, ToDate = report.EndDate, CaseTypes = report.CaseTypes };
        var csv = new StringBuilder("LeadId,FullName,CaseType,Source,Status,CreateDate\r\n");
        state.Read(() => filter.Select(call.Portal).Skip((call.Page - 1) * call.PageSize).Take(call.PageSize).ToList().Select(l => Row(l)).Aggregate(csv, (all, row) => all.Append(row)));
        return HttpAnswer.TextAsync(call.Context, StatusCodes.Status200OK, "text/csv; charset=utf-8", csv.ToString());
    }

    private static string Row(Lead lead) => string.Join(',', new[]
    {
        lead.Id.ToString(), lead.FullName, lead.CaseType?.Name ?? "", lead.Field("LeadProvider"), lead.Status.Name, EasternClock.Text(lead.CreatedAt),
    }.Select(Quoted)) + "\r\n";

    private static string Quoted(string cell) =>
        cell.AsSpan().ContainsAny(",\"\r\n") ? "\"" + cell.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : cell;

    private sealed record ReportFilter(string? StartDate, string? EndDate, IReadOnlyList<int>? CaseTypes);
}
