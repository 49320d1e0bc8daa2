using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Mapping;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Whether a case's data goes to Law Ruler by its type: the one place for all that is sent.</summary>
public sealed class OutboundCaseTypes(Mappings mappings)
{
    /// <summary>True when data of the case goes out.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="matter">The case, or null where Kayse has none.</param>
    /// <param name="caseType">The type that is told where there is no case, or null.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<bool> IncludesAsync(CompanyId company, LawRulerSettings settings, Case? matter, string? caseType, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.OutboundCaseTypes.Count == 0)
        {
            return true;
        }

        var name = matter?.CaseType ?? caseType;
        var links = await mappings.LinksAsync(company, LawRulerConnections.Crm, cancellationToken);
        return settings.SendsCaseType(name, links.Find(matter?.CaseTypeId, name));
    }
}
