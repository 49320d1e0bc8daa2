using Kayse.Core.Companies;
using Kayse.Core.Mapping;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>The names of stages: Lawmatics tells a matter's stage by its id alone.</summary>
public sealed class LawmaticsStageNames(LawmaticsCatalog catalog, TimeProvider clock)
{
    // Each load costs of the firm's budget: ids that are in no list must not load it again and again.
    private static readonly TimeSpan s_fresh = TimeSpan.FromMinutes(1);

    /// <summary>Loads the list if it never was: before pages of matters are read, where each of them would need it.</summary>
    public Task LoadAsync(CompanyId company, CancellationToken cancellationToken) => catalog.StagesAsync(company, ListRead.LoadIfMissing, cancellationToken);

    /// <summary>A stage's name; null while the list cannot be loaded. A stage that is in no list goes by its number.</summary>
    public async Task<string?> FindAsync(CompanyId company, string stageId, CancellationToken cancellationToken)
    {
        var stages = await catalog.StagesAsync(company, ListRead.Stored, cancellationToken);
        if (stages.Items?.FirstOrDefault(stage => stage.Id == stageId) is { } known)
        {
            return known.Name;
        }

        var now = clock.GetUtcNow();
        if (stages.Fault?.At + s_fresh > now)
        {
            // Of a page of matters each would ask again.
            return null;
        }

        if (!(stages.LoadedAt + s_fresh > now))
        {
            stages = await catalog.StagesAsync(company, ListRead.Refresh, cancellationToken);
        }

        return stages is { Fault: null, Items: { } items } ? items.FirstOrDefault(stage => stage.Id == stageId)?.Name ?? Unnamed(stageId) : null;
    }

    /// <summary>Why the list could not be loaded; null when it was.</summary>
    public async Task<string?> FaultAsync(CompanyId company, CancellationToken cancellationToken) => (await catalog.StagesAsync(company, ListRead.Stored, cancellationToken)).Fault?.Reason;

    /// <summary>What a stage is called whose name is not known.</summary>
    public static string Unnamed(string stageId) => $"stage {stageId}";
}
