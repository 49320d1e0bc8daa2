using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Kayse.Sandbox.State;

namespace Kayse.Sandbox.Lawmatics.Webhooks;

/// <summary>Setting a firm's webhook up, sending by hand, and looking at what was sent: <c>/_sandbox/lawmatics/{client}/webhook</c>.</summary>
internal sealed class LawmaticsWebhookRoutes(SandboxState state, LawmaticsSender sender, SandboxOptions options)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        const string Base = "/_sandbox/lawmatics/{client}/webhook";
        routes.MapGet(Base, FirmRoutes.ForFirm(state, ShowAsync));
        routes.MapPut(Base, FirmRoutes.ForFirm(state, SetAsync));
        routes.MapPost(Base + "/regenerate-secret", FirmRoutes.ForFirm(state, RegenerateAsync));
        routes.MapPost(Base + "/send", FirmRoutes.ForFirm(state, SendAsync));
        routes.MapPost(Base + "/flush", FirmRoutes.ForFirm(state, FlushAsync));
    }

    private async Task ShowAsync(HttpContext context, LawmaticsFirm firm)
    {
        if (context.Request.Query["settled"] == "true")
        {
            await firm.Outbox.Settled.WaitAsync(context.RequestAborted);
        }

        var (deliveries, pending, held) = firm.Outbox.Look();
        await HttpAnswer.OwnAsync(context, new { settings = firm.Settings.Webhook, secret = firm.WebhookSecret, pending, held, deliveries });
    }

    private async Task SetAsync(HttpContext context, LawmaticsFirm firm)
    {
        var changes = await OwnRoute.BodyAsync<JsonObject>(context);
        var secret = changes["secret"]?.ToString();
        changes.Remove("secret");
        var settings = SandboxJson.Merge(firm.Settings.Webhook, changes);
        settings.Check();
        state.Change(() =>
        {
            firm.Settings = firm.Settings with { Webhook = settings };
            return secret is null ? firm.WebhookSecret : Replace(firm, secret);
        });
        await HttpAnswer.OwnAsync(context, new { settings, secret = firm.WebhookSecret });
    }

    private Task RegenerateAsync(HttpContext context, LawmaticsFirm firm) =>
        HttpAnswer.OwnAsync(context, new { secret = state.Change(() => Replace(firm, "whsec_" + RandomNumberGenerator.GetHexString(40, lowercase: true))) });

    private static string Replace(LawmaticsFirm firm, string secret)
    {
        firm.PreviousWebhookSecret = firm.WebhookSecret;
        return firm.WebhookSecret = secret;
    }

    private async Task SendAsync(HttpContext context, LawmaticsFirm firm)
    {
        var input = await OwnRoute.BodyAsync<SentEvent>(context);
        if (firm.Settings.Webhook.Url is null)
        {
            await HttpAnswer.RefuseAsync(context, StatusCodes.Status409Conflict, "This firm's webhook has no url: PUT one first.");
            return;
        }

        if (input.Repeats is < 1 or > 1000)
        {
            throw new WrongRequestException("repeats must be from 1 to 1000.");
        }

        var post = input.ToPost(firm, options.Clock.GetUtcNow());
        sender.Send(firm, post);
        await HttpAnswer.OwnAsync(context, new { post.EventId, post.EventType, post.Body }, StatusCodes.Status202Accepted);
    }

    private Task FlushAsync(HttpContext context, LawmaticsFirm firm)
    {
        sender.Flush(firm);
        return HttpAnswer.OwnAsync(context, new JsonObject(), StatusCodes.Status202Accepted);
    }

    /// <summary>An event that a test sends, whatever happened.</summary>
    private sealed record SentEvent
    {
        public string EventType { get; init; } = "matter.converted";

        public string? EventId { get; init; }

        /// <summary>Another firm's than this one.</summary>
        public long? FirmId { get; init; }

        public string Version { get; init; } = "v1";

        public DateTimeOffset? OccurredAt { get; init; }

        public long? MatterId { get; init; }

        public long? ContactId { get; init; }

        /// <summary>The data whole, instead of an id.</summary>
        public JsonObject? Data { get; init; }

        /// <summary>The body whole, as text, instead of all of this.</summary>
        public string? Body { get; init; }

        public SignatureKind Signature { get; init; } = SignatureKind.Valid;

        public int TimestampOffsetSeconds { get; init; }

        public bool OmitEventId { get; init; }

        public int Repeats { get; init; } = 1;

        public LawmaticsPost ToPost(LawmaticsFirm firm, DateTimeOffset now)
        {
            var id = EventId ?? LawmaticsPost.NewId();
            return new LawmaticsPost
            {
                EventId = id,
                EventType = EventType,
                Body = Body ?? LawmaticsPost.Write(id, FirmId ?? firm.Settings.FirmId, EventType, Version, OccurredAt ?? now, Data ?? Ids()),
                Signature = Signature,
                TimestampOffsetSeconds = TimestampOffsetSeconds,
                OmitEventId = OmitEventId,
                Repeats = Repeats,
            };
        }

        private JsonObject Ids()
        {
            var ids = new JsonObject();
            if (MatterId is { } matter)
            {
                ids["matter_id"] = matter;
            }

            if (ContactId is { } contact)
            {
                ids["contact_id"] = contact;
            }

            return ids;
        }
    }
}
