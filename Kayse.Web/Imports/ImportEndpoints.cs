using Kayse.Core;
using Kayse.Core.Cases;
using Kayse.Core.Cases.Import;
using Kayse.Core.Companies;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Imports;

/// <summary>Imports of cases and clients from a file or pasted text: upload, match the columns, look, start, follow, read the report.</summary>
public static class ImportEndpoints
{
    private const int ReportPage = 500;

    /// <summary>Maps the routes.</summary>
    public static void MapImports(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapPost("/imports", PostAsync)
            .WithSummary("Takes a CSV, TSV or .xlsx file (a part of a form, or the body) or pasted text ({text}); nothing is imported until it is started.").Produces<ImportView>(201);
        company.MapGet("/imports", ListAsync).WithSummary("Imports, newest first.").Produces<Page<ImportView>>();
        company.MapGet("/imports/{id}", GetAsync).WithSummary("An import: its columns, and how far it is.").Produces<ImportView>();
        company.MapPut("/imports/{id}/mapping", PutMappingAsync).WithSummary("Corrects which column is which field.").Produces<ImportView>();
        company.MapGet("/imports/{id}/preview", PreviewAsync).WithSummary("The first rows with what would happen to each; ?duplicates= as for the start.").Produces<ImportPreview>();
        company.MapPost("/imports/{id}/start", StartAsync).WithSummary("Starts an import; it runs as a workflow.").Produces<ImportView>(202);
        company.MapGet("/imports/{id}/report", ReportAsync).WithSummary("Every row that was refused, and why, and what was odd about others; ?format=csv for a spreadsheet.").Produces<Page<ImportNote>>();
    }

    private static async Task<IResult> PostAsync(HttpContext context, ImportUpload upload, ImportStore imports)
    {
        var company = context.RouteCompany().Id;
        var (import, problem) = await ImportBody.ReadAsync(context, company, upload);
        return import is null
            ? problem ?? Gone()
            : Results.Created($"/api/companies/{company}/imports/{import.Id}", ImportView.From(import, await imports.ColumnsAsync(company, import.Id, context.RequestAborted)));
    }

    private static Task<IResult> ListAsync(HttpContext context, ImportStore imports, CaseImports admin) =>
        Paging.AnswerAsync<ImportView>(context, async page =>
        {
            var (items, next) = await imports.ListAsync(context.RouteCompany().Id, page.After, page.Limit, context.RequestAborted);
            var views = new List<ImportView>();
            foreach (var item in items)
            {
                views.Add(await ViewAsync(context, imports, admin, item));
            }

            return (views, next);
        });

    private static async Task<IResult> GetAsync(HttpContext context, string id, ImportStore imports, CaseImports admin) =>
        await imports.FindAsync(context.RouteCompany().Id, id, context.RequestAborted) is { } import ? Results.Ok(await ViewAsync(context, imports, admin, import)) : Gone();

