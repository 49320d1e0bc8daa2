using Kayse.Core.Companies;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Whose Lawmatics a call goes to, and how.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Priority">Whether somebody waits for it.</param>
public sealed record LawmaticsSession(CompanyId Company, LawmaticsSettings Settings, LawmaticsPriority Priority = LawmaticsPriority.Live)
{
    /// <summary>Leave that an attempt has taken for its requests; null for one that asks for each by itself.</summary>
    public RequestLeave? Leave { get; init; }

    /// <summary>The token that the calls bear; null for the connection's, whichever it is. Where another connection has taken this one's place, nothing is sent.</summary>
    public string? TokenId { get; init; }
}

/// <summary>How a request stands to the others of its firm: they share one budget.</summary>
public enum LawmaticsPriority
{
    /// <summary>It came from an event or a person and goes before bulk work.</summary>
    Live,

    /// <summary>Part of bulk work or a poll: it leaves to live work what the setting <see cref="LawmaticsSettings.LiveReservePercent"/> says.</summary>
    Bulk,
}
