using Kayse.Core.Companies;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>A firm's connection to Lawmatics. Never a secret: those are in the secret store.</summary>
public sealed record LawmaticsConnection
{
    /// <summary>True when a token is there that Lawmatics accepted once.</summary>
    public bool Connected { get; init; }

    /// <summary>When it was connected.</summary>
    public DateTimeOffset? ConnectedAt { get; init; }

    /// <summary>Whose account it is; kept when the firm disconnects, so that another one is recognised.</summary>
    public LawmaticsAccount? Account { get; init; }

    /// <summary>Lawmatics' id of the firm that was connected before Lawmatics said its id; null where it did so from the start.</summary>
    public string? FirmOnceUnknown { get; init; }

    /// <summary>By what links, mappings and announcements name the Lawmatics firm. It stays the same when the firm's id becomes known later.</summary>
    public string LinkFirm => Account?.FirmId is { } firm && firm != FirmOnceUnknown ? firm : "unknown";

    /// <summary>The id, of our own, of the token that the connection works with.</summary>
    public string? TokenId { get; init; }

    /// <summary>Since when Lawmatics refuses the token (401); null while it takes it. Until then all work waits.</summary>
    public DateTimeOffset? ReconnectNeededSince { get; init; }

    /// <summary>Since when the integration is paused; null while it is not.</summary>
    public DateTimeOffset? PausedSince { get; init; }

    /// <summary>The account of another Lawmatics firm that somebody signed in to, and that an admin is asked about; null when there is no question.</summary>
    public LawmaticsAccount? OtherAccount { get; init; }

    /// <summary>What connecting warned about.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What is switched on.</summary>
    public LawmaticsToggles Toggles { get; init; } = new();

    /// <summary>The settings.</summary>
    public LawmaticsSettings Settings { get; init; } = new();

    /// <summary>Connected and not paused. Work may still have to wait for a new sign-in: see <see cref="CanWork"/>.</summary>
    public bool IsActive => Connected && Toggles.EnableIntegration;

    /// <summary>Connected, not paused, and the token is good as far as is known.</summary>
    public bool CanWork => IsActive && ReconnectNeededSince is null;

    /// <summary>The connection with its pause noted as its toggles say.</summary>
    public LawmaticsConnection PauseNoted(DateTimeOffset now) => this with { PausedSince = Toggles.EnableIntegration ? null : PausedSince ?? now };

    /// <summary>How calls go to this connection; what it is replaced by takes none of them.</summary>
    /// <param name="company">The firm whose it is.</param>
    /// <param name="priority">Whether somebody waits.</param>
    public LawmaticsSession Session(CompanyId company, LawmaticsPriority priority = LawmaticsPriority.Live) => new(company, Settings, priority) { TokenId = TokenId };

    /// <summary>The connection with an account that Lawmatics names: also of a firm that it did not name before.</summary>
    public LawmaticsConnection Of(LawmaticsAccount account)
    {
        ArgumentNullException.ThrowIfNull(account);
        var isNamedNow = Account is { FirmId: null } && account.FirmId is not null;
        return this with { Account = account with { FirmId = account.FirmId ?? Account?.FirmId }, FirmOnceUnknown = FirmOnceUnknown ?? (isNamedNow ? account.FirmId : null) };
    }
}

/// <summary>An account in Lawmatics.</summary>
/// <param name="FirmId">Lawmatics' id of the firm, by which webhooks are matched; null where Lawmatics did not say it.</param>
/// <param name="UserId">Lawmatics' id of the user who signed in.</param>
/// <param name="UserName">That user's name, or null.</param>
public sealed record LawmaticsAccount(string? FirmId, string? UserId, string? UserName)
{
    /// <summary>True when both are known to be of different firms.</summary>
    public bool IsAnotherFirmThan(LawmaticsAccount? other) => FirmId is not null && other?.FirmId is { } known && known != FirmId;

    /// <summary>Never the name.</summary>
    public override string ToString() => $"LawmaticsAccount {{ {FirmId} }}";
}
