using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Sync;

/// <summary>How a firm's synchronisation with a CRM is doing, for its admins.</summary>
public sealed class SyncHealth(IEntityStore store, TimeProvider clock)
{
    /// <summary>The credentials that sign in: what reads takes them.</summary>
    public const string Login = "login";

    /// <summary>The key that goes along with what is written.</summary>
    public const string Key = "key";

    private readonly EntityTable<SyncState> _states = new(store, Tables.Integrations, static () => KayseJson.Default.SyncState);

    /// <summary>How it stands; an empty state before anything was synchronised.</summary>
    public async Task<SyncState> GetAsync(CompanyId company, string crm, CancellationToken cancellationToken) =>
        (await _states.GetAsync(Partitions.Of(company), Row(crm), cancellationToken))?.Value ?? new SyncState();

    /// <summary>Notes a pass of the integration sync that worked.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="crm">The CRM.</param>
    /// <param name="records">How many records it created or changed.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task SyncedAsync(CompanyId company, string crm, int records, CancellationToken cancellationToken) =>
        ChangeAsync(company, crm, old => old with { LastSync = clock.GetUtcNow(), RecordsSynced = old.RecordsSynced + records, FailingSince = null, LastError = null, Refused = Without(old.Refused, Login) }, cancellationToken);

    /// <summary>Counts records that were sent, or could not be, one by one: what that says of each stands with it, and nothing of it of the passes.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="crm">The CRM.</param>
    /// <param name="records">How many were sent.</param>
    /// <param name="errors">How many were given up or refused.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task CountAsync(CompanyId company, string crm, int records, int errors, CancellationToken cancellationToken) =>
        ChangeAsync(
            company, crm, old => old with { LastSync = records > 0 ? clock.GetUtcNow() : old.LastSync, RecordsSynced = old.RecordsSynced + records, Errors = old.Errors + errors }, cancellationToken);

    /// <summary>Notes that the CRM's statuses were read, which takes a sign-in.</summary>
    public Task PulledAsync(CompanyId company, string crm, CancellationToken cancellationToken) =>
        ChangeAsync(company, crm, old => old with { LastStatusPull = clock.GetUtcNow(), PullFailingSince = null, LastPullError = null, Refused = Without(old.Refused, Login) }, cancellationToken);

    /// <summary>Notes that the CRM's statuses could not be read.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="crm">The CRM.</param>
    /// <param name="error">What happened and what to do; a text of our own.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task PullFailedAsync(CompanyId company, string crm, string error, CancellationToken cancellationToken) =>
        ChangeAsync(company, crm, old => old with { Errors = old.Errors + 1, PullFailingSince = old.PullFailingSince ?? clock.GetUtcNow(), LastPullError = error }, cancellationToken);

    /// <summary>Notes that a status was written to the CRM, with its key.</summary>
    public Task PushedAsync(CompanyId company, string crm, CancellationToken cancellationToken) =>
        ChangeAsync(company, crm, old => old with { LastStatusPush = clock.GetUtcNow(), Refused = Without(old.Refused, Key) }, cancellationToken);

    /// <summary>Notes a pass that did not work.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="crm">The CRM.</param>
    /// <param name="error">What happened and what to do; a text of our own.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task FailedAsync(CompanyId company, string crm, string error, CancellationToken cancellationToken) =>
        ChangeAsync(company, crm, old => old with { Errors = old.Errors + 1, FailingSince = old.FailingSince ?? clock.GetUtcNow(), LastError = error }, cancellationToken);

    /// <summary>Notes that the CRM refused one of the firm's credentials.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="crm">The CRM.</param>
    /// <param name="credential">Which, e.g. <c>login</c> or <c>key</c>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task RefusedAsync(CompanyId company, string crm, string credential, CancellationToken cancellationToken)
    {
        if (!(await GetAsync(company, crm, cancellationToken)).Refused.ContainsKey(credential))
        {
            await ChangeAsync(company, crm, old => old.Refused.ContainsKey(credential) ? old : old with { Refused = With(old.Refused, credential, clock.GetUtcNow()) }, cancellationToken);
        }
    }

    /// <summary>Notes that the CRM took one of the firm's credentials: a refusal of it was a passing one.</summary>
    public async Task AcceptedAsync(CompanyId company, string crm, string credential, CancellationToken cancellationToken)
    {
        if ((await GetAsync(company, crm, cancellationToken)).Refused.ContainsKey(credential))
        {
            await ChangeAsync(company, crm, old => old with { Refused = Without(old.Refused, credential) }, cancellationToken);
        }
    }

    /// <summary>Notes that the firm was connected anew, or disconnected: what was refused and what failed before says nothing any more.</summary>
    public Task AcceptedAsync(CompanyId company, string crm, CancellationToken cancellationToken) =>
        ChangeAsync(company, crm, old => old with { Refused = new Dictionary<string, DateTimeOffset>(), FailingSince = null, LastError = null, PullFailingSince = null, LastPullError = null }, cancellationToken);

    /// <summary>Notes that the firm's webhooks were told of a failure.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="crm">The CRM.</param>
    /// <param name="failure">What fails.</param>
    /// <param name="since">Since when.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task ToldAsync(CompanyId company, string crm, string failure, DateTimeOffset since, CancellationToken cancellationToken) =>
        ChangeAsync(company, crm, old => old with { Told = With(old.Told, failure, since) }, cancellationToken);

    private static Dictionary<string, DateTimeOffset> With(IReadOnlyDictionary<string, DateTimeOffset> old, string name, DateTimeOffset time) =>
        new(old, StringComparer.Ordinal) { [name] = time };

    private static Dictionary<string, DateTimeOffset> Without(IReadOnlyDictionary<string, DateTimeOffset> old, string name) =>
        old.Where(pair => pair.Key != name).ToDictionary(StringComparer.Ordinal);

    private Task ChangeAsync(CompanyId company, string crm, Func<SyncState, SyncState> change, CancellationToken cancellationToken) =>
        _states.UpdateAsync(Partitions.Of(company), Row(crm), old => change(old ?? new SyncState()), cancellationToken);

    private static string Row(string crm) => $"health~{crm}";
}
