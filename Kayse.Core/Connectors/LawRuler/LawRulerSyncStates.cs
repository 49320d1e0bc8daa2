using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Where firms' syncs stand. Only the sync that is noted as running moves the cursors.</summary>
public sealed class LawRulerSyncStates(IEntityStore store)
{
    private const string Row = $"{LawRulerConnections.Crm}~sync";

    private readonly EntityTable<LawRulerSyncState> _states = new(store, Tables.Integrations, static () => KayseJson.Default.LawRulerSyncState);

    /// <summary>Where a firm's sync stands, with the version it was read at; null before the first.</summary>
    public Task<Stored<LawRulerSyncState>?> FindAsync(CompanyId company, CancellationToken cancellationToken) => _states.GetAsync(Partitions.Of(company), Row, cancellationToken);

    /// <summary>Writes where it stands; false when another was faster.</summary>
    public Task<bool> WriteAsync(CompanyId company, Stored<LawRulerSyncState>? old, LawRulerSyncState state, CancellationToken cancellationToken) => old is null
        ? _states.InsertAsync(Partitions.Of(company), Row, state, cancellationToken)
        : _states.ReplaceAsync(Partitions.Of(company), old, state, cancellationToken);

    /// <summary>Notes that a sync has ended; another that has taken its place is left alone.</summary>
    public Task EndAsync(CompanyId company, string workflow, CancellationToken cancellationToken) =>
        _states.UpdateAsync(Partitions.Of(company), Row, old => old is null || old.Running != workflow ? old ?? new LawRulerSyncState() : old with { Running = null }, cancellationToken);
}
