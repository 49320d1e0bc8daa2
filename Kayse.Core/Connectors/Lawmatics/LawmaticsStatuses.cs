using Kayse.Core.Companies;
using Kayse.Core.Mapping;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>What a stage of Lawmatics' means for a case's status in Kayse: as an admin has mapped it, else the defaults. A stage without a pair leaves a case's status as it is, and is listed.</summary>
public sealed class LawmaticsStatuses(Mappings mappings, LawmaticsConnections connections)
{
    /// <summary>The mapping while nobody has saved one.</summary>
    public static StatusMapping Defaults { get; } = new([new("active", "Retained"), new("active", "Hired"), new("closed", "Closed")]);

    /// <summary>The mapping of the Lawmatics firm that is connected, or was last.</summary>
    public async Task<StatusMapping> MappingAsync(CompanyId company, CancellationToken cancellationToken) => await SavedAsync(company, cancellationToken) ?? Defaults;

    /// <summary>What was saved; null while nothing was.</summary>
    public async Task<StatusMapping?> SavedAsync(CompanyId company, CancellationToken cancellationToken) =>
        await mappings.FindStatusesAsync(company, await KeyAsync(company, cancellationToken), cancellationToken);

    /// <summary>Replaces the mapping.</summary>
    public async Task SaveAsync(CompanyId company, StatusMapping mapping, CancellationToken cancellationToken) =>
        await mappings.SetStatusesAsync(company, await KeyAsync(company, cancellationToken), mapping, cancellationToken);

    private async Task<string> KeyAsync(CompanyId company, CancellationToken cancellationToken) =>
        LawmaticsStages.Key(LawmaticsLinks.FirmOf(await connections.GetAsync(company, cancellationToken)));
}
