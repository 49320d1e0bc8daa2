using Kayse.Core;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Events;
using Kayse.Core.Sync;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Integrations;

/// <summary>A firm's connection to Law Ruler: connecting, toggles and settings, the webhook URL.</summary>
public static class LawRulerEndpoints
{
    private const string Base = "/integrations/lawruler";

    // All six together, escaped as JSON, fit into one secret.
    private const int MaxCredential = 500;

    /// <summary>Maps the routes.</summary>
    public static void MapLawRuler(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet(Base, GetAsync).WithSummary("The connection to Law Ruler; never a secret.").Produces<LawRulerView>();
        company.MapPost($"{Base}/connect", ConnectAsync).WithSummary("Checks each credential and saves them when all are right.").Produces<ConnectResult>().Produces<ConnectResult>(422);
        company.MapDelete($"{Base}/connection", DisconnectAsync).WithSummary("Deletes the credentials and stops what runs; keeps settings, mappings and records.");
        company.MapPatch($"{Base}/settings", PatchAsync).WithSummary("Changes toggles and settings; what is not named stays. Sync case statuses asks for statusResume when it is switched on for another time.").Produces<LawRulerView>().ProducesProblem(409);
        company.MapGet($"{Base}/webhook-url", GetUrlAsync).WithSummary("The URL that goes into Law Ruler's API URL. For admins; audited.").Produces<WebhookUrl>();
        company.MapPost($"{Base}/webhook-url/rotate", RotateAsync).WithSummary("A new URL; the old one stays good for a day.").Produces<WebhookUrl>();
        company.MapPut($"{Base}/webhook-header", SetHeaderAsync).WithSummary("The static header that every webhook must carry besides; no value for none.");
    }

    private static async Task<IResult> GetAsync(HttpContext context, LawRulerConnections connections, PendingWork pending) =>
        Results.Ok(await ViewAsync(context, connections, pending));

