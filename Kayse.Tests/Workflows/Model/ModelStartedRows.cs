using Kayse.Core.Companies;
using Kayse.Core.Workflows;
using Kayse.Standalone.Storage;

namespace Kayse.Tests.Workflows.Model;

/// <summary>The rows that decide, once for ever, that a workflow is started: none, one that the engine has not taken yet, or one that it has.</summary>
internal sealed class ModelStartedRows(ModelledEngine real, WorkflowModel model)
{
    private const string Prefix = "firm.";
    private static readonly CompanyId s_firm = CompanyId.Parse("firm");

    private readonly Dictionary<string, bool> _accepted = new(StringComparer.Ordinal);

    private WorkflowRecords Records => new(new SqliteEntityStore(real.Database), real.Engine, real.Clock);

    /// <summary>True when the instance is started by way of its row; the others by the engine alone.</summary>
    public static bool Has(string id) => id.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Starts a workflow in both. With a cut at 0 the process dies before the engine has it, at 1 before the row says so.</summary>
    public async Task StartAsync(string id, string workflow, string tag, ReadOnlyMemory<byte> input, int? cut)
    {
        var isNew = !_accepted.TryGetValue(id, out var isAccepted);
        if (cut is 0 or 1 && !isAccepted)
        {
            await real.RefuseAsync(cut == 0 ? "INSERT ON main.wf_instance" : "UPDATE ON main.entity");
            await Assert.ThrowsAnyAsync<Exception>(() => Records.StartAsync(s_firm, Row(id), workflow, tag, input, default));
            _accepted[id] = false;
        }
        else
        {
            var answer = await Records.StartAsync(s_firm, Row(id), workflow, tag, input, default);
            Assert.True(answer == isNew, $"The start of {id} is answered with {answer}.");
            _accepted[id] = true;
        }

        if (!isAccepted && cut != 0)
        {
            model.Start(id, workflow, tag);
        }
    }

    public async Task CompareAsync()
    {
        foreach (var id in ModelRuns.Ids.Where(Has))
        {
            var row = (await Records.FindAsync(s_firm, Row(id), default))?.Record.Accepted;
            var expected = _accepted.TryGetValue(id, out var accepted) ? accepted : (bool?)null;
            Assert.True(row == expected, $"The row of {id} says accepted {row}, the model {expected}.");
        }
    }

    private static string Row(string id) => id[Prefix.Length..];
}
