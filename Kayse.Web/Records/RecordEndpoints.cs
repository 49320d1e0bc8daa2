using Kayse.Core;
using Kayse.Core.Calls;
using Kayse.Core.Cases;
using Kayse.Core.Storage;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Records;

/// <summary>A firm's cases, clients and campaigns.</summary>
public static class RecordEndpoints
{
    private const int MaxName = 200;

    /// <summary>Maps the routes.</summary>
    public static void MapRecords(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet("/cases", (HttpContext context, CaseStore cases) =>
            Paging.AnswerAsync(context, page => cases.ListCasesAsync(context.RouteCompany().Id, page.After, page.Limit, context.RequestAborted)))
            .WithSummary("Cases, newest first.").Produces<Page<Case>>();
        company.MapGet("/cases/{id}", GetCaseAsync).WithSummary("A case.").Produces<Case>();
        company.MapGet("/clients", (HttpContext context, CaseStore cases) =>
            Paging.AnswerAsync(context, page => cases.ListClientsAsync(context.RouteCompany().Id, page.After, page.Limit, context.RequestAborted)))
            .WithSummary("Clients, newest first.").Produces<Page<Client>>();
        company.MapGet("/campaigns", (HttpContext context, Campaigns campaigns) =>
            Paging.AnswerAsync(context, page => campaigns.ListAsync(context.RouteCompany().Id, page.After, page.Limit, context.RequestAborted)))
            .WithSummary("Campaigns.").Produces<Page<Campaign>>();
        company.MapPut("/campaigns/{id}", PutCampaignAsync).WithSummary("Names a campaign.").Produces<Campaign>();
    }

    private static async Task<IResult> GetCaseAsync(HttpContext context, string id, CaseStore cases) =>
        CaseId.TryParse(id, null, out var caseId) && await cases.FindAsync(context.RouteCompany().Id, caseId, context.RequestAborted) is { } found
            ? Results.Ok(found)
            : Problems.NotFound("There is no such case.");

    private static async Task<IResult> PutCampaignAsync(HttpContext context, string id, Campaigns campaigns)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.NameBody);
        return body is null ? problem!
            : !Ids.IsValid(id) ? BadId()
            : IsName(body.Name) ? Results.Ok(await campaigns.SetAsync(context.RouteCompany().Id, id, body.Name!.Trim(), context.RequestAborted))
            : BadName();
    }

    internal static bool IsName(string? name) => !string.IsNullOrWhiteSpace(name) && name.Length <= MaxName;

    internal static IResult BadId() => Problems.Invalid(new FieldError("id", "Expected 1 to 64 letters, digits, hyphens and underscores."));

    internal static IResult BadName() => Problems.Invalid(new FieldError("name", $"Expected a name of at most {MaxName} characters."));
}

/// <summary>A list or a campaign as it is sent.</summary>
/// <param name="Id">Its id; optional, and only for a new list.</param>
/// <param name="Name">What it is called.</param>
public sealed record NameBody(string? Id, string? Name);
