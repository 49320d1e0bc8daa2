namespace Kayse.Tests.Torture;

/// <summary>A receiver, the webhook that leads to it, and which events it must get.</summary>
/// <param name="Name">Its name at the sandbox.</param>
/// <param name="Kind">How it behaves.</param>
/// <param name="Filter">The webhook's filter as it is sent.</param>
/// <param name="Gets">The same filter in the test's own words.</param>
internal sealed record WebhookReceiver(string Name, WebhookReceiverKind Kind, object Filter, Func<WebhookEvent, bool> Gets)
{
    /// <summary>After so many good answers the one that goes away says 410.</summary>
    public const int GoneAfter = 40;

    /// <summary>All twenty.</summary>
    public static IReadOnlyList<WebhookReceiver> All { get; } =
    [
        Whole("fine-1", WebhookReceiverKind.Fine),
        Whole("fine-2", WebhookReceiverKind.Fine),
        Whole("fine-3", WebhookReceiverKind.Fine),
        Whole("fine-4", WebhookReceiverKind.Fine),
        Of("fine-types", WebhookReceiverKind.Fine, "matter.created", "document.approved"),
        new("fine-campaign", WebhookReceiverKind.Fine, new { events = new[] { "call_started", "transfer_started" }, campaigns = new[] { WebhookEvent.Spring } }, one => one.Campaign == WebhookEvent.Spring),
        new("fine-case", WebhookReceiverKind.Fine, new { caseTypes = new[] { WebhookEvent.AutoAccident } }, one => one.CaseType == WebhookEvent.AutoAccident),
        new("fine-both", WebhookReceiverKind.Fine, new { events = new[] { "message_sent" }, caseTypes = new[] { WebhookEvent.AutoAccident } }, one => one is { Type: "message_sent", CaseType: WebhookEvent.AutoAccident }),
        Whole("moody-1", WebhookReceiverKind.Moody),
        Whole("moody-2", WebhookReceiverKind.Moody),
        Of("moody-3", WebhookReceiverKind.Moody, "task_completed", "call_started"),
        Whole("resetting-1", WebhookReceiverKind.Resetting),
        Of("resetting-2", WebhookReceiverKind.Resetting, "message_delivered"),
        Of("slow-1", WebhookReceiverKind.Slow, "matter.created"),
        Of("slow-2", WebhookReceiverKind.Slow, "call_started"),
        Of("broken-1", WebhookReceiverKind.Broken, "task_completed"),
        Of("broken-2", WebhookReceiverKind.Broken, "form_submitted", "message_sent"),
        Of("redirecting", WebhookReceiverKind.Redirecting, "document.approved"),
        Whole("going", WebhookReceiverKind.Going),
        Of("silent", WebhookReceiverKind.Silent, "transfer_started"),
    ];

    /// <summary>Every delivery to it ends delivered.</summary>
    public bool TakesAll => Kind is WebhookReceiverKind.Fine or WebhookReceiverKind.Slow or WebhookReceiverKind.Moody or WebhookReceiverKind.Resetting;

    /// <summary>It takes each at the first attempt, so only a kill can send one twice.</summary>
    public bool TakesAtOnce => Kind is WebhookReceiverKind.Fine or WebhookReceiverKind.Slow;

    /// <summary>Where deliveries to it may stand in the end.</summary>
    public IReadOnlyList<string> States => TakesAll ? ["delivered"] : Kind == WebhookReceiverKind.Going ? ["delivered", "failed", "skipped"] : ["waiting", "failed"];

    /// <summary>What the sandbox is told to answer.</summary>
    public object Script => Kind switch
    {
        WebhookReceiverKind.Slow => new { delayMs = 1200 },
        WebhookReceiverKind.Moody => new { sequence = Times(6, new { status = 500 }, Ok, After(429), Ok, Ok, After(503), Ok) },
        WebhookReceiverKind.Resetting => new { sequence = Times(12, new { reset = true }, Ok) },
        WebhookReceiverKind.Broken => new { status = 500 },
        WebhookReceiverKind.Redirecting => new { status = 302, headers = new { location = "/receiver/fine-1" } },
        WebhookReceiverKind.Going => new { status = 410, sequence = Times(GoneAfter, Ok) },
        WebhookReceiverKind.Silent => new { delayMs = 3_600_000 },
        _ => Ok,
    };

    private static object Ok => new { status = 200 };

    private static object After(int status) => new { status, headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Retry-After"] = "1" } };

    private static object[] Times(int count, params object[] answers) => [.. Enumerable.Repeat(answers, count).SelectMany(these => these)];

    private static WebhookReceiver Whole(string name, WebhookReceiverKind kind) => new(name, kind, new { }, _ => true);

    private static WebhookReceiver Of(string name, WebhookReceiverKind kind, params string[] types) => new(name, kind, new { events = types }, one => types.Contains(one.Type));
}

/// <summary>How a receiver behaves.</summary>
internal enum WebhookReceiverKind
{
    /// <summary>Takes each at once.</summary>
    Fine,

    /// <summary>Takes each after a while.</summary>
    Slow,

    /// <summary>Answers 500, 429 and 503 now and then.</summary>
    Moody,

    /// <summary>Cuts the connection now and then.</summary>
    Resetting,

    /// <summary>Answers 500 always.</summary>
    Broken,

    /// <summary>Sends elsewhere always.</summary>
    Redirecting,

    /// <summary>Says at some time that it is gone.</summary>
    Going,

    /// <summary>Never answers.</summary>
    Silent,
}
