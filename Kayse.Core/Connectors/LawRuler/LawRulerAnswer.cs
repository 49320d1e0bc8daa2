namespace Kayse.Core.Connectors.LawRuler;

/// <summary>What Law Ruler's answer means. Its 200 is not success: the text decides.</summary>
/// <param name="Kind">The meaning.</param>
/// <param name="LeadId">The lead that a success names, or null.</param>
/// <param name="Status">The status that a read returned, or null.</param>
/// <param name="RetryAfter">With <see cref="AnswerKind.RateLimited"/>: how long to wait, or null where it does not say.</param>
/// <param name="Body">The JSON of the Advanced API, or null.</param>
public sealed record LawRulerAnswer(AnswerKind Kind, string? LeadId = null, string? Status = null, TimeSpan? RetryAfter = null, System.Text.Json.JsonElement? Body = null)
{
    /// <summary>The beginning of what it says, for an admin who asked: it may hold a client's data and goes into no log.</summary>
    public string? Text { get; init; }

    /// <summary>True when there was no answer: Law Ruler may still be at it.</summary>
    public bool IsMissing => Kind is AnswerKind.TimedOut or AnswerKind.Broken;

    /// <summary>True when no word of it tells whether a write took effect: whoever stands behind an error page may still be at it.</summary>
    public bool MayStillTakeEffect => IsMissing || Kind is AnswerKind.Unavailable or AnswerKind.Indeterminate;

    /// <summary>True when nothing reached Law Ruler.</summary>
    public bool NothingWasSent => Kind is AnswerKind.Unreachable or AnswerKind.LoginRefused or AnswerKind.LoginUnclear;

    /// <summary>True when the request was turned away before anybody looked at what it asks for.</summary>
    public bool WasTurnedAway => Kind is AnswerKind.RateLimited or AnswerKind.KeyRefused or AnswerKind.Unauthorized or AnswerKind.TokenRefused or AnswerKind.ApiDisabled or AnswerKind.PathUnknown;
}

/// <summary>The meaning of an answer.</summary>
public enum AnswerKind
{
    /// <summary>It says that it worked.</summary>
    Success,

    /// <summary>The Key was refused.</summary>
    KeyRefused,

    /// <summary>401 or 403 without a word why: a wrong Key where a portal is set so, or a passing fault.</summary>
    Unauthorized,

    /// <summary>The token was refused: it ended early or was revoked.</summary>
    TokenRefused,

    /// <summary>No token is given for these credentials.</summary>
    LoginRefused,

    /// <summary>No token is given, without a word why: wrong credentials, or a passing fault.</summary>
    LoginUnclear,

    /// <summary>The Advanced API is not switched on for the firm.</summary>
    ApiDisabled,

    /// <summary>There is no such lead.</summary>
    LeadUnknown,

    /// <summary>There is no such status.</summary>
    StatusUnknown,

    /// <summary>There is no such path.</summary>
    PathUnknown,

    /// <summary>It was refused for another reason.</summary>
    Refused,

    /// <summary>Too many requests.</summary>
    RateLimited,

    /// <summary>Law Ruler has a fault of its own (5xx).</summary>
    Unavailable,

    /// <summary>No connection was made: nothing was sent.</summary>
    Unreachable,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>The connection broke before the whole answer was there.</summary>
    Broken,

    /// <summary>The answer cannot be read: a login page, an error page, nothing at all.</summary>
    Indeterminate,
}
