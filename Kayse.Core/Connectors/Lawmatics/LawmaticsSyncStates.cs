using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Where the syncs of cases stand, a row a case. A case has one sync at a time: what comes while it runs is taken along by it.</summary>
public sealed class LawmaticsSyncStates(IEntityStore store)
{
    private const string Part = "lawmatics-syncs";

    private readonly EntityTable<LawmaticsSyncState> _states = new(store, Tables.Links, static () => KayseJson.Default.LawmaticsSyncState);

    /// <summary>Where a case's sync stands, with the version it was read at; null before the first.</summary>
    public Task<Stored<LawmaticsSyncState>?> FindAsync(CompanyId company, CaseId id, CancellationToken cancellationToken) =>
        _states.GetAsync(Partition(company, id), id.ToString(), cancellationToken);

    /// <summary>Writes where it stands; false when another was faster.</summary>
    public Task<bool> WriteAsync(CompanyId company, CaseId id, Stored<LawmaticsSyncState>? old, LawmaticsSyncState state, CancellationToken cancellationToken) => old is null
        ? _states.InsertAsync(Partition(company, id), id.ToString(), state, cancellationToken)
        : _states.ReplaceAsync(Partition(company, id), old, state, cancellationToken);

    /// <summary>Notes that a sync begins a round: what was asked for until now is in it.</summary>
    public Task BeginAsync(CompanyId company, CaseId id, string workflow, CancellationToken cancellationToken) =>
        ChangeAsync(company, id, workflow, static old => old with { Taken = old.Wanted }, cancellationToken);

    /// <summary>Notes how a sync's round has ended; another sync that has taken its place is left alone.</summary>
    /// <returns>True when something was asked for since the round began: it goes on with another.</returns>
    public async Task<bool> EndAsync(CompanyId company, CaseId id, string workflow, string state, CancellationToken cancellationToken)
    {
        var after = await ChangeAsync(
            company, id, workflow, old => old.Wanted > old.Taken ? old : old with { Running = null, Last = workflow, LastState = state, IsByHand = false, IsBulk = false }, cancellationToken);
        return after?.Running == workflow;
    }

    /// <summary>Changes what stands of the sync that runs. Where there is no row, the firm was erased meanwhile: none is made.</summary>
    private async Task<LawmaticsSyncState?> ChangeAsync(CompanyId company, CaseId id, string workflow, Func<LawmaticsSyncState, LawmaticsSyncState> change, CancellationToken cancellationToken)
    {
        while (await FindAsync(company, id, cancellationToken) is { } row)
        {
            var next = row.Value.Running == workflow ? change(row.Value) : row.Value;
            if (next == row.Value || await _states.ReplaceAsync(Partition(company, id), row, next, cancellationToken))
            {
                return next;
            }
        }

        return null;
    }

    private static string Partition(CompanyId company, CaseId id) => Partitions.Spread(company, Part, id.ToString());
}

/// <summary>Where a case's sync stands.</summary>
public sealed record LawmaticsSyncState
{
    /// <summary>The sync that runs; null for none.</summary>
    public string? Running { get; init; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>How often a sync was asked for.</summary>
    public int Wanted { get; init; }

    /// <summary>How many of these the running sync's round has in it.</summary>
    public int Taken { get; init; }

    /// <summary>True while nobody but a bulk sync has asked for it.</summary>
    public bool IsBulk { get; init; }

    /// <summary>True when a person asked for it.</summary>
    public bool IsByHand { get; init; }

    /// <summary>The sync that ended last.</summary>
    public string? Last { get; init; }

    /// <summary>How it ended.</summary>
    public string? LastState { get; init; }
}
