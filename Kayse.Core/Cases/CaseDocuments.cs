using System.Security.Cryptography;
using System.Text;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Cases;

/// <summary>The documents of cases, each once by the CRM's id; the contents are blobs. A case's documents share a partition.</summary>
public sealed class CaseDocuments(IEntityStore store, IBlobStore blobs, TimeProvider clock)
{
    private const int MaxName = 300;

    private readonly EntityTable<CaseDocument> _documents = new(store, Tables.Documents, static () => KayseJson.Default.CaseDocument);

    /// <summary>The id under which a CRM's document is kept.</summary>
    public static string Id(string source, string externalId) =>
        $"{source}~{(Ids.IsValid(externalId) ? externalId : $"h-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(externalId)))[..40]}")}";

    /// <summary>True when a CRM's document is on the case.</summary>
    public async Task<bool> ContainsAsync(CompanyId company, CaseId caseId, string source, string externalId, CancellationToken cancellationToken) =>
        await _documents.GetAsync(Partition(company, caseId), Id(source, externalId), cancellationToken) is not null;

    /// <summary>Keeps the content of a document; it is on the case when <see cref="AddAsync"/> has put it there.</summary>
    public Task KeepAsync(CompanyId company, CaseId caseId, string id, string? contentType, Stream content, CancellationToken cancellationToken) =>
        blobs.CreateAsync(Blob(company, caseId, id), contentType is { Length: > 0 and < BlobNames.MaxContentType } ? contentType : "application/octet-stream", content, cancellationToken);

    /// <summary>Puts a document onto a case; false when it is there.</summary>
    public Task<bool> AddAsync(CompanyId company, CaseId caseId, CaseDocument document, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(document);
        var name = document.Name.Length <= MaxName ? document.Name : document.Name[..(char.IsHighSurrogate(document.Name[MaxName - 1]) ? MaxName - 1 : MaxName)];
        return _documents.InsertAsync(Partition(company, caseId), document.Id, document with { Name = name, ReceivedAt = clock.GetUtcNow() }, cancellationToken);
    }

    /// <summary>A page of a case's documents, by their ids; the cursor is the last id.</summary>
    public async Task<(IReadOnlyList<CaseDocument> Items, string? Next)> ListAsync(CompanyId company, CaseId caseId, string? after, int limit, CancellationToken cancellationToken)
    {
        var (rows, next) = await _documents.QueryAsync(Partition(company, caseId), new RowRange(After: after), limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next);
    }

    /// <summary>Opens the content of a document, or null. The caller disposes it.</summary>
    public async Task<Blob?> OpenAsync(CompanyId company, CaseId caseId, string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id.Length <= 200 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '~' or '-' or '_')
            && await _documents.GetAsync(Partition(company, caseId), id, cancellationToken) is { Value.Problem: null }
            ? await blobs.OpenAsync(Blob(company, caseId, id), cancellationToken)
            : null;
    }

    private static string Partition(CompanyId company, CaseId caseId) => Partitions.Of(company, $"documents.{caseId}");

    private static string Blob(CompanyId company, CaseId caseId, string id) => $"{company}/documents/{caseId}/{id.Replace('~', '.')}";
}