    private static async Task<IResult> ConnectAsync(HttpContext context, LawRulerConnect connect)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.LawRulerConnectBody);
        if (body is null)
        {
            return problem!;
        }

        (string Name, string? Value)[] required =
            [("username", body.Username), ("password", body.Password), ("clientRoot", body.ClientRoot), ("clientSecret", body.ClientSecret), ("key", body.Key)];
        var errors = required.Where(field => string.IsNullOrWhiteSpace(field.Value)).Select(field => new FieldError(field.Name, "This credential is required.")).ToList();
        errors.AddRange(required.Append((Name: "clientId", Value: body.ClientId)).Where(field => field.Value?.Length > MaxCredential).Select(field => new FieldError(field.Name, $"Expected at most {MaxCredential} characters.")));
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var credentials = new LawRulerCredentials(body.Username!.Trim(), body.Password!, body.ClientRoot!, body.ClientSecret!.Trim(), body.Key!.Trim(), body.ClientId?.Trim() ?? string.Empty);
        var result = await connect.ConnectAsync(context.RouteCompany().Id, credentials, context.RequestAborted);
        return Results.Json(result, statusCode: result.Connected ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<IResult> DisconnectAsync(HttpContext context, LawRulerDisconnect disconnect)
    {
        await disconnect.RunAsync(context.RouteCompany().Id, context.RequestAborted);
        return Results.NoContent();
    }

    private static async Task<IResult> PatchAsync(HttpContext context, LawRulerConnections connections, PendingWork pending, Sweep sweep, StatusResume statuses)
    {
        if (await RequestBody.ReadAsync(context.Request, RequestBody.MaxManagementBytes, context.RequestAborted) is not { } bytes)
        {
            return Problems.TooLarge(RequestBody.MaxManagementBytes);
        }

        var company = context.RouteCompany().Id;
        var (before, after, resumed, problem) = await statuses.PatchAsync(company, bytes, context.RequestAborted);
        if (before is null || after is null)
        {
            return problem!;
        }

        if (!before.Toggles.EnableIntegration && after.Toggles.EnableIntegration)
        {
            await sweep.RunAsync(company, context.RequestAborted);
        }

        return Results.Ok(await ViewAsync(context, connections, pending) with { StatusResume = resumed });
    }

    private static async Task<IResult> GetUrlAsync(HttpContext context, WebhookCredentials credentials, AuditLog audit, PublicAddress address)
    {
        var (caller, instead) = await CompanyAccess.RequireCallerAsync(context);
        if (caller is null || caller.Role == CallerRole.Viewer)
        {
            return instead ?? Problems.Forbidden("The webhook URL holds a secret; only an admin may see it.");
        }

        var company = context.RouteCompany().Id;
        var token = await credentials.TokenAsync(company, context.RequestAborted);
        await audit.WriteAsync(company, LawRulerConnections.Crm, "webhook_url_shown", "done", null, null, null, context.RequestAborted);
        return Results.Ok(new WebhookUrl(address.LawRulerWebhook(context.Request, company, token), WebhookParameters.All));
    }

    private static async Task<IResult> RotateAsync(HttpContext context, WebhookCredentials credentials, AuditLog audit, PublicAddress address)
    {
        var company = context.RouteCompany().Id;
        var token = await credentials.RotateAsync(company, context.RequestAborted);
        await audit.WriteAsync(company, LawRulerConnections.Crm, "webhook_url_rotated", "done", null, null, null, context.RequestAborted);
        return Results.Ok(new WebhookUrl(address.LawRulerWebhook(context.Request, company, token), WebhookParameters.All));
    }

    private static async Task<IResult> SetHeaderAsync(HttpContext context, LawRulerConnections connections, WebhookCredentials credentials)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.WebhookHeaderBody);
        if (body is null)
        {
            return problem!;
        }

        var isNone = string.IsNullOrEmpty(body.Value);
        if (!isNone && !LawRulerSettingsRules.IsHeaderName(body.Name))
        {
            return Problems.Invalid(new FieldError("name", "Expected a header's name: letters, digits, hyphens and underscores."));
        }

        if (body.Value?.Length > MaxCredential)
        {
            return Problems.Invalid(new FieldError("value", $"Expected at most {MaxCredential} characters."));
        }

        var company = context.RouteCompany().Id;
        await credentials.SetHeaderAsync(company, isNone ? null : body.Value, context.RequestAborted);
        await connections.ChangeAsync(
            company, old => old with { Settings = old.Settings with { Webhook = old.Settings.Webhook with { HeaderName = isNone ? null : body.Name } } }, context.RequestAborted);
        return Results.NoContent();
    }

    private static Task<LawRulerView> ViewAsync(HttpContext context, LawRulerConnections connections, PendingWork pending) => LawRulerView.OfAsync(context, connections, pending);
}

/// <summary>Law Ruler's credentials as they are sent.</summary>
/// <param name="Username">The Username.</param>
/// <param name="Password">The Password.</param>
/// <param name="ClientRoot">The Client Root: the subdomain, or the address that the firm signs in at.</param>
/// <param name="ClientSecret">The Client Secret.</param>
/// <param name="Key">The Key.</param>
/// <param name="ClientId">The client id, where it is not the Client Root.</param>
public sealed record LawRulerConnectBody(string? Username, string? Password, string? ClientRoot, string? ClientSecret, string? Key, string? ClientId)
{
    /// <summary>Never the values.</summary>
    public override string ToString() => "LawRulerConnectBody { *** }";
}

/// <summary>A static header as it is sent.</summary>
/// <param name="Name">The header's name.</param>
/// <param name="Value">What it must say; empty for no header.</param>
public sealed record WebhookHeaderBody(string? Name, string? Value);

/// <summary>The URL for Law Ruler's webhook.</summary>
/// <param name="Url">The URL; it holds a secret.</param>
/// <param name="Parameters">What may be added to it.</param>
public sealed record WebhookUrl(string Url, IReadOnlyList<WebhookParameter> Parameters);
