using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Core.Cases.Import;

/// <summary>Imports a file part by part. How far it is stands in the import's row: a part that was interrupted is done again, and none is done twice.</summary>
public static class ImportWorkflow
{
    /// <summary>The workflow's name.</summary>
    public const string Name = "ImportWorkflow";

    /// <summary>The activity that imports the next part.</summary>
    public const string PartActivity = "import.part";

    private const int PartsARun = 20;

    /// <summary>The workflow's id without the company prefix.</summary>
    public static string Id(string import) => $"import.{import}";

    /// <summary>Runs the import.</summary>
    public static async Task<ImportTurn> RunAsync(WorkflowContext context, ImportInput input)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(input);
        var next = input;
        for (var parts = 1; ; parts++)
        {
            var turn = await context.CallAsync<ImportInput, ImportTurn>(PartActivity, next);
            if (turn.IsDone)
            {
                return turn;
            }

            if (turn.NotBefore is { } notBefore)
            {
                await context.DelayUntilAsync(notBefore);
            }

            next = next with { Failures = turn.Failures };
            if (parts == PartsARun)
            {
                context.ContinueAsNew(next);
                return turn;
            }
        }
    }
}

/// <summary>Which import.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Import">The import.</param>
/// <param name="Failures">How many attempts at the next part broke off, one after the other.</param>
public sealed record ImportInput(CompanyId Company, string Import, int Failures = 0);

/// <summary>What became of a part.</summary>
/// <param name="IsDone">True when nothing is left.</param>
/// <param name="NotBefore">When to go on, or null for at once.</param>
/// <param name="Failures">How many attempts at the next part broke off, one after the other.</param>
public sealed record ImportTurn(bool IsDone, DateTimeOffset? NotBefore = null, int Failures = 0);
