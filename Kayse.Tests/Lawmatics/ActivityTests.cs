namespace Kayse.Tests.Lawmatics;

/// <summary>When the intake is told of in Lawmatics.</summary>
public sealed class ActivityTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await Outbound.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_matter_whose_intake_is_not_complete_is_sent_without_an_activity_and_the_completion_is_told()
    {
        var created = await _host.SyncAsync(Outbound.Created("mat_1"));

        Assert.Equal("contact done, matter done, activity skipped", Outbound.Steps(created));
        Assert.Contains("not complete yet", Outbound.Text(Outbound.Step(created, "activity"), "error"), StringComparison.Ordinal);
        Assert.Empty(await _host.KeptAsync("notes"));
        Assert.Equal("contact done, matter done, activity done", Outbound.Steps(await _host.SyncAsync(Outbound.Intake("mat_1"))));
        Assert.StartsWith("Intake complete", Outbound.Text(await _host.OnlyAsync("notes"), "body"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_who_sends_a_matter_before_its_intake_is_complete_gets_an_activity_that_says_so()
    {
        await _host.SyncAsync(Outbound.Created("mat_2"));

        var synced = await _host.ByHandAsync("mat_2");

        Assert.Equal("contact done, matter done, activity done", Outbound.Steps(synced));
        Assert.StartsWith("Matter opened in Kayse; the intake is not complete yet", Outbound.Text(await _host.OnlyAsync("notes"), "body"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_no_form_has_completed_the_intake_further_documents_are_no_reason_for_further_notes()
    {
        await _host.SyncAsync(Outbound.Approved("mat_3", "doc_1"));
        var second = await _host.SyncAsync(Outbound.Approved("mat_3", "doc_2"));
        Assert.Equal("contact done, matter done, activity skipped", Outbound.Steps(second));

        await _host.SyncAsync(Outbound.Intake("mat_3"));

        var notes = await _host.KeptAsync("notes");
        Assert.Equal(2, notes.Count);
        Assert.Contains("Documents approved: 2", Outbound.Text(notes[^1], "body"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MatterNote", "notes")]
    [InlineData("Interaction", "interactions")]
    public async Task A_matter_that_was_made_anew_is_told_of_anew(string mode, string kind)
    {
        await _host.PatchLawmaticsAsync(new { settings = new { sync = new { activityMode = mode } } });
        await _host.SyncAsync(Outbound.Intake("mat_4"));
        await _host.InLawmaticsAsync("DELETE", $"matters/{(await _host.OnlyAsync("matters")).GetProperty("id").GetInt64()}");

        await _host.ByHandAsync("mat_4", Outbound.Second);

        var matter = (await _host.OnlyAsync("matters")).GetProperty("id").GetInt64();
        var written = await _host.KeptAsync(kind);
        Assert.Equal(matter, written[^1].GetProperty(mode == "Interaction" ? "matterId" : "onId").GetInt64());
        await _host.ByHandAsync("mat_4", Outbound.Second);
        Assert.Equal(written.Count, (await _host.KeptAsync(kind)).Count);
    }
}
