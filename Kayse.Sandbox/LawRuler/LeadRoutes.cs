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

    private Task ShowAsync(HttpContext context) => AnswerAsync(context, (_, lead) => lead);

    private async Task PutAsync(HttpContext context)
    {
        var input = await OwnRoute.BodyAsync<LeadInput>(context);
        if (!long.TryParse(OwnRoute.Value(context, "id"), out var id) || id < 1)
        {
            throw new WrongRequestException("A lead's id is a number.");
        }

        if (state.Find(OwnRoute.Value(context, "root")) is { } portal)
        {
            state.Change(() =>
            {
                portal.Put(input.ToLead(portal, id, options.Clock.GetUtcNow()));
                return true;
            });
        }

        await AnswerAsync(context, (_, lead) => lead);
    }

    private async Task PatchAsync(HttpContext context)
    {
        var input = await OwnRoute.BodyAsync<LeadInput>(context);
        await AnswerAsync(context, (portal, lead) =>
        {
            var changed = input.Apply(portal, lead, options.Clock.GetUtcNow());
            if (changed && portal.Settings.Webhook is { } webhook && webhook.Selects(lead))
            {
                sender.Send(portal, WebhookPost.ForLead(webhook, "status", lead));
            }

            return lead;
        });
    }

    private Task AnswerAsync(HttpContext context, Func<Portal, Lead, Lead> work)
    {
        var portal = state.Find(OwnRoute.Value(context, "root"));
        var view = portal is null ? null : state.Change(() =>
            portal.FindLead(OwnRoute.Value(context, "id")) is { } lead ? LeadView.Of(work(portal, lead)) : null);
        return view is null
            ? HttpAnswer.RefuseAsync(context, StatusCodes.Status404NotFound, "There is no such lead.")
            : HttpAnswer.OwnAsync(context, view);
    }
}
