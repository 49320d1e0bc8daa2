using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Calls;

/// <summary>Which calls' analyses have come, even where the connection was paused: the end of such a call need not start anything.</summary>
public sealed class CallAnalyses(IEntityStore store)
{
    private readonly EntityTable<CallAnalysisEntry> _entries = new(store, Tables.Links, static () => KayseJson.Default.CallAnalysisEntry);

    /// <summary>Notes that a call's analysis has come.</summary>
    public Task NoteAsync(CompanyId company, CallId call, string eventId, CancellationToken cancellationToken) =>
        _entries.InsertAsync(Partitions.Spread(company, call.ToString()), Row(call), new CallAnalysisEntry(eventId), cancellationToken);

    /// <summary>True when it has.</summary>
    public async Task<bool> HasComeAsync(CompanyId company, CallId call, CancellationToken cancellationToken) =>
        await _entries.GetAsync(Partitions.Spread(company, call.ToString()), Row(call), cancellationToken) is not null;

    private static string Row(CallId call) => $"analysis~{call}";
}

/// <summary>The event that brought a call's analysis.</summary>
/// <param name="Event">Its id.</param>
public sealed record CallAnalysisEntry(string Event);
