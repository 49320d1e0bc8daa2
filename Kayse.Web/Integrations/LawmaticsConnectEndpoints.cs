using Kayse.Core;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Events;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Integrations;

/// <summary>A firm's connection to Lawmatics: signing in, toggles and settings, the test, the end.</summary>
public static class LawmaticsConnectEndpoints
{
    private const string Base = "/integrations/lawmatics";
    private const int MaxCredential = 500;

    /// <summary>Maps the routes.</summary>
    public static void MapLawmaticsConnection(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet(Base, GetAsync).WithSummary("The connection to Lawmatics; never a secret.").Produces<LawmaticsView>();
        company.MapPost($"{Base}/connect", ConnectAsync).WithSummary("Begins a sign-in with the firm's own app: open authorizeUrl in a browser within ten minutes.").Produces<LawmaticsAuthorize>();
        company.MapPost($"{Base}/account", AnswerAsync).WithSummary("Says whether the account of another Lawmatics firm that somebody signed in to shall be used: {\"use\": \"new\"} or {\"use\": \"old\"}.").Produces<LawmaticsView>().ProducesProblem(409);
        company.MapPost($"{Base}/test", TestAsync).WithSummary("Asks Lawmatics whose the connection's token is.").Produces<LawmaticsTested>();
        company.MapPatch($"{Base}/settings", PatchAsync).WithSummary("Changes toggles and settings; what is not named stays.").Produces<LawmaticsView>();
        company.MapDelete($"{Base}/connection", DisconnectAsync).WithSummary("Deletes the token and stops what runs; keeps settings, mappings and links.").Produces<LawmaticsDisconnected>();
    }

    private static async Task<IResult> GetAsync(HttpContext context, LawmaticsConnections connections, PendingWork pending) => Results.Ok(await LawmaticsView.OfAsync(context, connections, pending));

    private static async Task<IResult> ConnectAsync(HttpContext context, LawmaticsConnect connect)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.LawmaticsConnectBody);
        if (body is null)
        {
            return problem!;
        }

        var errors = new (string Name, string? Value)[] { ("clientId", body.ClientId), ("clientSecret", body.ClientSecret) }
            .Where(field => string.IsNullOrWhiteSpace(field.Value) || field.Value.Length > MaxCredential || field.Value.Any(char.IsControl))
            .Select(field => new FieldError(field.Name, $"Expected what Lawmatics shows of the app under Settings > Developers, at most {MaxCredential} characters.")).ToList();
        if (body.RedirectUri is not null && !LawmaticsAddresses.IsRedirectUri(body.RedirectUri))
        {
            errors.Add(new FieldError("redirectUri", $"Expected an https address of this installation that ends with {LawmaticsAddresses.CallbackPath}, exactly as it stands in the app in Lawmatics."));
        }

        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var (caller, instead) = await CompanyAccess.RequireCallerAsync(context);
        if (caller is null)
        {
            return instead!;
        }

        var client = new LawmaticsOAuthClient(body.ClientId!.Trim(), body.ClientSecret!.Trim());
        var address = await connect.BeginAsync(context.RouteCompany().Id, client, caller.Id, body.RedirectUri ?? LawmaticsAddresses.Callback(context), context.RequestAborted);
        // The address holds what proves who may end the sign-in.
        context.Response.Headers.CacheControl = "no-store";
        return Results.Ok(new LawmaticsAuthorize(address.AbsoluteUri));
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, LawmaticsConnect connect, LawmaticsConnections connections, PendingWork pending)
    {
        var (body, problem) = await RequestBody.ReadJsonAsync(context, WebJson.Default.LawmaticsAccountBody);
        if (body is null)
        {
            return problem!;
        }

        return body.Use is not ("new" or "old") ? Problems.Invalid(new FieldError("use", "Expected new or old."))
            : await connect.AnswerAsync(context.RouteCompany().Id, body.Use == "new", context.RequestAborted) ? Results.Ok(await LawmaticsView.OfAsync(context, connections, pending))
            : Problems.Conflict("use", "Nobody has signed in to another firm's account.");
    }

    private static async Task<IResult> TestAsync(HttpContext context, LawmaticsConnect connect)
    {
        var reply = await connect.TestAsync(context.RouteCompany().Id, context.RequestAborted);
        var said = reply is { IsSuccess: false, Answer: { } answer } ? LawmaticsReasons.Said(answer) : null;
        return Results.Ok(new LawmaticsTested(reply.IsSuccess, reply.IsSuccess ? "The connection works." : $"{LawmaticsReasons.Of(reply)} {said}".TrimEnd()));
    }

    private static async Task<IResult> PatchAsync(HttpContext context, LawmaticsConnections connections, PendingWork pending, Sweep sweep, TimeProvider clock)
    {
        if (await RequestBody.ReadAsync(context.Request, RequestBody.MaxManagementBytes, context.RequestAborted) is not { } bytes)
        {
            return Problems.TooLarge(RequestBody.MaxManagementBytes);
        }

        var company = context.RouteCompany().Id;
        var before = await connections.GetAsync(company, context.RequestAborted);
        SettingsPatch.Apply(before, bytes, out var errors);
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var after = await connections.ChangeAsync(company, old => SettingsPatch.Apply(old, bytes, out errors).PauseNoted(clock.GetUtcNow()), context.RequestAborted);
        if (!before.Toggles.EnableIntegration && after.Toggles.EnableIntegration)
        {
            await sweep.RunAsync(company, context.RequestAborted);
        }

        return Results.Ok(await LawmaticsView.OfAsync(context, connections, pending));
    }

    private static async Task<IResult> DisconnectAsync(HttpContext context, LawmaticsDisconnect disconnect) => Results.Ok(await disconnect.RunAsync(context.RouteCompany().Id, context.RequestAborted));
}

/// <summary>The firm's own OAuth client as it is sent.</summary>
/// <param name="ClientId">Its id.</param>
/// <param name="ClientSecret">Its secret.</param>
/// <param name="RedirectUri">The redirect URI that stands in the app in Lawmatics; null for the installation's own.</param>
public sealed record LawmaticsConnectBody(string? ClientId, string? ClientSecret, string? RedirectUri)
{
    /// <summary>Never the values.</summary>
    public override string ToString() => "LawmaticsConnectBody { *** }";
}

/// <summary>The answer to the question about another firm's account.</summary>
/// <param name="Use"><c>new</c> or <c>old</c>.</param>
public sealed record LawmaticsAccountBody(string? Use);

/// <summary>Where to sign in.</summary>
/// <param name="AuthorizeUrl">The address to open in a browser.</param>
public sealed record LawmaticsAuthorize(string AuthorizeUrl);

/// <summary>How the test of a connection went.</summary>
/// <param name="Ok">Whether Lawmatics takes the token.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record LawmaticsTested(bool Ok, string Message);
