using Kayse.Core;
using Kayse.Core.Companies;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Companies;

/// <summary>Opening, changing and erasing firms, and their keys: an operator's routes.</summary>
public static class CompanyEndpoints
{
    private const int MaxName = 200;

    /// <summary>Maps <c>POST /api/companies</c>, which has no firm yet.</summary>
    public static void MapCompanies(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/companies", OpenAsync).OperatorOnly().WithSummary("Opens a firm.").Produces<Company>(201);

    /// <summary>Maps a firm's own routes.</summary>
    public static void MapCompany(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet(string.Empty, (HttpContext context) => Results.Ok(context.RouteCompany())).OperatorOnly().WithSummary("A firm.").Produces<Company>();
        company.MapPatch(string.Empty, ChangeAsync).OperatorOnly().WithSummary("Changes a firm's name, time zone or Microsoft Entra tenant.").Produces<Company>();
        company.MapDelete(string.Empty, EraseAsync).OperatorOnly().WithSummary("Erases everything that is kept about a firm, and counts it.").Produces<ErasedCompany>();
        company.MapPost("/keys", IssueAsync).OperatorOnly().WithSummary("Makes a key; its text is shown once.").Produces<IssuedKey>(201);
        company.MapGet("/keys", ListKeysAsync).OperatorOnly().WithSummary("A firm's keys, without their texts.").Produces<Page<KeyView>>();
        company.MapDelete("/keys/{id}", RevokeAsync).OperatorOnly().WithSummary("Ends a key.");
    }

    private static async Task<IResult> OpenAsync(HttpContext context, CompanyRegister register, TimeProvider clock)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.CompanyBody);
        if (body is null)
        {
            return problem!;
        }

        var errors = Check(body, isNew: true);
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var company = new Company(CompanyId.Parse(body.Id!), body.Name!.Trim(), body.TimeZone!, clock.GetUtcNow());
        return await register.OpenAsync(company, context.RequestAborted)
            ? Results.Created($"/api/companies/{company.Id}", company)
            : Problems.Conflict("id", "There is a firm of this id.");
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, CompanyRegister register)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.CompanyBody);
        if (body is null)
        {
            return problem!;
        }

        var errors = Check(body, isNew: false);
        return errors.Count > 0 ? Problems.Invalid(errors)
            : body.TenantId is { } tenant && !await register.ChangeTenantAsync(context.RouteCompany().Id, tenant.Length == 0 ? null : Guid.Parse(tenant), context.RequestAborted)
                ? Problems.Conflict("tenantId", "This tenant is another firm's.")
            : await register.ChangeAsync(context.RouteCompany().Id, body.Name?.Trim(), body.TimeZone, context.RequestAborted) is { } changed ? Results.Ok(changed)
            : Problems.NotFound("There is no such firm.");
    }

    private static async Task<IResult> EraseAsync(HttpContext context, CompanyEraser eraser) =>
        Results.Ok(await eraser.EraseAsync(context.RouteCompany().Id, context.RequestAborted));

    private static async Task<IResult> IssueAsync(HttpContext context, ApiKeys keys)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.KeyBody);
        if (body is null)
        {
            return problem!;
        }

        if (string.IsNullOrWhiteSpace(body.Name) || body.Name.Length > MaxName)
        {
            return Problems.Invalid(new FieldError("name", $"Expected what the key is for, at most {MaxName} characters."));
        }

        if (body.Role is not { } role)
        {
            return Problems.Invalid(new FieldError("role", "Expected admin, viewer or platform."));
        }

        var (key, text) = await keys.IssueAsync(context.RouteCompany().Id, body.Name.Trim(), role, context.RequestAborted);
        return Results.Created((string?)null, new IssuedKey(key.Id, key.Name, key.Role, text));
    }

    private static Task<IResult> ListKeysAsync(HttpContext context, ApiKeys keys) => Paging.AnswerAsync<KeyView>(context, async page =>
    {
        var (items, next) = await keys.ListAsync(context.RouteCompany().Id, page.After, page.Limit, context.RequestAborted);
        return ([.. items.Select(key => new KeyView(key.Id, key.Name, key.Role, key.LastFour, key.CreatedAt))], next);
    });

    private static async Task<IResult> RevokeAsync(HttpContext context, string id, ApiKeys keys) =>
        await keys.RevokeAsync(context.RouteCompany().Id, id, context.RequestAborted) ? Results.NoContent() : Problems.NotFound("There is no such key.");

    private static List<FieldError> Check(CompanyBody body, bool isNew)
    {
        var errors = new List<FieldError>();
        if (isNew && !CompanyId.TryParse(body.Id, null, out _))
        {
            errors.Add(new FieldError("id", "Expected 1 to 32 lower-case letters and digits."));
        }
        else if (isNew && CompanyRegister.IsReserved(body.Id!))
        {
            errors.Add(new FieldError("id", "This id is reserved."));
        }

        if ((isNew || body.Name is not null) && (string.IsNullOrWhiteSpace(body.Name) || body.Name.Length > MaxName))
        {
            errors.Add(new FieldError("name", $"Expected a name of at most {MaxName} characters."));
        }

        if ((isNew || body.TimeZone is not null) && (body.TimeZone is null || !TimeZoneInfo.TryFindSystemTimeZoneById(body.TimeZone, out _)))
        {
            errors.Add(new FieldError("timeZone", "Expected an IANA time zone such as America/New_York."));
        }

        if (body.TenantId is not null && (isNew || (body.TenantId.Length > 0 && !Guid.TryParse(body.TenantId, out _))))
        {
            errors.Add(new FieldError("tenantId", isNew ? "Set it by PATCH once the firm is open." : "Expected the id of a Microsoft Entra tenant (a GUID), or an empty text for none."));
        }

        return errors;
    }
}

/// <summary>A firm as it is sent.</summary>
/// <param name="Id">Its id; only when it is opened.</param>
/// <param name="Name">What it is called.</param>
/// <param name="TimeZone">Its IANA time zone.</param>
/// <param name="TenantId">The Microsoft Entra tenant whose people may sign in for it; empty for none.</param>
public sealed record CompanyBody(string? Id, string? Name, string? TimeZone, string? TenantId = null);

/// <summary>A key as it is asked for.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Role"><c>admin</c>, <c>viewer</c> or <c>platform</c>.</param>
public sealed record KeyBody(string? Name, KeyRole? Role);

/// <summary>A new key.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Key">Its text, shown this once.</param>
public sealed record IssuedKey(string Id, string Name, KeyRole Role, string Key);

/// <summary>A key as it is shown later.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Role">What it may do.</param>
/// <param name="LastFour">Its last four characters.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record KeyView(string Id, string Name, KeyRole Role, string LastFour, DateTimeOffset CreatedAt);
