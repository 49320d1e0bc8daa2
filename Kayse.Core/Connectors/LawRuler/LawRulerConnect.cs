using Kayse.Core.Companies;
using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Checks credentials one by one and saves them only when all are right; finds out which way notes and recordings can be written.</summary>
public sealed class LawRulerConnect(
    LawRulerTokens tokens, LawRulerClient client, CrmHttp http, LawRulerHosts hosts, LawRulerConnections connections, LawRulerResume resume, SyncHealth health, AuditLog audit, TimeProvider clock)
{
    /// <summary>Connects a firm.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="given">The credentials; the client root as the admin typed it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<ConnectResult> ConnectAsync(CompanyId company, LawRulerCredentials given, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(given);
        if (ClientRoot.Parse(given.ClientRoot) is not { } root)
        {
            return new ConnectResult(false, [new CredentialCheck("clientRoot", false, "Expected the firm's subdomain: for https://yourfirm.lawruler.com it is yourfirm.")], []);
        }

        var credentials = given with { ClientRoot = root, ClientId = string.IsNullOrWhiteSpace(given.ClientId) ? root : given.ClientId };
        var settings = (await connections.GetAsync(company, cancellationToken)).Settings;
        var session = new LawRulerSession(company, credentials, settings);
        var token = await tokens.FetchAsync(credentials, cancellationToken);
        List<CredentialCheck> checks = [.. TokenChecks(token, root)];
        if (token.Fault != TokenFault.RootUnknown)
        {
            checks.Add(await KeyCheckAsync(session, cancellationToken));
        }

        if (checks.Any(check => !check.Ok))
        {
            await audit.WriteAsync(company, LawRulerConnections.Crm, "connect", "refused", null, null, $"Refused: {string.Join(", ", checks.Where(check => !check.Ok).Select(check => check.Credential))}.", cancellationToken);
            return new ConnectResult(false, checks, []);
        }

        return await SaveAsync(company, session, token, checks, cancellationToken);
    }

    private async Task<ConnectResult> SaveAsync(CompanyId company, LawRulerSession session, LawRulerToken token, List<CredentialCheck> checks, CancellationToken cancellationToken)
    {
        // The token cache belongs to saved credentials, so they are saved before the Advanced API is probed.
        await connections.SaveAsync(
            company, session.Credentials, old => old with { Connected = true, ClientRoot = session.Credentials.ClientRoot, ConnectedAt = clock.GetUtcNow(), DisconnectedAt = null }, cancellationToken);
        await tokens.KeepAsync(company, token, cancellationToken);
        var warnings = new List<string>();
        var notes = await ProbeAsync(session, session.Settings.GetNotesPath, "notes", session.Settings.NoteTransport, warnings, cancellationToken);
        var documents = await ProbeAsync(session, session.Settings.GetDocumentsPath, "documents", session.Settings.RecordingTransport, warnings, cancellationToken);
        await connections.ChangeAsync(
            company, old => old with { Warnings = warnings, Settings = old.Settings with { NoteTransport = notes, RecordingTransport = documents } }, cancellationToken);
        await health.AcceptedAsync(company, LawRulerConnections.Crm, cancellationToken);
        await audit.WriteAsync(company, LawRulerConnections.Crm, "connect", "done", null, null, $"Connected to {session.Credentials.ClientRoot}.", cancellationToken);
        await resume.RunAsync(company, cancellationToken);
        return new ConnectResult(true, checks, warnings);
    }

    private static IEnumerable<CredentialCheck> TokenChecks(LawRulerToken token, string root)
    {
        var unavailable = token.Fault is TokenFault.Unavailable or TokenFault.RootUnknown;
        yield return token.Fault switch
        {
            TokenFault.RootUnknown => new CredentialCheck("clientRoot", false, $"Law Ruler knows no {root}. Take the part before .lawruler.com of the address that you sign in at."),
            TokenFault.Unavailable => new CredentialCheck("clientRoot", false, "Law Ruler did not answer as expected. Check the Client Root, and that Law Ruler's support has enabled the Advanced API; then try again."),
            _ => new CredentialCheck("clientRoot", true, "Found."),
        };
        if (unavailable)
        {
            yield break;
        }

        var clientOk = token.Fault != TokenFault.ClientRefused;
        yield return new CredentialCheck("clientSecret", clientOk, clientOk ? "Accepted." : "Law Ruler refused the Client Secret. Copy it again from Law Ruler's support; where your portal has a client id of its own, give it as clientId.");
        if (clientOk)
        {
            var userOk = token.Fault == TokenFault.None;
            yield return new CredentialCheck("username", userOk, userOk ? "Accepted." : "Law Ruler refused the Username or the Password. Check that you can sign in with them.");
            yield return new CredentialCheck("password", userOk, userOk ? "Accepted." : "Law Ruler refused the Username or the Password. Check that you can sign in with them.");
        }
    }

    /// <summary>One harmless call with the Key: the status of a lead that cannot exist.</summary>
    private async Task<CredentialCheck> KeyCheckAsync(LawRulerSession session, CancellationToken cancellationToken)
    {
        var form = new[] { KeyValuePair.Create("Key", session.Credentials.Key), KeyValuePair.Create("Operation", "GetStatus"), KeyValuePair.Create("ReturnXML", "True"), KeyValuePair.Create("LeadID", "0") };
        var address = LawRulerHosts.At(hosts.PortalUrl, session.Credentials.ClientRoot, session.Settings.StatusPath);
        var response = await http.SendAsync(() => new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form) }, isUpload: false, cancellationToken);
        var kind = response.Fault == CrmFault.None ? LawRulerAnswerReader.Read(response.Status, response.Body).Kind : AnswerKind.Unreachable;
        return kind switch
        {
            AnswerKind.Success or AnswerKind.LeadUnknown or AnswerKind.StatusUnknown or AnswerKind.Refused => new CredentialCheck("key", true, "Accepted."),
            AnswerKind.KeyRefused or AnswerKind.Unauthorized => new CredentialCheck("key", false, "Law Ruler refused the Key. Copy it from Setup > 3rd Party Integrations."),
            AnswerKind.PathUnknown => new CredentialCheck("key", false, "Law Ruler has no such page. Check the Client Root, and the setting statusPath."),
            _ => new CredentialCheck("key", false, "Law Ruler did not answer as expected, so the Key could not be checked. Try again in a minute."),
        };
    }

    /// <summary>Which transport works: a path of the Advanced API that is not there means the Key pages.</summary>
    private async Task<LawRulerTransport> ProbeAsync(LawRulerSession session, string path, string what, LawRulerTransport? chosen, List<string> warnings, CancellationToken cancellationToken)
    {
        if (chosen == LawRulerTransport.KeyApi)
        {
            return LawRulerTransport.KeyApi;
        }

        var probe = path.Replace("{leadId}", "0", StringComparison.Ordinal).Replace("{page}", "1", StringComparison.Ordinal).Replace("{pageSize}", "1", StringComparison.Ordinal);
        var reply = await client.CallApiAsync(session, HttpMethod.Get, probe, static () => null, isUpload: false, cancellationToken);
        var kind = reply.Answer?.Kind ?? AnswerKind.Indeterminate;
        if (kind is AnswerKind.Success or AnswerKind.LeadUnknown or AnswerKind.Refused)
        {
            return LawRulerTransport.AdvancedApi;
        }

        if (kind == AnswerKind.PathUnknown && chosen is null)
        {
            warnings.Add($"The Advanced API has no path for {what} at {path.Split('?')[0]}; they are sent with the Key pages, where Kayse cannot look whether they arrived.");
            return LawRulerTransport.KeyApi;
        }

        warnings.Add($"The path for {what}, {path.Split('?')[0]}, could not be verified. Law Ruler does not publish it: check the first call's {what} in Law Ruler.");
        return chosen ?? LawRulerTransport.AdvancedApi;
    }
}

/// <summary>How connecting went.</summary>
/// <param name="Connected">True when every check passed and the credentials are saved.</param>
/// <param name="Checks">The checks.</param>
/// <param name="Warnings">What works, but not for sure.</param>
public sealed record ConnectResult(bool Connected, IReadOnlyList<CredentialCheck> Checks, IReadOnlyList<string> Warnings);

/// <summary>One credential's check.</summary>
/// <param name="Credential">Its name in the request.</param>
/// <param name="Ok">Whether it is right.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record CredentialCheck(string Credential, bool Ok, string Message);
