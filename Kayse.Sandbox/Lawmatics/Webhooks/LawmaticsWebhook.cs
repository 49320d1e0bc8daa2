using Kayse.Sandbox.Webhooks;

namespace Kayse.Sandbox.Lawmatics.Webhooks;

/// <summary>The webhook of Settings &gt; Webhooks, and the unkindnesses to send it with.</summary>
internal sealed record LawmaticsWebhook
{
    private static readonly string[] LiveTypes = ["matter.converted"];

    private static readonly string[] ListedTypes =
    [
        "matter.created", "matter.status_changed", "matter.updated", "matter.note_added", "matter.task_completed", "form.submitted",
        "invoice.created", "invoice.paid", "document.signed", "contact.updated", "contact.merged", "contact.deleted",
    ];

    private static readonly string[] SeedTypes = ["contact.created", "matter.stage_changed", "form.submitted", "envelope.completed"];

    /// <summary>Where to send; only this machine's own addresses are allowed. Null sends nothing.</summary>
    public string? Url { get; init; }

    public bool Active { get; init; } = true;

    /// <summary>Which changes are told of by themselves.</summary>
    public WebhookVocabulary Events { get; init; } = WebhookVocabulary.Live;

    /// <summary>How often each event is sent, with one event id.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>An event is held back until the next one has been sent.</summary>
    public bool OutOfOrder { get; init; }

    /// <summary>What the waits between the tries are multiplied with.</summary>
    public double TimeScale { get; init; } = 1;

    /// <summary>How long an answer may take.</summary>
    public int TimeoutMs { get; init; } = 10_000;

    public bool Selects(string type) => Url is not null && Active && (LiveTypes.Contains(type, StringComparer.Ordinal) || Events switch
    {
        WebhookVocabulary.Extended => ListedTypes.Contains(type, StringComparer.Ordinal),
        WebhookVocabulary.Seed => SeedTypes.Contains(type, StringComparer.Ordinal),
        WebhookVocabulary.All => true,
        _ => false,
    });

    /// <exception cref="WrongRequestException">The destination is not on this machine, or a number makes no sense.</exception>
    public void Check()
    {
        if (Url is not null && !LoopbackHandler.Allows(Url))
        {
            throw new WrongRequestException("url must be http or https on localhost, 127.0.0.1 or [::1]: the sandbox calls nobody else.");
        }

        if (Repeats is < 1 or > 1000 || TimeoutMs < 1 || !(TimeScale is >= 0 and <= 100))
        {
            throw new WrongRequestException("repeats must be from 1 to 1000, timeoutMs 1 or more, timeScale from 0 to 100.");
        }
    }
}

/// <summary>Which events Lawmatics sends by itself.</summary>
internal enum WebhookVocabulary
{
    /// <summary>The only one that is delivered today: <c>matter.converted</c>.</summary>
    Live,

    /// <summary>Those that the help centre lists.</summary>
    Extended,

    /// <summary><c>matter.converted</c> and the names of the customer's documents.</summary>
    Seed,

    /// <summary>Everything that happens.</summary>
    All,
}
