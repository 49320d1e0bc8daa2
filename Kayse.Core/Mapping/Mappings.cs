using System.Buffers.Text;
using System.Text;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Mapping;

/// <summary>A firm's mappings to a CRM.</summary>
public sealed class Mappings(IEntityStore store)
{
    private readonly EntityTable<StatusMapping> _statuses = new(store, Tables.Mappings, KayseJson.Default.StatusMapping);
    private readonly EntityTable<FieldMapping> _fields = new(store, Tables.Mappings, KayseJson.Default.FieldMapping);

    /// <summary>The status mapping.</summary>
    public async Task<StatusMapping> StatusesAsync(CompanyId company, string crm, CancellationToken cancellationToken) =>
        (await _statuses.GetAsync(Partitions.Of(company), $"{crm}~status", cancellationToken))?.Value ?? StatusMapping.None;

    /// <summary>Replaces the status mapping.</summary>
    public Task SetStatusesAsync(CompanyId company, string crm, StatusMapping mapping, CancellationToken cancellationToken) =>
        _statuses.UpdateAsync(Partitions.Of(company), $"{crm}~status", _ => mapping, cancellationToken);

    /// <summary>The field mapping of a case type, or null.</summary>
    public async Task<FieldMapping?> FindFieldsAsync(CompanyId company, string crm, string caseType, CancellationToken cancellationToken) =>
        (await _fields.GetAsync(Partitions.Of(company), Row(crm, caseType), cancellationToken))?.Value;

    /// <summary>The field mapping that applies to a case type: its own, else the one for all, else none.</summary>
    public async Task<FieldMapping> FieldsForAsync(CompanyId company, string crm, string? caseType, CancellationToken cancellationToken) =>
        (caseType is null ? null : await FindFieldsAsync(company, crm, caseType, cancellationToken))
        ?? await FindFieldsAsync(company, crm, FieldMapping.AnyCaseType, cancellationToken)
        ?? new FieldMapping(FieldMapping.AnyCaseType, []);

    /// <summary>Replaces the field mapping of a case type.</summary>
    public Task SetFieldsAsync(CompanyId company, string crm, FieldMapping mapping, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        return _fields.UpdateAsync(Partitions.Of(company), Row(crm, mapping.CaseType), _ => mapping, cancellationToken);
    }

    // A case type's name may have any character; a row key may not.
    private static string Row(string crm, string caseType) => $"{crm}~fields~{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(caseType.Trim().ToUpperInvariant()))}";
}
