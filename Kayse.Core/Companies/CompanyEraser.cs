using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;
using Kayse.Core.Workflows;

namespace Kayse.Core.Companies;

/// <summary>Erases everything that is kept about a firm: rows, blobs, secrets and workflows.</summary>
public sealed class CompanyEraser(IEntityStore store, IBlobStore blobs, ISecretStore secrets, IQueue queue, IWorkflowEngine engine, CompanyRegister register)
{
    // An engine may have to look through all of a firm's instances for each page.
    private const int Page = 1000;

    /// <summary>Erases a firm; one that broke off may be repeated.</summary>
    public async Task<ErasedCompany> EraseAsync(CompanyId company, CancellationToken cancellationToken)
    {
        await register.ForgetTenantAsync(company, cancellationToken);
        // Workflows first: one that still ran would write rows again.
        var workflows = await EraseWorkflowsAsync(company, cancellationToken);
        // Those that were deleted are not listed any more, but a store may still hold them.
        var names = await secrets.NamesAsync($"{company}--", cancellationToken);
        foreach (var name in names.Union(LawRulerConnections.SecretNames(company)).Union(LawmaticsConnections.SecretNames(company)))
        {
            await secrets.PurgeAsync(name, cancellationToken);
        }

        // An event that the platform sent by queue may be among them, whole.
        await queue.PurgeAsync(company, DateTimeOffset.MaxValue, cancellationToken);
        var rows = 0;
        foreach (var table in Tables.All.Where(table => table != Tables.Companies))
        {
            rows += await EraseTableAsync(table, company, cancellationToken);
        }

        var removed = 0;
        await foreach (var blob in blobs.ListAsync(company.ToString(), cancellationToken))
        {
            removed += await blobs.DeleteAsync(blob, cancellationToken) ? 1 : 0;
        }

        // The firm itself last: while it is there, an erasure that was broken off can be repeated.
        rows += await EraseTableAsync(Tables.Companies, company, cancellationToken);
        await register.ForgetAsync(company, cancellationToken);
        return new ErasedCompany(rows, removed, names.Count, workflows);
    }

    private async Task<int> EraseWorkflowsAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var erased = 0;
        while (await engine.QueryAsync($"{company}.", null, null, Page, cancellationToken) is { Count: > 0 } instances)
        {
            foreach (var instance in instances)
            {
                erased += await engine.PurgeInstanceAsync(instance.Id, cancellationToken) ? 1 : 0;
            }
        }

        return erased;
    }

    private async Task<int> EraseTableAsync(string table, CompanyId company, CancellationToken cancellationToken)
    {
        var erased = 0;
        await foreach (var partition in store.PartitionsAsync(table, company.ToString(), cancellationToken))
        {
            // "demo" is a prefix of "demo2" too.
            if (partition != company.ToString() && !partition.StartsWith($"{company}.", StringComparison.Ordinal))
            {
                continue;
            }

            while (await store.QueryAsync(table, partition, new RowRange(), EntityRules.MaxOperations, cancellationToken) is { Rows.Count: > 0 } page)
            {
                var batch = page.Rows.Select(row => EntityOperation.Delete(row.Row, row.ETag)).ToList();
                erased += (await store.CommitAsync(table, partition, batch, cancellationToken)).Written ? batch.Count : 0;
            }
        }

        return erased;
    }
}

/// <summary>How much was erased.</summary>
/// <param name="Rows">Rows of all tables.</param>
/// <param name="Blobs">Blobs.</param>
/// <param name="Secrets">Secrets.</param>
/// <param name="Workflows">Workflow instances.</param>
public sealed record ErasedCompany(int Rows, int Blobs, int Secrets, int Workflows);
