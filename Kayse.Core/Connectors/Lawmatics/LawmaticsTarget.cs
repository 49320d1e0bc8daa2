using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>The case that a step is about, and in whose Lawmatics.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Session">Its Lawmatics, and how urgent it is.</param>
/// <param name="Firm">The Lawmatics firm that links are made for.</param>
/// <param name="Case">The case.</param>
/// <param name="Client">The client.</param>
/// <param name="Matter">What the intake knows of it.</param>
public sealed record LawmaticsTarget(Company Company, LawmaticsSession Session, string Firm, Case Case, Client Client, MatterDetails Matter)
{
    /// <summary>True when a person asked for it.</summary>
    public bool IsByHand { get; init; }

    /// <summary>The settings.</summary>
    public LawmaticsSettings Settings => Session.Settings;

    /// <summary>What the case's writes are announced under: the same for all of its syncs.</summary>
    public string Effects => $"lawmatics-{Firm}-{Case.Id}";

    /// <summary>The case type that mappings go by: the case's own, else the practice area.</summary>
    public string? CaseType => Case.CaseType ?? Matter.PracticeArea;

    /// <summary>Never the contents.</summary>
    public override string ToString() => $"LawmaticsTarget {{ {Case.Id} }}";
}

/// <summary>Loads what a step in Lawmatics needs from the ids in its input.</summary>
public sealed class LawmaticsTargets(CompanyRegister companies, LawmaticsConnections connections, CaseStore cases, Matters matters, LawmaticsSyncStates states, TimeProvider clock)
{
    /// <summary>A step's case, or what becomes of the attempt without it.</summary>
    public async Task<(LawmaticsTarget? Target, StepOutcome? Instead)> LoadAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var connection = await connections.GetAsync(attempt.Company, cancellationToken);
        if (LawmaticsOutcomes.WhyNotNow(connection, clock.GetUtcNow()) is { } instead)
        {
            return (null, instead);
        }

        var company = await companies.FindAsync(attempt.Company, cancellationToken);
        var matter = CaseId.TryParse(attempt.Subject, null, out var id) ? await cases.FindAsync(attempt.Company, id, cancellationToken) : null;
        if (company is null || matter is null || await cases.FindAsync(attempt.Company, matter.ClientId, cancellationToken) is not { } client)
        {
            return (null, StepOutcome.Refused("The case is not kept any more."));
        }

        var order = (await states.FindAsync(attempt.Company, id, cancellationToken))?.Value;
        var session = connection.Session(attempt.Company, order is { IsBulk: true } ? LawmaticsPriority.Bulk : LawmaticsPriority.Live);
        var details = await matters.FindAsync(attempt.Company, id, cancellationToken);
        return (new LawmaticsTarget(company, session, LawmaticsLinks.FirmOf(connection), matter, client, details) { IsByHand = order?.IsByHand == true }, null);
    }
}
