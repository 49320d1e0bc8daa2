using Kayse.Core.Companies;
using Kayse.Core.Workflows;
using Kayse.Standalone.Storage;

namespace Kayse.Tests.Workflows.Model;

/// <summary>The rows that decide, once for ever, that a workflow is started: none, one whose instance the engine has not taken yet, or one whose instance it has.</summary>
internal sealed class ModelStartedRows(ModelledEngine real, WorkflowModel model)
{
    private const string Prefix = "firm.";
    private static readonly CompanyId s_firm = CompanyId.Parse("firm");

    private readonly Dictionary<string, bool> _accepted = new(StringComparer.Ordinal);

    private WorkflowRecords Records => new(new SqliteEntityStore(real.Database), real.Engine, real.Clock);

    /// <summary>True when the instance is started by way of its row; the others by the engine alone.</summary>
    public static bool Has(string id) => id.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Starts a workflow in both. With a cut at 0 the process dies between the row and the engine.</summary>
    public async Task StartAsync(string id, string workflow, string tag, ReadOnlyMemory<byte> input, int? cut)
    {
        var isNew = !_accepted.TryGetValue(id, out var isAccepted);
        if (cut is 0 && !isAccepted)
        {
            await real.RefuseAsync("INSERT ON main.wf_instance");
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

    /// <summary>Ends the rows whose instances are not there any more, as a workflow's last activity or the sweep does long before the purge.</summary>
    public async Task EndPurgedAsync()
    {
        foreach (var id in _accepted.Where(row => row.Value).Select(row => row.Key))
        {
            if (await real.Engine.GetAsync(id, default) is null)
            {
                await Records.EndAsync(s_firm, Row(id), WorkflowStates.Completed, null, default);
            }
        }
    }

    public async Task CompareAsync()
    {
        foreach (var id in ModelRuns.Ids.Where(Has))
        {
            var isThere = await Records.FindAsync(s_firm, Row(id), default) is not null;
            Assert.True(isThere == _accepted.ContainsKey(id), $"That the row of {id} is there is {isThere}.");
        }
    }

    private static string Row(string id) => id[Prefix.Length..];
}
