using System.Text.Json;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>What Lawmatics' answer means, or why there is none.</summary>
/// <param name="Kind">The meaning.</param>
public sealed record LawmaticsAnswer(LawmaticsKind Kind)
{
    /// <summary>The JSON of a success; null for a success without content (204).</summary>
    public JsonElement? Body { get; init; }

    /// <summary>What Lawmatics said of a failure, for the audit log and for an admin who asked: it may hold a client's data and goes into no other log and no workflow.</summary>
    public string? Message { get; init; }

    /// <summary>Lawmatics' <c>X-Request-Id</c>, for its support; null where it sent none.</summary>
    public string? RequestId { get; init; }

    /// <summary>How long to wait, where Lawmatics asks for it.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The record of a success; null where there is none (<c>{"data":null}</c>).</summary>
    public LawmaticsRecord? Record => Body is { } body && JsonText.Property(body, "data") is { ValueKind: JsonValueKind.Object } data ? new LawmaticsRecord(data) : null;

    /// <summary>The records of a list; one record counts as a list of one.</summary>
    public IReadOnlyList<LawmaticsRecord> Records => Body is { } body && JsonText.Property(body, "data") is { ValueKind: JsonValueKind.Array } data
        ? [.. data.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.Object).Select(one => new LawmaticsRecord(one))]
        : Record is { } single ? [single] : [];

    /// <summary>How many pages a list has (<c>meta.total_pages</c>); null where it does not say. A list's <c>links</c> are not to be followed: their paths are wrong.</summary>
    public int? TotalPages => Meta("total_pages");

    /// <summary>How many records a list has in all (<c>meta.total_entries</c>); null where it does not say.</summary>
    public int? TotalEntries => Meta("total_entries");

    /// <summary>True when there was no answer: Lawmatics may still be at it.</summary>
    public bool IsMissing => Kind is LawmaticsKind.TimedOut or LawmaticsKind.Broken;

    /// <summary>True when no word of it tells whether a write took effect.</summary>
    public bool MayStillTakeEffect => IsMissing || Kind is LawmaticsKind.Unavailable or LawmaticsKind.Indeterminate;

    /// <summary>True when nothing reached Lawmatics.</summary>
    public bool NothingWasSent => Kind is LawmaticsKind.Unreachable or LawmaticsKind.NotConnected or LawmaticsKind.ReconnectNeeded or LawmaticsKind.TokenUnavailable;

    /// <summary>True when the request was turned away before anybody looked at what it asks for.</summary>
    public bool WasTurnedAway => Kind is LawmaticsKind.RateLimited or LawmaticsKind.TokenRefused or LawmaticsKind.Forbidden or LawmaticsKind.PathUnknown;

    /// <summary>Never the contents.</summary>
    public override string ToString() => $"LawmaticsAnswer {{ {Kind} }}";

    private int? Meta(string name) =>
        Body is { } body && JsonText.Property(body, "meta") is { } meta && JsonText.Number(meta, name) is { } number && number is >= 0 and <= int.MaxValue ? (int)number : null;
}

/// <summary>The meaning of an answer.</summary>
public enum LawmaticsKind
{
    /// <summary>It worked.</summary>
    Success,

    /// <summary>401: the token is wrong or was revoked. The connection is marked.</summary>
    TokenRefused,

    /// <summary>403: the account may not do this.</summary>
    Forbidden,

    /// <summary>404: there is no such record.</summary>
    NotFound,

    /// <summary>404: there is no such path.</summary>
    PathUnknown,

    /// <summary>422 or another 4xx: Lawmatics does not take what was sent.</summary>
    Refused,

    /// <summary>429: too many requests.</summary>
    RateLimited,

    /// <summary>5xx: Lawmatics has a fault of its own.</summary>
    Unavailable,

    /// <summary>No connection was made: nothing was sent.</summary>
    Unreachable,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>The connection broke before the whole answer was there.</summary>
    Broken,

    /// <summary>The answer cannot be read: a page, broken JSON, nothing at all.</summary>
    Indeterminate,

    /// <summary>Nothing was sent: the firm is not connected.</summary>
    NotConnected,

    /// <summary>Nothing was sent: the connection waits for an admin to sign in anew.</summary>
    ReconnectNeeded,

    /// <summary>Nothing was sent: the token has ended, and Lawmatics did not answer its refresh.</summary>
    TokenUnavailable,
}

/// <summary>An answer; or none, because the firm's budget is spent.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="ComeBack">When to try, where there is none.</param>
public sealed record LawmaticsReply(LawmaticsAnswer? Answer, DateTimeOffset ComeBack = default)
{
    /// <summary>True when Lawmatics says that it worked.</summary>
    public bool IsSuccess => Answer?.Kind == LawmaticsKind.Success;

    /// <summary>Nothing was sent.</summary>
    public static LawmaticsReply Later(DateTimeOffset comeBack) => new(null, comeBack);

    /// <summary>An answer of a kind.</summary>
    public static LawmaticsReply Of(LawmaticsKind kind) => new(new LawmaticsAnswer(kind));
}
