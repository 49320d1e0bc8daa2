using System.Text.Json.Serialization;

namespace Kayse.Sandbox.Lawmatics;

/// <summary>How a Lawmatics firm behaves where the sources disagree, or say nothing.</summary>
internal sealed record LawmaticsOptions
{
    /// <summary>What the authorise page does when it is opened.</summary>
    public AuthorizePage AuthorizePage { get; init; } = AuthorizePage.Show;

    /// <summary>The redirect URIs that the OAuth client may use, exactly as written; none means any on this machine.</summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>The id of the client whose firm the admin is signed in to; null is the firm of the client itself.</summary>
    public string? SignedInTo { get; init; }

    public int CodeLifetimeSeconds { get; init; } = 600;

    /// <summary>Token answers carry <c>expires_in</c> and <c>refresh_token</c>; the documented ones never do.</summary>
    public bool RefreshTokens { get; init; }

    public int TokenLifetimeSeconds { get; init; } = 7200;

    /// <summary>A refresh token is good for one use.</summary>
    public bool RotateRefreshTokens { get; init; } = true;

    /// <summary>Whether <c>POST /oauth/revoke</c> exists; the documents know of none.</summary>
    public bool RevokeEndpoint { get; init; }

    /// <summary>Every bearer token is refused while this is on.</summary>
    public bool RejectTokens { get; init; }

    /// <summary>Calls a minute over all of the firm's tokens; 0 is no limit.</summary>
    public int RateLimitPerMinute { get; init; } = 50;

    /// <summary>The <c>Retry-After</c> of a 429; null sends none.</summary>
    public int? RetryAfterSeconds { get; init; } = 60;

    /// <summary>How long a write keeps its caller waiting once the record is there.</summary>
    public int WriteDelayMs { get; init; }

    /// <summary>The same for creating and deleting contacts, the slowest writes there are; null is as the others.</summary>
    public int? ContactWriteDelayMs { get; init; }

    /// <summary>A finder's first hit is a record that is similar to what was searched for, and another, wherever there is one.</summary>
    public bool WrongFirstHit { get; init; }

    public NotFoundShape NotFound { get; init; } = NotFoundShape.NotFound;

    public DuplicateEmail DuplicateEmail { get; init; } = DuplicateEmail.Duplicate;

    /// <summary>The stage of a matter that was created without one.</summary>
    public MissingStage MissingStage { get; init; } = MissingStage.First;

    /// <summary>A <c>stage_id</c> is accepted and not written.</summary>
    public bool IgnoreStage { get; init; }

    /// <summary>A note with <c>notable_type</c> Contact is refused.</summary>
    public bool RefuseContactNotes { get; init; }

    /// <summary>How the ids in <c>custom_fields</c> are written.</summary>
    public CustomFieldIds CustomFieldIds { get; init; } = CustomFieldIds.Mixed;

    /// <summary>The same custom field stands twice in a record's list, as in the saved responses.</summary>
    public bool RepeatCustomFields { get; init; } = true;

    /// <summary>Reading a form needs a token.</summary>
    public bool FormsNeedToken { get; init; }

    /// <summary>Lists forms by 25, without a word of how many pages there are.</summary>
    public bool FormsInPages { get; init; }

    /// <summary>Filters that are refused although the field exists, such as <c>prospects.updated_at</c>.</summary>
    public IReadOnlyList<string> RefusedFilters { get; init; } = ["interactions.matter_id"];
}

/// <summary>What the authorise page does.</summary>
internal enum AuthorizePage
{
    /// <summary>It asks, with a button to allow and one to refuse.</summary>
    Show,

    /// <summary>It allows at once, as for an admin who has clicked.</summary>
    Grant,

    /// <summary>It refuses at once.</summary>
    Deny,
}

/// <summary>How a finder says that there is nothing.</summary>
internal enum NotFoundShape
{
    /// <summary>404.</summary>
    [JsonStringEnumMemberName("404")]
    NotFound,

    /// <summary>200 with <c>data</c> null.</summary>
    Null,
}

/// <summary>What <c>POST /contacts</c> does with an e-mail address that a contact has already.</summary>
internal enum DuplicateEmail
{
    /// <summary>A second contact.</summary>
    Duplicate,

    /// <summary>The contact that is there is updated and answered.</summary>
    Merge,

    /// <summary>422.</summary>
    [JsonStringEnumMemberName("422")]
    Refuse,
}

/// <summary>The stage of a matter that was created without one.</summary>
internal enum MissingStage
{
    /// <summary>The first stage of the intake pipeline.</summary>
    First,

    /// <summary>None.</summary>
    Null,
}

/// <summary>How the ids in <c>custom_fields</c> are written.</summary>
internal enum CustomFieldIds
{
    /// <summary>A contact's as numbers and a matter's as text, as seen.</summary>
    Mixed,

    /// <summary>Numbers.</summary>
    Number,

    /// <summary>Text.</summary>
    Text,
}
