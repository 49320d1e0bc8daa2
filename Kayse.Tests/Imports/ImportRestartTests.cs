using Kayse.Core.Cases;
using Kayse.Tests.LawRuler;

namespace Kayse.Tests.Imports;

public sealed class ImportRestartTests : IAsyncLifetime
{
    private const int Rows = 2_600;

    private readonly ImportHost _at = new();

    public Task InitializeAsync() => _at.InitializeAsync();

    public Task DisposeAsync() => _at.DisposeAsync();

    [Fact]
    public async Task An_import_goes_on_after_a_restart_in_the_middle_and_imports_no_row_twice()
    {
        // Every lead comes twice: the second would become a further case, and a row that was imported twice a third.
        var lines = Enumerable.Range(0, Rows).Select(i => $"7{i / 2:d5},c{i / 2},Name {i}").Prepend("Lead ID,Contact ID,First Name");
        var id = (await _at.UploadAsync(ImportHost.Csv([.. lines]))).GetProperty("id").GetString()!;
        await _at.StartAsync(id, "create");
        await _at.Host.EventuallyAsync(async () => (await _at.GetAsync(id)).GetProperty("done").GetInt32() > 0);

        await _at.Host.RestartAsync();
        var halfway = await _at.GetAsync(id);
        Assert.InRange(halfway.GetProperty("done").GetInt32(), 1, Rows);
        var import = await _at.EndAsync(id);

        Assert.Equal((Rows, 0, 0, 0, 0), ImportHost.Counts(import));
        Assert.Equal("completed", import.GetProperty("state").GetString());
        var cases = new Dictionary<string, int>(StringComparer.Ordinal);
        string? after = null;
        do
        {
            (var page, after) = await _at.Host.Get<CaseStore>().ListCasesAsync(WebhookHost.Demo, after, 900, default);
            foreach (var matter in page.Where(matter => matter.ExternalSourceId.Length == 6 && matter.ExternalSourceId[0] == '7' && matter.ExternalSourceId != "711551"))
            {
                cases[matter.ExternalSourceId] = cases.GetValueOrDefault(matter.ExternalSourceId) + 1;
            }
        }
        while (after is not null);
        Assert.Equal(Rows / 2, cases.Count);
        Assert.All(cases, one => Assert.Equal(2, one.Value));
    }
}
