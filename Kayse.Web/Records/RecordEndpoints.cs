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
        company.MapGet("/cases", ListCasesAsync).WithSummary("Cases, newest first.").Produces<Page<CaseView>>();
        company.MapGet("/cases/{id}", GetCaseAsync).WithSummary("A case.").Produces<CaseView>();
        company.MapGet("/cases/{id}/notes", ListNotesAsync).WithSummary("The notes and messages of a case, newest first; of a long text the beginning.").Produces<Page<Note>>();
        company.MapGet("/cases/{id}/notes/{note}", GetNoteAsync).WithSummary("A note with its whole text.").Produces<Note>();
        company.MapGet("/cases/{id}/documents", ListDocumentsAsync).WithSummary("The documents of a case that came from a CRM.").Produces<Page<CaseDocument>>();
        company.MapGet("/cases/{id}/documents/{document}/content", GetDocumentAsync).WithSummary("A document's content.");
        company.MapGet("/clients", (HttpContext context, CaseStore cases) =>
            Paging.AnswerAsync(context, page => cases.ListClientsAsync(context.RouteCompany().Id, page.After, page.Limit, context.RequestAborted)))
            .WithSummary("Clients, newest first.").Produces<Page<Client>>();
        company.MapGet("/campaigns", (HttpContext context, Campaigns campaigns) =>
            Paging.AnswerAsync(context, page => campaigns.ListAsync(context.RouteCompany().Id, page.After, page.Limit, context.RequestAborted)))
            .WithSummary("Campaigns.").Produces<Page<Campaign>>();
        company.MapPut("/campaigns/{id}", PutCampaignAsync).WithSummary("Names a campaign.").Produces<Campaign>();
    }

    private static Task<IResult> ListCasesAsync(HttpContext context, CaseStore cases) => Paging.AnswerAsync(context, async page =>
    {
        var (items, next) = await cases.ListCasesAsync(context.RouteCompany().Id, page.After, page.Limit, context.RequestAborted);
        return ((IReadOnlyList<CaseView>)[.. items.Select(CaseView.Of)], next);
    });

    private static async Task<IResult> GetCaseAsync(HttpContext context, string id, CaseStore cases) =>
        CaseId.TryParse(id, null, out var caseId) && await cases.FindAsync(context.RouteCompany().Id, caseId, context.RequestAborted) is { } found
            ? Results.Ok(CaseView.Of(found))
            : Problems.NotFound("There is no such case.");

    private static async Task<IResult> ListNotesAsync(HttpContext context, string id, CaseStore cases, Notes notes) =>
        CaseId.TryParse(id, null, out var caseId) && await cases.FindAsync(context.RouteCompany().Id, caseId, context.RequestAborted) is not null
            ? await Paging.AnswerAsync(context, page => notes.ListAsync(context.RouteCompany().Id, caseId, page.After, page.Limit, context.RequestAborted))
            : Problems.NotFound("There is no such case.");

    private static async Task<IResult> GetNoteAsync(HttpContext context, string id, string note, Notes notes) =>
        CaseId.TryParse(id, null, out var caseId) && await notes.FindAsync(context.RouteCompany().Id, caseId, note, context.RequestAborted) is { } found
            ? Results.Ok(found)
            : Problems.NotFound("There is no such note.");

    private static async Task<IResult> ListDocumentsAsync(HttpContext context, string id, CaseStore cases, CaseDocuments documents) =>
        CaseId.TryParse(id, null, out var caseId) && await cases.FindAsync(context.RouteCompany().Id, caseId, context.RequestAborted) is not null
            ? await Paging.AnswerAsync(context, page => documents.ListAsync(context.RouteCompany().Id, caseId, page.After, page.Limit, context.RequestAborted))
            : Problems.NotFound("There is no such case.");

    private static async Task<IResult> GetDocumentAsync(HttpContext context, string id, string document, CaseDocuments documents) =>
        CaseId.TryParse(id, null, out var caseId) && await documents.OpenAsync(context.RouteCompany().Id, caseId, document, context.RequestAborted) is { } blob
            // Never shown as a page of ours, whatever a CRM's document says it is.
            ? Results.Stream(blob.Content, "application/octet-stream", document.Replace('~', '-'))
            : Problems.NotFound("There is no such document, or its content is not here.");

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
