using System.Text.Json.Serialization;

namespace Kayse.Sandbox.LawRuler;

/// <summary>How a portal behaves where nobody outside Law Ruler knows, or where portals differ.</summary>
internal sealed record PortalOptions
{
    /// <summary>The pages that answer the Key API.</summary>
    public IReadOnlyList<string> KeyApiPages { get; init; } =
        ["api-legalrcampaign.aspx", "api-legalcrmapp.aspx", "lawruler-parsing.aspx"];

    /// <summary>A new lead needs a name, CellPhone and Email1.</summary>
    public bool RequireContactFields { get; init; } = true;

    /// <summary>The parameters of which one must be <c>true</c> for an update. The sources disagree on the name.</summary>
    public IReadOnlyList<string> OverrideFlags { get; init; } = ["OverriddenLead", "overridelead"];

    public MissingOverride WithoutOverride { get; init; } = MissingOverride.Duplicate;

    public string DuplicateText { get; init; } = "Duplicate Lead";

    /// <summary>The duplicate's answer names the lead that is there already.</summary>
    public bool DuplicateEchoesLeadId { get; init; }

    public UnknownName UnknownStatus { get; init; } = UnknownName.Error;

    public UnknownName UnknownCaseType { get; init; } = UnknownName.Error;

    /// <summary>What happens to a custom field that is on none of the portal's forms.</summary>
    public UnknownField UnknownField { get; init; } = UnknownField.Keep;

    public InvalidKey InvalidKey { get; init; } = InvalidKey.Text;

    /// <summary>Refuse what looks like markup, as ASP.NET does unless told otherwise.</summary>
    public bool RequestValidation { get; init; } = true;

    /// <summary>Calls a minute of either API, the token endpoint apart; 0 is no limit.</summary>
    public int RateLimitPerMinute { get; init; }

    /// <summary>Whether Law Ruler's support has switched the Advanced API on for this firm.</summary>
    public bool AdvancedApi { get; init; } = true;

    /// <summary>Whether the paths under ApiNotes exist.</summary>
    public bool NotesApi { get; init; } = true;

    /// <summary>Whether the paths under ApiDocuments exist.</summary>
    public bool DocumentsApi { get; init; } = true;

    /// <summary>Whether the paths of the lookups (case types, statuses, fields) exist.</summary>
    public bool LookupsApi { get; init; } = true;

    /// <summary>Whether a lead's detail tells what its fields say.</summary>
    public bool LeadFields { get; init; } = true;

    /// <summary>Whether a lead tells the ids of its contact, case type and status.</summary>
    public bool LeadIds { get; init; }

    /// <summary>Names of documents whose download fails, whoever asks.</summary>
    public IReadOnlyList<string> BrokenDocuments { get; init; } = [];

    /// <summary>A lead's notes are the same page, whichever is asked for, and the list never says that it ends.</summary>
    public bool EndlessNotes { get; init; }

    public int TokenLifetimeSeconds { get; init; } = 3600;

    /// <summary>Every bearer token is refused while this is on.</summary>
    public bool RejectTokens { get; init; }

    public LeadShape LeadShape { get; init; } = LeadShape.Wrapped;

    public MissingFolder MissingFolder { get; init; } = MissingFolder.Create;

    /// <summary>A second status of the same name appears under another id.</summary>
    public bool DuplicateStatusNames { get; init; }

    /// <summary>The most records that the Advanced API gives a page, whatever it is asked for.</summary>
    public int MaxPageSize { get; init; } = 500;

    /// <summary>The date that a search's FromDate and ToDate compare.</summary>
    public SearchDate SearchDate { get; init; } = SearchDate.Updated;
}

/// <summary>What happens to an update without the override flag.</summary>
internal enum MissingOverride
{
    /// <summary>It is answered as a duplicate, and nothing is written.</summary>
    Duplicate,

    /// <summary>It is answered as a success, and nothing is written.</summary>
    Ignore,

    /// <summary>It is written.</summary>
    Accept,
}

/// <summary>What happens to a status or case type that the portal does not have.</summary>
internal enum UnknownName
{
    /// <summary>200 with an error text, and nothing is written.</summary>
    Error,

    /// <summary>The rest is written, and nothing is said.</summary>
    Ignore,
}

/// <summary>What happens to a custom field that the portal does not have.</summary>
internal enum UnknownField
{
    /// <summary>It is written.</summary>
    Keep,

    /// <summary>It is left out, and nothing is said.</summary>
    Ignore,
}

/// <summary>How a wrong key is answered.</summary>
internal enum InvalidKey
{
    /// <summary>200 with an error text.</summary>
    Text,

    /// <summary>401.</summary>
    [JsonStringEnumMemberName("401")]
    Unauthorized,

    /// <summary>403.</summary>
    [JsonStringEnumMemberName("403")]
    Forbidden,
}

/// <summary>How GetLead answers: both have been seen.</summary>
internal enum LeadShape
{
    /// <summary>Under <c>Data</c>.</summary>
    Wrapped,

    /// <summary>The lead itself.</summary>
    Bare,
}

/// <summary>What happens to an upload into a folder that does not exist.</summary>
internal enum MissingFolder
{
    /// <summary>The folder is made.</summary>
    Create,

    /// <summary>404.</summary>
    NotFound,
}

/// <summary>The date that a search compares.</summary>
internal enum SearchDate
{
    /// <summary>The last change.</summary>
    Updated,

    /// <summary>The creation.</summary>
    Created,
}
