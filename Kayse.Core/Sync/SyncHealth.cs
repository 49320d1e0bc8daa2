using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Sync;

/// <summary>How a firm's synchronisation with a CRM is doing, for its admins.</summary>
public sealed class SyncHealth(IEntityStore store, TimeProvider clock)
{
    private readonly EntityTable<SyncState> _states = new(store, Tables.Integrations, KayseJson.Default.SyncState);

    /// <summary>How it stands; an empty state before anything was synchronised.</summary>
    public async Task<SyncState> GetAsync(CompanyId company, string crm, CancellationToken cancellationToken) =>
        (await _states.GetAsync(Partitions.Of(company), Row(crm), cancellationToken))?.Value ?? new SyncState();

    /// <summary>Notes a pass of the integration sync that worked.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="crm">The CRM.</param>
    /// <param name="records">How many records it created or changed.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task SyncedAsync(CompanyId company, string crm, int records, CancellationToken cancellationToken) =>
        ChangeAsync(company, crm, old => old with { LastSync = clock.GetUtcNow(), RecordsSynced = old.RecordsSynced + records, FailingSince = null, LastError = null }, cancellationToken);

    /// <summary>Notes that the CRM's statuses were read.</summary>
    public Task PulledAsync(CompanyId company, string crm, CancellationToken cancellationToken) =>
        ChangeAsync(company, crm, old => old with { LastStatusPull = clock.GetUtcNow(), PullFailingSince = null, LastPullError = null }, cancellationToken);

    /// <summary>Notes that the CRM's statuses could not be read.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="crm">The CRM.</param>
    /// <param name="error">What happened and what to do; a text of our own.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task PullFailedAsync(CompanyId company, string crm, string error, CancellationToken cancellationToken) =>
        ChangeAsync(company, crm, old => old with { Errors = old.Errors + 1, PullFailingSince = old.PullFailingSince ?? clock.GetUtcNow(), LastPullError = error }, cancellationToken);

    /// <summary>Notes that a status was written to the CRM.</summary>
    public Task PushedAsync(CompanyId company, string crm, CancellationToken cancellationToken) =>
        ChangeAsync(company, crm, old => old with { LastStatusPush = clock.GetUtcNow() }, cancellationToken);

    /// <summary>Notes a pass that did not work.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="crm">The CRM.</param>
    /// <param name="error">What happened and what to do; a text of our own.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task FailedAsync(CompanyId company, string crm, string error, CancellationToken cancellationToken) =>
        ChangeAsync(company, crm, old => old with { Errors = old.Errors + 1, FailingSince = old.FailingSince ?? clock.GetUtcNow(), LastError = error }, cancellationToken);

    /// <summary>Notes that the CRM refused the firm's credentials.</summary>
    public async Task RefusedAsync(CompanyId company, string crm, CancellationToken cancellationToken)
    {
        if ((await GetAsync(company, crm, cancellationToken)).RefusedSince is null)
        {
            await ChangeAsync(company, crm, old => old with { RefusedSince = old.RefusedSince ?? clock.GetUtcNow() }, cancellationToken);
        }
    }

    /// <summary>Notes that the CRM took the firm's credentials, new or old.</summary>
    public Task AcceptedAsync(CompanyId company, string crm, CancellationToken cancellationToken) =>
        ChangeAsync(company, crm, old => old with { RefusedSince = null, FailingSince = null, LastError = null, PullFailingSince = null, LastPullError = null }, cancellationToken);

    /// <summary>Notes that the firm's webhooks were told of a failure.</summary>
    public Task ToldAsync(CompanyId company, string crm, DateTimeOffset since, CancellationToken cancellationToken) =>
        ChangeAsync(company, crm, old => old with { ToldOf = since }, cancellationToken);

    private Task ChangeAsync(CompanyId company, string crm, Func<SyncState, SyncState> change, CancellationToken cancellationToken) =>
        _states.UpdateAsync(Partitions.Of(company), Row(crm), old => change(old ?? new SyncState()), cancellationToken);

    private static string Row(string crm) => $"health~{crm}";
}
