namespace Kayse.Tests.Lawmatics;

/// <summary>Documents on their way to Lawmatics, where the firm wants them there.</summary>
public sealed class UploadTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await Outbound.StartAsync(new { requestsPerMinute = 6000, concurrency = 32, sync = new { uploadFiles = true } });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_document_that_is_refused_does_not_keep_the_others_back_and_is_named()
    {
        await KeepAsync("mat_1", "doc_1", "rec.mp3");
        await KeepAsync("mat_1", "doc_2", "none.mp3");
        await KeepAsync("mat_1", "doc_3", "rec.mp3");

        var synced = await _host.ByHandAsync("mat_1", Outbound.Second);

        Assert.Equal("failed", Outbound.Text(synced, "state"));
        var said = Outbound.Text(Outbound.Step(synced, "documents"), "error");
        Assert.StartsWith("2 of 3 documents are in Lawmatics. Not: doc_2. ", said, StringComparison.Ordinal);
        Assert.Equal(2, (await _host.KeptAsync("files")).Count);
        Assert.Contains(await _host.AuditAsync("documents"), line => line.Outcome == "refused" && line.Detail!.Contains("doc_2", StringComparison.Ordinal));
        Assert.Contains(await _host.AuditAsync("documents"), line => line.Outcome == "done" && line.Detail!.StartsWith("Document doc_1.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_document_that_has_to_be_tried_again_does_not_keep_the_others_waiting()
    {
        await KeepAsync("mat_2", "doc_1", "rec.mp3");
        await KeepAsync("mat_2", "doc_2", "rec.mp3");
        await KeepAsync("mat_2", "doc_3", "rec.mp3");
        await _host.FaultsAsync("createfile", "503", "no");

        await _host.StartByHandAsync(new { matter = "mat_2" });
        // Before Lawmatics has settled after the lost one.
        var start = _host.Clock.GetUtcNow();
        await _host.EventuallyAsync(async () => (await _host.KeptAsync("files")).Count == 2, TimeSpan.FromMilliseconds(200));
        Assert.InRange(_host.Clock.GetUtcNow() - start, TimeSpan.Zero, TimeSpan.FromSeconds(59));

        var synced = await _host.SyncedAsync("mat_2", TimeSpan.FromSeconds(5));
        Assert.Equal("done", Outbound.Text(synced, "state"));
        Assert.Equal("3 of 3 documents are in Lawmatics.", Outbound.Text(Outbound.Step(synced, "documents"), "error"));
        Assert.Equal(3, (await _host.KeptAsync("files")).Count);
    }

    private async Task KeepAsync(string matter, string document, string file)
    {
        await _host.PatchLawmaticsAsync(new { toggles = new { autoSync = false } });
        var approved = Outbound.Approved(matter, document, json => json["data"]!["document"]!["url"] = $"{_host.SandboxUrl}/files/{file}");
        await _host.SendAsync(approved);
        await _host.KnownAsync(approved);
    }
}