    private static async Task<IResult> PutMappingAsync(HttpContext context, string id, ImportStore imports, CaseImports admin)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.ImportMappingBody);
        if (body is null)
        {
            return problem!;
        }

        var company = context.RouteCompany().Id;
        if (await imports.FindAsync(company, id, context.RequestAborted) is not { } import)
        {
            return Gone();
        }

        if (import.State != ImportStates.Uploaded)
        {
            return Started();
        }

        var (mapping, errors) = Mapped(import, body);
        return errors.Count > 0 ? Problems.Invalid(errors)
            : await admin.MapAsync(company, id, mapping, context.RequestAborted) is not { } mapped ? Gone()
            : mapped.State != ImportStates.Uploaded ? Started()
            : Results.Ok(await ViewAsync(context, imports, admin, mapped));
    }

    private static (IReadOnlyList<string?> Mapping, IReadOnlyList<FieldError> Errors) Mapped(CaseImport import, ImportMappingBody body)
    {
        if (body.Columns is not { Count: > 0 } columns)
        {
            return ([], [new FieldError("columns", "Expected a list of columns with index and field.")]);
        }

        var mapping = import.Mapping.ToArray();
        var errors = new List<FieldError>();
        for (var i = 0; i < columns.Count; i++)
        {
            var index = columns[i]?.Index ?? -1;
            var field = columns[i]?.Field;
            if (index < 0 || index >= mapping.Length)
            {
                errors.Add(new FieldError($"columns[{i}].index", $"Expected a column from 0 to {mapping.Length - 1}."));
            }
            else if (field is not (null or ImportMapping.Other) && !ImportMapping.Fields.Contains(field))
            {
                errors.Add(new FieldError($"columns[{i}].field", $"Expected null, * or one of: {string.Join(", ", ImportMapping.Fields)}."));
            }
            else
            {
                mapping[index] = field;
            }
        }

        return (mapping, errors.Count > 0 ? errors : ImportMapping.Check(mapping));
    }

    private static async Task<IResult> PreviewAsync(HttpContext context, string id, ImportStore imports, CaseImports admin)
    {
        var (page, problem) = Paging.Read(context.Request);
        if (page is null)
        {
            return problem!;
        }

        var company = context.RouteCompany().Id;
        if (await imports.FindAsync(company, id, context.RequestAborted) is not { } import)
        {
            return Gone();
        }

        var duplicates = (string?)context.Request.Query["duplicates"] ?? import.Duplicates ?? DuplicateModes.Update;
        if (!DuplicateModes.All.Contains(duplicates))
        {
            return BadDuplicates();
        }

        return import.State == ImportStates.Reading
            ? Problems.Conflict("id", "The file is still being read.")
            : Results.Ok(new ImportPreview(await admin.PreviewAsync(company, import, duplicates, page.Limit, context.RequestAborted)));
    }

    private static async Task<IResult> StartAsync(HttpContext context, string id, ImportStore imports, CaseImports admin, CaseLists lists)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.ImportStartBody);
        if (body is null)
        {
            return problem!;
        }

        var company = context.RouteCompany().Id;
        if (await imports.FindAsync(company, id, context.RequestAborted) is not { } import)
        {
            return Gone();
        }

        if (body.Duplicates is null || !DuplicateModes.All.Contains(body.Duplicates))
        {
            return BadDuplicates();
        }

        if (body.ListId is not null && await lists.FindAsync(company, body.ListId, context.RequestAborted) is null)
        {
            return Problems.Invalid(new FieldError("listId", "There is no such list."));
        }

        if (import.State == ImportStates.Uploaded && ImportMapping.Check(import.Mapping) is { Count: > 0 } errors)
        {
            return Problems.Invalid(errors);
        }

        return await admin.StartAsync(company, id, body.Duplicates, body.ListId, context.RequestAborted)
            && await imports.FindAsync(company, id, context.RequestAborted) is { } started
                ? Results.Accepted($"/api/companies/{company}/imports/{id}", await ViewAsync(context, imports, admin, started))
                : Started();
    }

    private static async Task<IResult> ReportAsync(HttpContext context, string id, ImportStore imports, CaseImports admin)
    {
        var company = context.RouteCompany().Id;
        if (await imports.FindAsync(company, id, context.RequestAborted) is not { } import)
        {
            return Gone();
        }

        return context.Request.Query["format"] is ["csv"]
            ? Results.Stream(body => WriteCsvAsync(company, import, admin, body, context.RequestAborted), "text/csv; charset=utf-8", $"import-{import.Id}.csv")
            : await Paging.AnswerAsync(context, page => admin.ReportAsync(company, import, page.After, page.Limit, context.RequestAborted));
    }

    private static async Task WriteCsvAsync(CompanyId company, CaseImport import, CaseImports admin, Stream body, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(body, leaveOpen: true);
        await writer.WriteLineAsync("row,lead id,kind,column,message");
        string? after = null;
        do
        {
            (var items, after) = await admin.ReportAsync(company, import, after, ReportPage, cancellationToken);
            foreach (var (item, error) in items.SelectMany(item => item.Errors.Select(error => (item, error))))
            {
                string?[] cells = [JsonText.Invariant(item.Row), item.LeadId, item.Kind, error.Field, error.Message];
                await writer.WriteLineAsync(string.Join(',', cells.Select(Csv.Cell)));
            }
        }
        while (after is not null);
    }

    private static async Task<ImportView> ViewAsync(HttpContext context, ImportStore imports, CaseImports admin, CaseImport import)
    {
        var company = context.RouteCompany().Id;
        return ImportView.From(await admin.SettledAsync(company, import, context.RequestAborted), await imports.ColumnsAsync(company, import.Id, context.RequestAborted));
    }

    private static IResult Gone() => Problems.NotFound("There is no such import.");

    private static IResult Started() => Problems.Conflict("id", "It was started, or its file is still being read: upload the file again for another import.");

    private static IResult BadDuplicates() => Problems.Invalid(new FieldError("duplicates", $"Expected one of: {string.Join(", ", DuplicateModes.All)}."));
}

/// <summary>The first rows of an import with what would happen to each.</summary>
/// <param name="Rows">The rows.</param>
public sealed record ImportPreview(IReadOnlyList<PreviewRow> Rows);
