using System.Text.Json.Nodes;
using Kayse.Sandbox.State;

namespace Kayse.Sandbox.LawRuler.Webhooks;

/// <summary>Setting the webhook up and looking at what it sent: <c>/_sandbox/lawruler/{root}/webhook</c>.</summary>
internal sealed class WebhookRoutes(SandboxState state, WebhookSender sender)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        const string Base = "/_sandbox/lawruler/{root}/webhook";
        routes.MapGet(Base, OwnRoute.Handle(ShowAsync));
        routes.MapPut(Base, OwnRoute.Handle(SetAsync));
        routes.MapDelete(Base, OwnRoute.Handle(RemoveAsync));
        routes.MapPost(Base + "/test", OwnRoute.Handle(context => SendAsync(context, (_, settings) => WebhookPost.ForTest(settings))));
        routes.MapPost(Base + "/flush", OwnRoute.Handle(FlushAsync));
        routes.MapPost("/_sandbox/lawruler/{root}/leads/{id}/send-webhook", OwnRoute.Handle(context => SendAsync(context, (portal, settings) =>
            portal.FindLead(OwnRoute.Value(context, "id")) is { } lead ? WebhookPost.ForLead(settings, "manual", lead) : null)));
    }

    private async Task ShowAsync(HttpContext context)
    {
        if (await PortalAsync(context) is not { } portal)
        {
            return;
        }

        if (context.Request.Query["settled"] == "true")
        {
            await portal.Outbox.Settled.WaitAsync(context.RequestAborted);
        }

        var (deliveries, pending, held) = portal.Outbox.Look();
        await HttpAnswer.OwnAsync(context, new { settings = portal.Settings.Webhook, pending, held, deliveries });
    }

    private async Task SetAsync(HttpContext context)
    {
        var settings = await OwnRoute.BodyAsync<WebhookSettings>(context);
        settings.Check();
        if (await PortalAsync(context) is { } portal)
        {
            state.Change(() => portal.Settings = portal.Settings with { Webhook = settings });
            await HttpAnswer.OwnAsync(context, settings);
        }
    }

    private async Task RemoveAsync(HttpContext context)
    {
        if (await PortalAsync(context) is { } portal)
        {
            state.Change(() => portal.Settings = portal.Settings with { Webhook = null });
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private async Task FlushAsync(HttpContext context)
    {
        if (await PortalAsync(context) is { } portal)
        {
            sender.Flush(portal);
            await HttpAnswer.OwnAsync(context, new JsonObject(), StatusCodes.Status202Accepted);
        }
    }

    private async Task SendAsync(HttpContext context, Func<Portal, WebhookSettings, WebhookPost?> make)
    {
        if (await PortalAsync(context) is not { } portal)
        {
            return;
        }

        if (portal.Settings.Webhook is not { } settings)
        {
            await HttpAnswer.RefuseAsync(context, StatusCodes.Status409Conflict, "This portal has no webhook: PUT one first.");
            return;
        }

        if (state.Read(() => make(portal, settings)) is not { } post)
        {
            await HttpAnswer.RefuseAsync(context, StatusCodes.Status404NotFound, "There is no such lead.");
            return;
        }

        sender.Send(portal, post);
        await HttpAnswer.OwnAsync(context, new { post.Kind, post.LeadId, post.Fields }, StatusCodes.Status202Accepted);
    }

    private async Task<Portal?> PortalAsync(HttpContext context)
    {
        var portal = state.Find(OwnRoute.Value(context, "root"));
        if (portal is null)
        {
            await HttpAnswer.RefuseAsync(context, StatusCodes.Status404NotFound, "There is no such portal.");
        }

        return portal;
    }
}
