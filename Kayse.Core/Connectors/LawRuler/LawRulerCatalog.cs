using System.Buffers.Text;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Kayse.Core.Companies;
using Kayse.Core.Mapping;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>What a firm's Law Ruler has, as it was loaded last: case types, and the fields of each. Mappings are kept apart from it: a refresh changes none.</summary>
public sealed class LawRulerCatalog(LawRulerLookups lookups, LawRulerConnections connections, CrmListLoader lists)
{
    /// <summary>The case types.</summary>
    public Task<CrmList<CrmCaseType>> CaseTypesAsync(CompanyId company, ListRead read, CancellationToken cancellationToken) =>
        GetAsync(company, "case-types", "case_types_loaded", KayseJson.Default.ListCrmCaseType, read, session => lookups.CaseTypesAsync(session, cancellationToken), cancellationToken);

    /// <summary>The fields of a case type, by the CRM's name and id.</summary>
    public Task<CrmList<CrmField>> FieldsAsync(CompanyId company, CaseTypeLink caseType, ListRead read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caseType);
        return GetAsync(company, Name(caseType), "fields_loaded", KayseJson.Default.ListCrmField, read, session => lookups.FieldsAsync(session, caseType.Crm, caseType.CrmId, cancellationToken), cancellationToken);
    }

    /// <summary>The fields of several case types together; the latest fault of any of them.</summary>
    public async Task<(CrmFieldSet Fields, IReadOnlyList<CrmList<CrmField>> Lists)> FieldsAsync(CompanyId company, IEnumerable<CaseTypeLink> caseTypes, ListRead read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caseTypes);
        var all = new List<CrmList<CrmField>>();
        foreach (var caseType in caseTypes)
        {
            all.Add(await FieldsAsync(company, caseType, read, cancellationToken));
        }

        return (new CrmFieldSet([.. all.Select(list => list.Items)]), all);
    }

    private Task<CrmList<T>> GetAsync<T>(CompanyId company, string name, string action, JsonTypeInfo<List<T>> json, ListRead read, Func<LawRulerSession, Task<LookedUp<T>>> load, CancellationToken cancellationToken)
    {
        return lists.GetAsync(company, LawRulerConnections.Crm, new CrmListName<T>(name, action, json), read, LoadAsync, cancellationToken);

        async Task<LookedUp<T>> LoadAsync()
        {
            var connection = await connections.GetAsync(company, cancellationToken);
            var credentials = await connections.CredentialsAsync(company, cancellationToken);
            return !connection.Connected || credentials is null
                ? new LookedUp<T>(null, "Law Ruler is not connected. Connect it first.")
                : await load(new LawRulerSession(company, credentials, connection.Settings));
        }
    }

    // A name may have any character; a row key may not.
    private static string Name(CaseTypeLink caseType) =>
        caseType.CrmId is { } id && Ids.IsValid(id) ? $"fields~id~{id}" : $"fields~name~{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(caseType.Crm.Trim().ToUpperInvariant()))}";
}
