using Kayse.Core.Companies;
using Kayse.Core.Mapping;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>What Lawmatics' stages and sub statuses are in Kayse.</summary>
public sealed class LawmaticsStatuses(Mappings mappings)
{
    /// <summary>The mapping while nobody has saved one.</summary>
    public static StatusMapping Defaults { get; } = new([new("active", "Retained")]);

    /// <summary>The saved mapping, else the defaults.</summary>
    public async Task<StatusMapping> MappingAsync(CompanyId company, CancellationToken cancellationToken) =>
        await mappings.StatusesAsync(company, LawmaticsConnections.Crm, cancellationToken) is { Entries.Count: > 0 } saved ? saved : Defaults;

    /// <summary>Replaces the mapping.</summary>
    public Task SaveAsync(CompanyId company, StatusMapping mapping, CancellationToken cancellationToken) => mappings.SetStatusesAsync(company, LawmaticsConnections.Crm, mapping, cancellationToken);
}
