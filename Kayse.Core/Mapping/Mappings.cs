using System.Buffers.Text;
using System.Text;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Mapping;

/// <summary>A firm's mappings to a CRM.</summary>
public sealed class Mappings(IEntityStore store)
{
    private readonly EntityTable<StatusMapping> _statuses = new(store, Tables.Mappings, static () => KayseJson.Default.StatusMapping);
    private readonly EntityTable<FieldMapping> _fields = new(store, Tables.Mappings, static () => KayseJson.Default.FieldMapping);

    private readonly EntityTable<CaseTypeLinks> _links = new(store, Tables.Mappings, static () => KayseJson.Default.CaseTypeLinks);
    private readonly EntityTable<StageMapping> _stages = new(store, Tables.Mappings, static () => KayseJson.Default.StageMapping);

    /// <summary>The status mapping.</summary>
    public async Task<StatusMapping> StatusesAsync(CompanyId company, string crm, CancellationToken cancellationToken) =>
        await FindStatusesAsync(company, crm, cancellationToken) ?? StatusMapping.None;

    /// <summary>The status mapping, or null while none was saved.</summary>
    public async Task<StatusMapping?> FindStatusesAsync(CompanyId company, string crm, CancellationToken cancellationToken) =>
        (await _statuses.GetAsync(Partitions.Of(company), $"{crm}~status", cancellationToken))?.Value;

    /// <summary>Replaces the status mapping.</summary>
    public Task SetStatusesAsync(CompanyId company, string crm, StatusMapping mapping, CancellationToken cancellationToken) =>
        _statuses.UpdateAsync(Partitions.Of(company), $"{crm}~status", _ => mapping, cancellationToken);

    /// <summary>The field mapping of a case type, or null.</summary>
    public async Task<FieldMapping?> FindFieldsAsync(CompanyId company, string crm, string caseType, CancellationToken cancellationToken) =>
        (await _fields.GetAsync(Partitions.Of(company), Row(crm, caseType), cancellationToken))?.Value;

    /// <summary>The field mapping that applies to a linked case type: its own, else one that was made under the CRM's name before they were linked, else the one for all; or none.</summary>
    public async Task<FieldMapping> FieldsForAsync(CompanyId company, string crm, CaseTypeLink link, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(link);
        return await FindFieldsAsync(company, crm, link.Kayse, cancellationToken)
            ?? await FindFieldsAsync(company, crm, link.Crm, cancellationToken)
            ?? await FindFieldsAsync(company, crm, FieldMapping.AnyCaseType, cancellationToken)
            ?? new FieldMapping(FieldMapping.AnyCaseType, []);
    }

    /// <summary>Which case types are linked.</summary>
    public async Task<CaseTypeLinks> LinksAsync(CompanyId company, string crm, CancellationToken cancellationToken) =>
        (await _links.GetAsync(Partitions.Of(company), $"{crm}~case-types", cancellationToken))?.Value ?? CaseTypeLinks.None;

    /// <summary>Replaces the links of case types.</summary>
    public Task SetLinksAsync(CompanyId company, string crm, CaseTypeLinks links, CancellationToken cancellationToken) =>
        _links.UpdateAsync(Partitions.Of(company), $"{crm}~case-types", _ => links, cancellationToken);

    /// <summary>Into which stage new cases go, as it was saved.</summary>
    public async Task<StageMapping> StagesAsync(CompanyId company, string crm, CancellationToken cancellationToken) =>
        (await _stages.GetAsync(Partitions.Of(company), $"{crm}~stages", cancellationToken))?.Value ?? StageMapping.None;

    /// <summary>Replaces the stage mapping.</summary>
    public Task SetStagesAsync(CompanyId company, string crm, StageMapping mapping, CancellationToken cancellationToken) =>
        _stages.UpdateAsync(Partitions.Of(company), $"{crm}~stages", _ => mapping, cancellationToken);

    /// <summary>Replaces the field mapping of a case type.</summary>
    public Task SetFieldsAsync(CompanyId company, string crm, FieldMapping mapping, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        return _fields.UpdateAsync(Partitions.Of(company), Row(crm, mapping.CaseType), _ => mapping, cancellationToken);
    }

    /// <summary>Takes the field mapping of a case type away; from then on the one for all applies to it. One that is not there is no error.</summary>
    public Task RemoveFieldsAsync(CompanyId company, string crm, string caseType, CancellationToken cancellationToken) =>
        _fields.RemoveAsync(Partitions.Of(company), Row(crm, caseType), cancellationToken);

    // A case type's name may have any character; a row key may not.
    private static string Row(string crm, string caseType) => $"{crm}~fields~{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(caseType.Trim().ToUpperInvariant()))}";
}
