using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// Connects a firm by OAuth 2.0's authorization code: a person signs in at Lawmatics with the firm's own client, the code is exchanged here, and the token
/// is kept when Lawmatics says whose it is. No browser ever sees a token.
/// </summary>
public sealed class LawmaticsConnect(
    LawmaticsSignIns signIns, LawmaticsOAuth oauth, LawmaticsHosts hosts, LawmaticsClient client, LawmaticsConnections connections, LawmaticsTokens tokens, LawmaticsResume resume, WorkflowRecords workflows, AuditLog audit, TimeProvider clock)
{
    private const int MaxName = 200;

    private const string NoFirmId = "Lawmatics did not say which firm the account belongs to. Webhooks cannot be matched by the firm's id, and another firm's account would not be recognised.";

    /// <summary>Begins a sign-in; returns where to send the person.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="oauthClient">The firm's own OAuth client.</param>
    /// <param name="caller">Who begins it.</param>
    /// <param name="redirectUri">Where Lawmatics sends the person back to; exactly as it stands in the app's settings in Lawmatics.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<Uri> BeginAsync(CompanyId company, LawmaticsOAuthClient oauthClient, string caller, string redirectUri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(oauthClient);
        var state = await signIns.BeginAsync(company, oauthClient, caller, redirectUri, cancellationToken);
        await WriteAsync(company, "connect_begun", "done", null);
        return hosts.Authorize(oauthClient.ClientId, redirectUri, state);
    }

    /// <summary>Ends a sign-in with what Lawmatics' redirect brought. It is used up by that, however it ends.</summary>
    /// <param name="state">The <c>state</c>.</param>
    /// <param name="code">The <c>code</c>, or null.</param>
    /// <param name="isCallers">True when the browser may end a sign-in of the given firm and caller.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<SignInEnd> FinishAsync(string? state, string? code, Func<CompanyId, string, Task<bool>> isCallers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(isCallers);
        if (await signIns.TakeAsync(state, cancellationToken) is not var (company, signIn, oauthClient))
        {
            return SignInEnd.Unknown;
        }

        if (!await isCallers(company, signIn.Caller))
        {
            return await RefuseAsync(company, SignInEnd.NotTheCaller, "It was ended by another than who began it.");
        }

        if (string.IsNullOrEmpty(code))
        {
            return await RefuseAsync(company, SignInEnd.Declined, "Access was declined in Lawmatics.");
        }

        // From here on the code is used up: what it brought is saved even when the browser has gone.
        var grant = await oauth.ExchangeAsync(oauthClient, code, signIn.RedirectUri, CancellationToken.None);
        return grant.Token is { } token ? await CheckAsync(company, new LawmaticsSignedIn(oauthClient, token))
            : grant.Fault == GrantFault.ClientRefused ? await RefuseAsync(company, SignInEnd.ClientRefused, "Lawmatics refused the client id or the client secret.")
            : grant.Fault == GrantFault.GrantRefused ? await RefuseAsync(company, SignInEnd.CodeRefused, "Lawmatics refused the code: it had ended, or the redirect URI is not the app's.")
            : await RefuseAsync(company, SignInEnd.Unavailable, "Lawmatics did not answer the exchange of the code as it should.");
    }

    /// <summary>Answers the question about another firm's account: connects it, or forgets it.</summary>
    /// <returns>False when there is no such question.</returns>
    public async Task<bool> AnswerAsync(CompanyId company, bool useOther, CancellationToken cancellationToken)
    {
        if ((await connections.GetAsync(company, cancellationToken)).OtherAccount is not { } account || await connections.OtherAsync(company, cancellationToken) is not { } other)
        {
            return false;
        }

        if (useOther)
        {
            await SaveAsync(company, other, account);
        }
        else
        {
            await connections.DropOtherAsync(company, cancellationToken);
            await WriteAsync(company, "connect_other_firm", "refused", "The other firm's account was not taken.");
        }

        return true;
    }

    /// <summary>Asks Lawmatics whose the token is. A token that it takes again ends the wait for a new sign-in.</summary>
    public async Task<LawmaticsReply> TestAsync(CompanyId company, CancellationToken cancellationToken)
    {
        if (await connections.SessionAsync(company, LawmaticsPriority.Live, cancellationToken) is not { } session)
        {
            return LawmaticsReply.Of(LawmaticsKind.NotConnected);
        }

        var reply = await client.SendAsync(session, new LawmaticsRequest(HttpMethod.Get, LawmaticsClient.MePath) { EvenRefused = true }, cancellationToken);
        if (reply is { IsSuccess: true, Answer.Record: { } record })
        {
            await tokens.AcceptedAsync(company, cancellationToken);
            var account = AccountOf(record);
            await connections.ChangeAsync(company, old => old.Account?.FirmId is null && account.FirmId is not null ? old.Of(account) with { Warnings = [] } : old, cancellationToken);
        }

        await audit.WriteAsync(
            company, LawmaticsConnections.Crm, "connection_test", reply.IsSuccess ? "done" : "refused", null, null, reply.IsSuccess ? null : reply.Answer is { } answer ? LawmaticsReasons.Said(answer) ?? LawmaticsReasons.Of(reply) : LawmaticsReasons.Of(reply), cancellationToken);
        return reply;
    }

    private async Task<SignInEnd> CheckAsync(CompanyId company, LawmaticsSignedIn signedIn)
    {
        var answer = await client.WhoAmIAsync(signedIn.Token, CancellationToken.None);
        if (answer is not { Kind: LawmaticsKind.Success, Record: { } record })
        {
            var end = answer.Kind is LawmaticsKind.TokenRefused or LawmaticsKind.Forbidden ? SignInEnd.TokenRefused : SignInEnd.Unavailable;
            return await RefuseAsync(company, end, $"The connection test did not work. {LawmaticsReasons.Said(answer) ?? LawmaticsReasons.Of(new LawmaticsReply(answer))}");
        }

        var account = AccountOf(record);
        var known = (await connections.GetAsync(company, CancellationToken.None)).Account;
        if (!account.IsAnotherFirmThan(known))
        {
            await SaveAsync(company, signedIn, account);
            return SignInEnd.Connected;
        }

        await connections.AskAsync(company, signedIn, account, CancellationToken.None);
        await WriteAsync(company, "connect_other_firm", "warning", $"The account is of Lawmatics' firm {account.FirmId}; until now it was {known!.FirmId}. An admin has to say which is right.");
        return SignInEnd.OtherFirm;
    }

    private async Task SaveAsync(CompanyId company, LawmaticsSignedIn signedIn, LawmaticsAccount account)
    {
        var before = (Client: await connections.ClientAsync(company, CancellationToken.None), Token: await connections.TokenAsync(company, TimeSpan.Zero, CancellationToken.None));
        var isOther = account.IsAnotherFirmThan((await connections.GetAsync(company, CancellationToken.None)).Account);
        await using (await tokens.HoldAsync(company, CancellationToken.None))
        {
            if (isOther)
            {
                // What was on its way to the one firm must not go on in the other.
                await workflows.TerminateAllAsync(company, name => name.StartsWith(LawmaticsDisconnect.WorkflowPrefix, StringComparison.Ordinal), LawmaticsDisconnect.StoppedForAnother, CancellationToken.None);
            }

            await connections.SaveAsync(
                company,
                signedIn,
                old => old.Of(account) with
                {
                    Connected = true,
                    ConnectedAt = clock.GetUtcNow(),
                    TokenId = signedIn.Token.Id,
                    ReconnectNeededSince = null,
                    OtherAccount = null,
                    Warnings = account.FirmId is null ? [NoFirmId] : [],
                },
                CancellationToken.None);
        }

        await tokens.AcceptedAsync(company, CancellationToken.None);
        await WriteAsync(company, "connect", "done", account.FirmId is { } firm ? $"Connected to Lawmatics' firm {firm}." : NoFirmId);
        if (before is { Client: { } oldClient, Token: { } oldToken } && oldToken.Text != signedIn.Token.Text)
        {
            await oauth.RevokeAsync(oldClient, oldToken.Text, CancellationToken.None);
        }

        if (!isOther)
        {
            await resume.RunAsync(company, CancellationToken.None);
        }
    }

    /// <summary>Whose account a user's record is; the firm is a relationship (docs.lawmatics.com, "Users", with <c>fields=all</c>).</summary>
    private static LawmaticsAccount AccountOf(LawmaticsRecord user)
    {
        var firm = user.Related("current_firm") ?? user.Text("firm_id");
        var name = user.Text("name")?.Trim() is { Length: > 0 and <= MaxName } text && !text.Any(char.IsControl) ? text : null;
        return new LawmaticsAccount(Ids.IsValid(firm) ? firm : null, Ids.IsValid(user.Id) ? user.Id : null, name);
    }

    private async Task<SignInEnd> RefuseAsync(CompanyId company, SignInEnd end, string detail)
    {
        await WriteAsync(company, "connect", "refused", detail);
        return end;
    }

    private Task WriteAsync(CompanyId company, string action, string outcome, string? detail) =>
        audit.WriteAsync(company, LawmaticsConnections.Crm, action, outcome, null, null, detail, CancellationToken.None);
}

/// <summary>How a sign-in ended.</summary>
public enum SignInEnd
{
    /// <summary>The firm is connected.</summary>
    Connected,

    /// <summary>The account is of another Lawmatics firm than before: an admin is asked.</summary>
    OtherFirm,

    /// <summary>Nobody began it, it was ended before, or it took too long.</summary>
    Unknown,

    /// <summary>Another than who began it brought it.</summary>
    NotTheCaller,

    /// <summary>The person declined, or Lawmatics sent no code.</summary>
    Declined,

    /// <summary>The client id or secret is wrong.</summary>
    ClientRefused,

    /// <summary>The code was refused.</summary>
    CodeRefused,

    /// <summary>Lawmatics gave a token that it does not take.</summary>
    TokenRefused,

    /// <summary>Lawmatics did not answer as it should.</summary>
    Unavailable,
}
