using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;

namespace Kayse.Core.Cases.Import;

/// <summary>Settles what is to become of rows, and writes nothing.</summary>
public sealed class ImportPlanner(CaseStore cases, TimeProvider clock)
{
    /// <summary>What is to become of rows that follow each other.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="layout">The file's columns.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="duplicates">One of <see cref="DuplicateModes"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<PlannedRow>> PlanAsync(CompanyId company, ImportLayout layout, IEnumerable<SheetRow> rows, string duplicates, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(rows);
        var plan = new List<PlannedRow>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var (post, errors) = layout.Read(row);
            if (errors.Count > 0)
            {
                plan.Add(new PlannedRow(row.Number, PlannedRow.Refuse, null, errors));
                continue;
            }

            var lead = post["Lead ID"]!;
            var isKnown = !seen.Add(lead) || await cases.FindAsync(company, LawRulerConnections.Crm, lead, cancellationToken) is not null;
            plan.Add(!isKnown ? new PlannedRow(row.Number, PlannedRow.Create, null, null)
                : duplicates == DuplicateModes.Create ? new PlannedRow(row.Number, PlannedRow.Create, CaseId.Parse(Ids.New("case", clock)), null)
                : new PlannedRow(row.Number, duplicates, null, null));
        }

        return plan;
    }
}
