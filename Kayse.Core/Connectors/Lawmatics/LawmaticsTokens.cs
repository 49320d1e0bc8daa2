using System.Collections.Concurrent;
using Kayse.Core.Companies;
using Kayse.Core.Sync;
using Microsoft.Extensions.Logging;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// The token that a firm's calls bear. One that never ends, which is normal, is used as it is; one that ends and can be refreshed is refreshed five
/// minutes before, by one caller at a time however many wait. A token that Lawmatics refuses marks the connection: it has to be made anew.
/// </summary>
public sealed partial class LawmaticsTokens(
    LawmaticsConnections connections, LawmaticsOAuth oauth, TokenLease lease, SyncHealth health, AuditLog audit, TimeProvider clock, ILogger<LawmaticsTokens> logger) : IDisposable
{
    private static readonly TimeSpan s_margin = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_memory = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_refreshAgain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_holdAgain = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<CompanyId, SemaphoreSlim> _gates = new();
    private readonly ConcurrentDictionary<CompanyId, DateTimeOffset> _notBefore = new();
    private readonly ConcurrentDictionary<CompanyId, DateTimeOffset> _forced = new();

    /// <summary>The token to use, or why there is none.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="evenRefused">True to try one that Lawmatics has refused.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<LawmaticsTokenResult> GetAsync(CompanyId company, bool evenRefused, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(company, cancellationToken);
        if (!connection.Connected)
        {
            return new LawmaticsTokenResult(null, TokenFault.NotConnected);
        }

        if (connection.ReconnectNeededSince is not null && !evenRefused)
        {
            return new LawmaticsTokenResult(null, TokenFault.ReconnectNeeded);
        }

        if (await StoredAsync(company, connection, cancellationToken) is not { } stored)
        {
            return new LawmaticsTokenResult(null, TokenFault.ReconnectNeeded);
        }

        if (stored.Id != connection.TokenId)
        {
            // The firm is being connected anew, or was a moment ago.
            return new LawmaticsTokenResult(null, TokenFault.Busy);
        }

        return !IsDue(stored) ? new LawmaticsTokenResult(stored)
            : IsUnanswered(company) ? WhileUnanswered(stored)
            : await RefreshAsync(company, null, cancellationToken);
    }

    /// <summary>
    /// Lawmatics refused a token (401): the connection is marked and its work waits, unless another token has taken its place, or can be had: one that was ended before
    /// its time is refreshed.
    /// </summary>
    /// <returns>True when it was the connection's token; false when there is another by now, so that the call may be made again.</returns>
    public async Task<bool> RefusedAsync(CompanyId company, LawmaticsToken refused, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(refused);
        if (await connections.TokenAsync(company, TimeSpan.Zero, cancellationToken) is { } stored && stored.Text != refused.Text)
        {
            return false;
        }

        // A token that is refused as soon as it is there is not mended by the next.
        if (refused.RefreshToken is null || (_forced.TryGetValue(company, out var forced) && forced + s_margin > clock.GetUtcNow()))
        {
            await MarkAsync(company, refused, cancellationToken);
            return true;
        }

        if (IsUnanswered(company) || (await RefreshAsync(company, refused, cancellationToken)).Token is null)
        {
            return true;
        }

        _forced[company] = clock.GetUtcNow();
        return false;
    }

    /// <summary>Keeps refreshes away while a connection's token is replaced or deleted: one that is under way must not put its token back.</summary>
    public async Task<IAsyncDisposable> HoldAsync(CompanyId company, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await lease.TakeAsync(company, LawmaticsConnections.Crm, cancellationToken) is { } holder)
            {
                return new Held(lease, company, holder);
            }

#pragma warning disable RS0030 // A person's request waits here, no workflow and no activity.
            await Task.Delay(s_holdAgain, clock, cancellationToken);
