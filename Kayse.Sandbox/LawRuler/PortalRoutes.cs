using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kayse.Sandbox.State;

namespace Kayse.Sandbox.LawRuler;

/// <summary>Opening and setting up portals: <c>/_sandbox/lawruler/{root}</c>.</summary>
internal sealed partial class PortalRoutes(SandboxState state, SandboxOptions options)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sandbox/lawruler/{root}", OwnRoute.Handle(ShowAsync));
        routes.MapPut("/_sandbox/lawruler/{root}", OwnRoute.Handle(SetAsync));
        routes.MapPost("/_sandbox/lawruler/{root}/revoke-tokens", OwnRoute.Handle(RevokeAsync));
    }

    private Task ShowAsync(HttpContext context) => state.Find(OwnRoute.Value(context, "root")) is { } portal
        ? HttpAnswer.OwnAsync(context, View(portal))
        : HttpAnswer.RefuseAsync(context, StatusCodes.Status404NotFound, "There is no such portal.");

    private async Task SetAsync(HttpContext context)
    {
        var root = OwnRoute.Value(context, "root");
        if (!HostLabel().IsMatch(root))
        {
            throw new WrongRequestException("A portal's root is a host label: letters, digits and hyphens.");
        }

        var body = await OwnRoute.BodyAsync<JsonObject>(context);
        var leads = body["leads"].Deserialize<List<LeadInput>>(SandboxJson.Own) ?? [];
        var changes = body["options"] as JsonObject;
        body.Remove("leads");
        body.Remove("options");

        // Merged with the seed first, so that a mistake is found before a portal is opened for it.
        Merge(PortalSeed.Settings(root), body, changes);
        var (portal, created) = state.FindOrAdd(root);
        state.Change(() =>
        {
            portal.Settings = Merge(portal.Settings, body, changes);
            foreach (var lead in leads)
            {
                portal.Put(lead.ToLead(portal, lead.Id ?? portal.NextLeadId(), options.Clock.GetUtcNow()));
            }

            return portal;
        });
        await HttpAnswer.OwnAsync(context, View(portal), created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static PortalSettings Merge(PortalSettings settings, JsonObject body, JsonObject? changes)
    {
        var merged = SandboxJson.Merge(settings, body);
        var result = merged with { Options = SandboxJson.Merge(merged.Options, changes) };
        result.Webhook?.Check();
        return result;
    }

    private Task RevokeAsync(HttpContext context)
    {
        if (state.Find(OwnRoute.Value(context, "root")) is not { } portal)
        {
            return HttpAnswer.RefuseAsync(context, StatusCodes.Status404NotFound, "There is no such portal.");
        }

        var revoked = state.Change(() =>
        {
            var count = portal.Tokens.Count;
            portal.Tokens.Clear();
            return count;
        });
        return HttpAnswer.OwnAsync(context, new { revoked });
    }

    private JsonObject View(Portal portal) => state.Read(() =>
    {
        var view = JsonSerializer.SerializeToNode(portal.Settings, SandboxJson.Own)!.AsObject();
        view["root"] = portal.Root;
        view["leads"] = JsonSerializer.SerializeToNode(portal.Leads.Keys, SandboxJson.Own);
        return view;
    });

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HostLabel();
}
