namespace Kayse.Tests.LawRuler;

/// <summary>Every fault of the sandbox, applied or not, at every write: in the end each note and recording is there exactly once.</summary>
public sealed class FaultMatrixTests(ChainFixture fixture) : IClassFixture<ChainFixture>
{
    private static readonly string[] s_kinds = ["429", "500", "502", "503", "401", "slow", "reset", "html200", "empty200", "truncated", "login-redirect"];
    private readonly TestHost _host = fixture.Host;

    public static TheoryData<string, string, int> Cases()
    {
        var cases = new TheoryData<string, string, int>();
        var number = 0;
        foreach (var operation in new[] { "campaign", "addnote", "upload", "getstatus" })
        {
            foreach (var applied in new[] { "no", "before", "late" })
            {
                cases.Add(operation, applied, number++);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Whatever_fails_everything_is_there_once_in_the_end(string operation, string applied, int number)
    {
        var leads = s_kinds.Select((_, i) => 860_000L + (number * 100) + i).ToList();
        foreach (var (kind, lead) in s_kinds.Zip(leads))
        {
            await Chain.LeadAsync(_host, lead);
            await _host.FaultAsync(new { system = "lawruler", operation, kind, count = 1, applied, delayMs = kind == "slow" ? 40_000 : 0 });
        }

        await Task.WhenAll(leads.Select(lead => _host.SendAsync(Chain.Call(_host, $"call_f{lead}", lead))));
        foreach (var lead in leads)
        {
            var workflow = await _host.EndOfWorkflowAsync($"postcall.call_f{lead}", TimeSpan.FromSeconds(3));
            Assert.Equal("done done done done", Chain.States(workflow));
            var found = await _host.LeadAsync(lead);
            Assert.Equal(["Call Analysis Summary", "Full Call Transcript"], found.GetProperty("notes").EnumerateArray().Select(note => Chain.Text(note, "title")).Order(StringComparer.Ordinal));
            Assert.Single(Chain.Documents(found));
            Assert.Equal("Sent e-Sign", Chain.Text(found, "status"));
            Assert.Equal("No", found.GetProperty("customFields").GetProperty("Custom1236").GetString());
        }

        Assert.Empty((await _host.GetJsonAsync($"{_host.SandboxUrl}/_sandbox/faults")).GetProperty("faults").EnumerateArray());
    }

    [Theory]
    [InlineData("reset", 869001)]
    [InlineData("truncated", 869002)]
    [InlineData("slow", 869003)]
    [InlineData("500", 869004)]
    [InlineData("503", 869005)]
    [InlineData("html200", 869006)]
    [InlineData("empty200", 869007)]
    [InlineData("login-redirect", 869008)]
    public async Task A_write_that_is_applied_half_a_minute_after_the_caller_gave_up_is_not_made_twice(string kind, long lead)
    {
        await _host.FaultAsync(new { system = "lawruler", operation = "addnote", kind, count = 1, applied = "late", lateMs = 30_000, delayMs = kind == "slow" ? 40_000 : 0 });
        var workflow = await Chain.RunAsync(_host, $"call_l{lead}", lead);
        Assert.Equal("done done done done", Chain.States(workflow));
        Assert.Contains("was there from an earlier try", Chain.Text(Chain.Step(workflow, "note_summary"), "error"), StringComparison.Ordinal);
        Assert.Equal(2, (await _host.LeadAsync(lead)).GetProperty("notes").GetArrayLength());
    }
}
