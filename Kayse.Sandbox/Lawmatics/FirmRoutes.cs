using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Sandbox.Lawmatics.Api;
using Kayse.Sandbox.Lawmatics.OAuth;
using Kayse.Sandbox.State;

namespace Kayse.Sandbox.Lawmatics;

/// <summary>Opening, setting up and looking at firms: <c>/_sandbox/lawmatics</c>.</summary>
internal sealed class FirmRoutes(SandboxState state, SandboxOptions options)
{
    private const string One = "/_sandbox/lawmatics/{client}";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sandbox/lawmatics", OwnRoute.Handle(RecordsAsync));
        routes.MapGet(One, ForFirm(state, (context, firm) => HttpAnswer.OwnAsync(context, View(firm))));
        routes.MapPut(One, OwnRoute.Handle(SetAsync));
        routes.MapPost(One + "/tokens", ForFirm(state, (context, firm) =>
            HttpAnswer.OwnAsync(context, state.Change(() => TokenRoutes.Issue(firm, options.Clock.GetUtcNow())), StatusCodes.Status201Created)));
        routes.MapPost(One + "/revoke-tokens", ForFirm(state, (context, firm) => HttpAnswer.OwnAsync(context, new { revoked = state.Change(() => Revoke(firm)) })));
    }

    /// <summary>A handler of <c>/_sandbox</c> for the firm in the path; what Lawmatics itself would refuse is the caller's mistake too.</summary>
    public static RequestDelegate ForFirm(SandboxState state, Func<HttpContext, LawmaticsFirm, Task> handler) => OwnRoute.Handle(async context =>
    {
        if (state.FindFirm(OwnRoute.Value(context, "client")) is not { } firm)
        {
            await HttpAnswer.RefuseAsync(context, StatusCodes.Status404NotFound, "There is no firm with that client.");
            return;
        }

        try
        {
            await handler(context, firm);
        }
        catch (LawmaticsRefusal refusal)
        {
            throw new WrongRequestException(refusal.Message);
        }
    });

    private async Task RecordsAsync(HttpContext context)
    {
        var client = context.Request.Query["client"].FirstOrDefault() ?? SandboxDefaults.LawmaticsClientId;
        await (state.FindFirm(client) is { } firm
            ? HttpAnswer.OwnAsync(context, state.Read(() => FirmView.Of(firm)))
            : HttpAnswer.RefuseAsync(context, StatusCodes.Status404NotFound, "There is no firm with that client."));
    }

    private async Task SetAsync(HttpContext context)
    {
        var client = OwnRoute.Value(context, "client");
        var body = await OwnRoute.BodyAsync<JsonObject>(context);
        var changes = body["options"] as JsonObject;
        var webhook = body["webhook"] as JsonObject;
        body.Remove("options");
        body.Remove("webhook");

        // Merged with a beginner's settings first, so that a mistake is found before a firm is opened for it.
        Merge(LawmaticsSeed.Settings(client, 1), body, changes, webhook);
        var (firm, created) = state.FindOrAddFirm(client);
        state.Change(() =>
        {
            firm.Settings = Merge(firm.Settings, body, changes, webhook);
            firm.Find(ResourceKind.Users, LawmaticsSeed.UserId)!.One["current_firm"] = new RecordLink("firm", firm.Settings.FirmId);
            return firm;
        });
        await HttpAnswer.OwnAsync(context, View(firm), created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static LawmaticsSettings Merge(LawmaticsSettings settings, JsonObject body, JsonObject? changes, JsonObject? webhook)
    {
        var merged = SandboxJson.Merge(settings, body);
        var result = merged with { Options = SandboxJson.Merge(merged.Options, changes), Webhook = SandboxJson.Merge(merged.Webhook, webhook) };
        result.Webhook.Check();
        return result;
    }

    private static int Revoke(LawmaticsFirm firm)
    {
        var count = firm.Tokens.Count;
        firm.Tokens.Clear();
        firm.RefreshTokens.Clear();
        return count;
    }

    private JsonObject View(LawmaticsFirm firm) => state.Read(() =>
    {
        var view = JsonSerializer.SerializeToNode(firm.Settings, SandboxJson.Own)!.AsObject();
        view["clientId"] = firm.ClientId;
        view["webhookSecret"] = firm.WebhookSecret;
        view["tokens"] = firm.Tokens.Count;
        view["counts"] = new JsonObject(firm.Records.Select(r => KeyValuePair.Create(r.Key, (JsonNode?)r.Value.Count)));
        return view;
    });
}
