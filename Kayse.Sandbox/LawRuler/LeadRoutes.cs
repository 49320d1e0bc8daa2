using Kayse.Sandbox.LawRuler.Webhooks;
using Kayse.Sandbox.State;

namespace Kayse.Sandbox.LawRuler;

/// <summary>Looking at a lead and working on it as a person in Law Ruler would: <c>/_sandbox/lawruler/{root}/leads/{id}</c>.</summary>
internal sealed class LeadRoutes(SandboxState state, WebhookSender sender, SandboxOptions options)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        const string Path = "/_sandbox/lawruler/{root}/leads/{id}";
        routes.MapGet(Path, OwnRoute.Handle(ShowAsync));
        routes.MapPut(Path, OwnRoute.Handle(PutAsync));
        routes.MapPatch(Path, OwnRoute.Handle(PatchAsync));
    }

    private Task ShowAsync(HttpContext context)
    {
        var portal = state.Find(OwnRoute.Value(context, "root"));
        return AnswerAsync(context, state.Read(() => portal?.FindLead(OwnRoute.Value(context, "id")) is { } lead ? LeadView.Of(lead) : null));
    }

    private async Task PutAsync(HttpContext context)
    {
        var input = await OwnRoute.BodyAsync<LeadInput>(context);
        if (!long.TryParse(OwnRoute.Value(context, "id"), out var id) || id < 1)
        {
            throw new WrongRequestException("A lead's id is a number.");
        }

        var portal = state.Find(OwnRoute.Value(context, "root"));
        await AnswerAsync(context, portal is null ? null : state.Change(() =>
        {
            portal.Put(input.ToLead(portal, id, options.Clock.GetUtcNow()));
            return LeadView.Of(portal.Leads[id]);
        }));
    }

    private async Task PatchAsync(HttpContext context)
    {
        var input = await OwnRoute.BodyAsync<LeadInput>(context);
        var portal = state.Find(OwnRoute.Value(context, "root"));
        await AnswerAsync(context, portal is null ? null : state.Change(() => Patch(portal, OwnRoute.Value(context, "id"), input)));
    }

    private LeadView? Patch(Portal portal, string id, LeadInput input)
    {
        if (portal.FindLead(id) is not { } lead)
        {
            return null;
        }

        if (input.Apply(portal, lead, options.Clock.GetUtcNow()) && portal.Settings.Webhook is { } webhook && webhook.Selects(lead))
        {
            sender.Send(portal, WebhookPost.ForLead(webhook, "status", lead));
        }

        return LeadView.Of(lead);
    }

    private static Task AnswerAsync(HttpContext context, LeadView? view) => view is null
        ? HttpAnswer.RefuseAsync(context, StatusCodes.Status404NotFound, "There is no such lead.")
        : HttpAnswer.OwnAsync(context, view);
}
