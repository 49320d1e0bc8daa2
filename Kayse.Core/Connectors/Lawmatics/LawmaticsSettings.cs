using System.Text.Json.Serialization;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>How a firm's Lawmatics is talked to. What its documents leave open is here, with the likeliest reading as the default.</summary>
public sealed record LawmaticsSettings
{
    /// <summary>Requests in any minute, over all of the firm's work. Lawmatics' documents say 50 for all apps of the firm together, its help centre 150.</summary>
    public int RequestsPerMinute { get; init; } = 45;

    /// <summary>How much of what may be sent at once bulk work and polls leave to live syncs, in percent.</summary>
    public double LiveReservePercent { get; init; } = 70;

    /// <summary>Requests at the same time.</summary>
    public int Concurrency { get; init; } = 2;

    /// <summary>Seconds to wait after a 429 that does not say how long.</summary>
    public double RateLimitWaitSeconds { get; init; } = 60;

    /// <summary>Seconds before a failed step is tried again; doubled each time.</summary>
    public double RetryFirstSeconds { get; init; } = 5;

    /// <summary>The most seconds between two attempts.</summary>
    public double RetryMaxSeconds { get; init; } = 1800;

    /// <summary>Hours after which a step is given up.</summary>
    public double RetryWindowHours { get; init; } = 24;

    /// <summary>Seconds to wait before looking whether a write without an answer took effect: Lawmatics may still apply it.</summary>
    public double SettleSeconds { get; init; } = 60;

    /// <summary>How contacts, matters and activities are written; the defaults for a connection that was stored without.</summary>
    public LawmaticsSyncSettings Sync { get; init => field = value ?? new(); } = new();

    /// <summary>How webhooks are recognised and read.</summary>
    public LawmaticsWebhookSettings Webhook { get; init => field = value ?? new(); } = new();

    /// <summary>How stages are polled.</summary>
    public LawmaticsPollingSettings Polling { get; init => field = value ?? new(); } = new();

    /// <summary>How forms are read.</summary>
    public LawmaticsFormSettings Forms { get; init => field = value ?? new(); } = new();
}

/// <summary>How contacts, matters and activities are written.</summary>
public sealed record LawmaticsSyncSettings
{
    /// <summary>How a contact is searched.</summary>
    public LawmaticsContactSearch ContactSearch { get; init; } = LawmaticsContactSearch.Finder;

    /// <summary>Also takes a contact with the same phone number (its last ten digits) where the client has no e-mail address. Off: then a new one is made.</summary>
    public bool MatchByPhone { get; init; }

    /// <summary>Reads a matter's stage after writing it: it is not certain that Lawmatics takes <c>stage_id</c>.</summary>
    public bool VerifyStageAfterWrite { get; init; } = true;

    /// <summary>Where the completion of an intake is written.</summary>
    public LawmaticsActivityMode ActivityMode { get; init; } = LawmaticsActivityMode.ContactInlineNote;

    /// <summary>Writes a contact's note as a note of the type <c>Contact</c>. Off: it goes with the contact, since it is not certain that notes take that type.</summary>
    public bool ContactNotesByType { get; init; }

    /// <summary>The name of the note or the type of the interaction.</summary>
    public string ActivityName { get; init; } = "Kayse intake";

    /// <summary>Tags that a matter gets when it is created.</summary>
    public IReadOnlyList<string> Tags { get; init; } = ["Kayse"];

    /// <summary>Uploads documents besides linking to the portal. Off, as the customer's guide has it.</summary>
    public bool UploadFiles { get; init; }

    /// <summary>The most megabytes of a document that is uploaded. Lawmatics takes 1 GB and advises less than 100 MB.</summary>
    public int MaxFileMegabytes { get; init; } = 100;
}

/// <summary>A way to search contacts.</summary>
[JsonConverter(typeof(NamesOnlyConverter<LawmaticsContactSearch>))]
public enum LawmaticsContactSearch
{
    /// <summary><c>/contacts/find_by_email/…</c>: documented, and fuzzy.</summary>
    Finder,

    /// <summary><c>/contacts?filter_by=email</c>: exact, where the field can be filtered by.</summary>
    Filter,
}

/// <summary>Where the completion of an intake is written.</summary>
[JsonConverter(typeof(NamesOnlyConverter<LawmaticsActivityMode>))]
public enum LawmaticsActivityMode
{
    /// <summary>A note on the contact.</summary>
    ContactInlineNote,

    /// <summary>A note on the matter.</summary>
    MatterNote,

    /// <summary>An interaction of the matter, which its timeline shows.</summary>
    Interaction,
}

/// <summary>How stages are polled: Lawmatics sends no event for a stage that changed.</summary>
public sealed record LawmaticsPollingSettings
{
    /// <summary>True to poll.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Minutes between two polls; five at least.</summary>
    public double Minutes { get; init; } = 5;

    /// <summary>Minutes that are read again before the time up to which all was read.</summary>
    public double OverlapMinutes { get; init; } = 2;
}

/// <summary>How forms are read.</summary>
public sealed record LawmaticsFormSettings
{
    /// <summary>Sends the token with the read of a form at once. Off: only when Lawmatics asks for it, since its documents say that none is needed.</summary>
    public bool AlwaysWithToken { get; init; }

    /// <summary>Words in the type of a form's component with which Lawmatics' API cannot take the form; what Lawmatics calls them exactly is not documented.</summary>
    public IReadOnlyList<string> BlockedComponents { get; init; } = ["payment", "relationship"];
}