#pragma warning restore RS0030
        }
    }

    /// <summary>Lawmatics took the token again: the mark goes, and the work goes on.</summary>
    public async Task AcceptedAsync(CompanyId company, CancellationToken cancellationToken)
    {
        await connections.ChangeAsync(company, old => old.ReconnectNeededSince is null ? old : old with { ReconnectNeededSince = null }, cancellationToken);
        await health.AcceptedAsync(company, LawmaticsConnections.Crm, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var gate in _gates.Values)
        {
            gate.Dispose();
        }
    }

    private bool IsDue(LawmaticsToken token) => token is { ExpiresAt: { } end, RefreshToken: not null } && end - s_margin <= clock.GetUtcNow();

    private async Task<LawmaticsToken?> StoredAsync(CompanyId company, LawmaticsConnection connection, CancellationToken cancellationToken)
    {
        var token = await connections.TokenAsync(company, s_memory, cancellationToken);
        // Another process may have connected the firm anew a moment ago.
        return token?.Id == connection.TokenId ? token : await connections.TokenAsync(company, TimeSpan.Zero, cancellationToken);
    }

    private bool IsDue(LawmaticsToken token, LawmaticsToken? refused) => IsDue(token) || token.Text == refused?.Text;

    /// <summary>True where a refresh found no answer a moment ago.</summary>
    private bool IsUnanswered(CompanyId company) => _notBefore.TryGetValue(company, out var notBefore) && notBefore > clock.GetUtcNow();

    private LawmaticsTokenResult WhileUnanswered(LawmaticsToken stored) =>
        stored.ExpiresAt > clock.GetUtcNow() ? new LawmaticsTokenResult(stored) : new LawmaticsTokenResult(null, TokenFault.Unavailable);

    private async Task<LawmaticsTokenResult> RefreshAsync(CompanyId company, LawmaticsToken? refused, CancellationToken cancellationToken)
    {
        var gate = _gates.GetOrAdd(company, static _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            return await RefreshOnceAsync(company, refused, cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<LawmaticsTokenResult> RefreshOnceAsync(CompanyId company, LawmaticsToken? refused, CancellationToken cancellationToken)
    {
        if (await connections.TokenAsync(company, s_memory, cancellationToken) is { } fresh && !IsDue(fresh, refused))
        {
            return new LawmaticsTokenResult(fresh);
        }

        if (await lease.TakeAsync(company, LawmaticsConnections.Crm, cancellationToken) is not { } holder)
        {
            // Another process is at it. What is left of the old token's time is good meanwhile.
            return await connections.TokenAsync(company, TimeSpan.Zero, cancellationToken) is { } left && left.ExpiresAt > clock.GetUtcNow() && left.Text != refused?.Text
                ? new LawmaticsTokenResult(left) : new LawmaticsTokenResult(null, TokenFault.Busy);
        }

        try
        {
            return await RefreshAloneAsync(company, refused, cancellationToken);
        }
        finally
        {
            await lease.ReleaseAsync(company, LawmaticsConnections.Crm, holder, CancellationToken.None);
        }
    }

    private async Task<LawmaticsTokenResult> RefreshAloneAsync(CompanyId company, LawmaticsToken? refused, CancellationToken cancellationToken)
    {
        if (await connections.TokenAsync(company, TimeSpan.Zero, cancellationToken) is not { } stored || await connections.ClientAsync(company, cancellationToken) is not { } client)
        {
            return new LawmaticsTokenResult(null, TokenFault.NotConnected);
        }

        if (!IsDue(stored, refused))
        {
            return new LawmaticsTokenResult(stored);
        }

        var grant = await oauth.RefreshAsync(client, stored, cancellationToken);
        if (grant.Token is { } token)
        {
            // Not the caller's wish to stop: a refresh token may be good for once, and the next one is in here.
            await connections.KeepTokenAsync(company, token, CancellationToken.None);
            await audit.WriteAsync(company, LawmaticsConnections.Crm, "token_refresh", "done", null, null, null, CancellationToken.None);
            return new LawmaticsTokenResult(token);
        }

        if (grant.Fault is GrantFault.GrantRefused or GrantFault.ClientRefused)
        {
            await MarkAsync(company, stored, cancellationToken);
            return new LawmaticsTokenResult(null, TokenFault.ReconnectNeeded);
        }

        _notBefore[company] = clock.GetUtcNow() + s_refreshAgain;
        return refused is null ? WhileUnanswered(stored) : new LawmaticsTokenResult(null, TokenFault.Unavailable);
    }

    private async Task MarkAsync(CompanyId company, LawmaticsToken refused, CancellationToken cancellationToken)
    {
        var isNew = false;
        var now = clock.GetUtcNow();
        await connections.ChangeAsync(company, old =>
        {
            isNew = old.Connected && old.TokenId == refused.Id && old.ReconnectNeededSince is null;
            return isNew ? old with { ReconnectNeededSince = now } : old;
        }, cancellationToken);
        if (isNew)
        {
            Log.ConnectionRefused(logger, company.ToString(), LawmaticsConnections.Crm);
            await health.RefusedAsync(company, LawmaticsConnections.Crm, SyncHealth.Login, cancellationToken);
            await audit.WriteAsync(company, LawmaticsConnections.Crm, "reconnect_needed", "warning", null, null, LawmaticsReasons.ReconnectNeeded, cancellationToken);
        }
    }

    private sealed class Held(TokenLease lease, CompanyId company, string holder) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await lease.ReleaseAsync(company, LawmaticsConnections.Crm, holder, CancellationToken.None);
    }

    private static partial class Log
    {
        // Its name is an alert's.
        [LoggerMessage(1, LogLevel.Error, "{Company}: {Crm} refused the firm's credentials; nothing is written there until an admin connects it again")]
        public static partial void ConnectionRefused(ILogger logger, string company, string crm);
    }
}

/// <summary>A token, or why there is none.</summary>
/// <param name="Token">The token.</param>
/// <param name="Fault">Why there is none.</param>
public sealed record LawmaticsTokenResult(LawmaticsToken? Token, TokenFault Fault = TokenFault.None);

/// <summary>Why there is no token to use.</summary>
public enum TokenFault
{
    /// <summary>There is one.</summary>
    None,

    /// <summary>The firm is not connected.</summary>
    NotConnected,

    /// <summary>Lawmatics refused the token: an admin has to connect again.</summary>
    ReconnectNeeded,

    /// <summary>Another process is refreshing it.</summary>
    Busy,

    /// <summary>It has ended, and Lawmatics did not answer the refresh.</summary>
    Unavailable,
}
