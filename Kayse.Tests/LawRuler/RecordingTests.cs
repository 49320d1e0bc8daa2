using System.Security.Cryptography;
using System.Text.Json;
using Kayse.Core.Storage;

namespace Kayse.Tests.LawRuler;

public sealed class RecordingTests(ChainFixture fixture) : IClassFixture<ChainFixture>
{
    private readonly TestHost _host = fixture.Host;

    [Fact]
    public async Task The_recording_is_uploaded_byte_for_byte_with_folder_form_name_metadata_and_type()
    {
        await Chain.RunAsync(_host, "call_r1", 850001);
        var document = Assert.Single(Chain.Documents(await _host.LeadAsync(850001)));
        var bytes = await _host.Http.GetByteArrayAsync($"{_host.SandboxUrl}/files/rec.mp3");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), Chain.Text(document, "sha256"));
        Assert.Equal(("/recordings", "Recording"), (Chain.Text(document, "folder"), Chain.Text(document, "formName")));
        Assert.Equal("Kayse VoiceAI Recording \u2013 Zantac Settlement (2026-11-20 10-04-05).wav", Chain.Text(document, "name"));
        var metadata = document.GetProperty("metadata");
        Assert.Equal(("call_r1", $"{_host.SandboxUrl}/files/rec.mp3"), (Chain.Text(metadata, "CallId"), Chain.Text(metadata, "RecordingUrl")));
        var body = Chain.Text((await _host.SandboxRequestsAsync("upload"))[^1], "body")!;
        Assert.Contains("LeadID=850001\n", body, StringComparison.Ordinal);
        Assert.Contains("audio/wav, 320000 bytes", body, StringComparison.Ordinal);
        Assert.Null(await _host.Get<IBlobStore>().OpenAsync("demo/recordings/postcall.call_r1", CancellationToken.None));
    }

    [Fact]
    public async Task Without_a_campaign_the_name_has_no_campaign_part()
    {
        await Chain.RunAsync(_host, "call_r2", 850002, json => json["data"]!.AsObject().Remove("campaign"));
        Assert.Equal("Kayse VoiceAI Recording (2026-11-20 10-04-05).wav", Chain.Text(Assert.Single(Chain.Documents(await _host.LeadAsync(850002))), "name"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task A_call_without_a_recording_skips_the_step_and_says_so(string? url)
    {
        var workflow = await Chain.RunAsync(_host, $"call_r3{url?.Length}", 850003, json => json["data"]!["call"]!["recording_url"] = url);
        Assert.Equal(("skipped", "The call has no recording."), (Chain.Text(Chain.Step(workflow, "recording"), "state"), Chain.Text(Chain.Step(workflow, "recording"), "error")));
        Assert.Equal("completed", Chain.Text(workflow, "state"));
    }

    [Fact]
    public async Task A_recording_above_the_limit_is_refused_and_names_the_setting()
    {
        await _host.PatchSettingsAsync(new { settings = new { maxRecordingMegabytes = 1 } });
        var large = await Chain.RunAsync(_host, "call_r4", 850004, json => json["data"]!["call"]!["recording_url"] = $"{_host.SandboxUrl}/files/rec.mp3?size=1048577");
        var fits = await Chain.RunAsync(_host, "call_r5", 850005, json => json["data"]!["call"]!["recording_url"] = $"{_host.SandboxUrl}/files/rec.mp3?size=1048576");
        await _host.PatchSettingsAsync(new { settings = new { maxRecordingMegabytes = 200 } });
        Assert.Equal("The recording is larger than 1 MB (setting maxRecordingMegabytes).", Chain.Text(Chain.Step(large, "recording"), "error"));
        Assert.Equal("done", Chain.Text(Chain.Step(fits, "recording"), "state"));
    }

    [Fact]
    public async Task With_the_renaming_off_it_goes_as_an_mp3()
    {
        await _host.PatchSettingsAsync(new { settings = new { renameMp3ToWav = false, asciiFileNames = true } });
        await Chain.RunAsync(_host, "call_r6", 850006);
        await _host.PatchSettingsAsync(new { settings = new { renameMp3ToWav = true, asciiFileNames = false } });
        var body = Chain.Text((await _host.SandboxRequestsAsync("upload"))[^1], "body")!;
        Assert.Contains("Kayse VoiceAI Recording - Zantac Settlement (2026-11-20 10-04-05).mp3\", audio/mpeg", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recording_that_Law_Ruler_takes_and_never_shows_is_found_and_sent_again_when_the_cause_is_mended()
    {
        await _host.PatchSettingsAsync(new { settings = new { renameMp3ToWav = false } });
        var dropped = await Chain.RunAsync(_host, "call_r11", 850011);
        await _host.PatchSettingsAsync(new { settings = new { renameMp3ToWav = true } });
        Assert.Equal(("done done done refused", "completed_with_problems"), (Chain.States(dropped), Chain.Text(dropped, "state")));
        Assert.StartsWith("Law Ruler said that it took the recording, and does not list it", Chain.Text(Chain.Step(dropped, "recording"), "error"), StringComparison.Ordinal);

        Assert.Equal("done", Chain.States(await _host.EndOfWorkflowAsync(await Chain.RerunAsync(_host, "postcall.call_r11", "recording"), Chain.Second)));
        Assert.EndsWith(".wav", Chain.Text(Assert.Single(Chain.Documents(await _host.LeadAsync(850011))), "name"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recording_that_is_gone_is_refused_and_one_that_fails_for_now_is_fetched_again()
    {
        var gone = await Chain.RunAsync(_host, "call_r7", 850007, json => json["data"]!["call"]!["recording_url"] = $"{_host.SandboxUrl}/files/other.mp3");
        Assert.Equal("The recording is not at its address any more.", Chain.Text(Chain.Step(gone, "recording"), "error"));
        await _host.FaultAsync(new { system = "files", operation = "*", kind = "truncated", count = 1 });
        var later = await Chain.RunAsync(_host, "call_r8", 850008);
        Assert.Equal(("done", 2), (Chain.Text(Chain.Step(later, "recording"), "state"), Chain.Step(later, "recording").GetProperty("attempts").GetInt32()));
        Assert.Equal(320_000, Assert.Single(Chain.Documents(await _host.LeadAsync(850008))).GetProperty("size").GetInt64());
    }

    [Fact]
    public async Task Outside_development_a_recording_on_a_private_address_is_refused()
    {
        await using var host = await TestHost.StartAsync(new Dictionary<string, string?> { ["Outbound:AllowPrivateDestinations"] = "false" });
        var workflow = await Chain.RunAsync(host, "call_r9", 850009, json => json["data"]!["call"]!["recording_url"] = "https://169.254.169.254/rec.mp3");
        Assert.Equal("The recording's address is refused: it is not a public address.", Chain.Text(Chain.Step(workflow, "recording"), "error"));
        Assert.Equal("done done done refused", Chain.States(workflow));
    }
}

/// <summary>Runs by itself: it measures this process' memory.</summary>
[CollectionDefinition(nameof(RecordingMemoryTests), DisableParallelization = true)]
[Collection(nameof(RecordingMemoryTests))]
public sealed class RecordingMemoryTests
{
    [Fact]
    public async Task A_recording_of_60_MB_is_never_whole_in_memory()
    {
        await using var host = await TestHost.StartAsync();
        await Chain.LeadAsync(host, 850010);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;
        await host.SendAsync(Chain.Call(host, "call_r10", 850010, json => json["data"]!["call"]!["recording_url"] = $"{host.SandboxUrl}/files/rec.mp3?size=60000000"));
        JsonElement? workflow = null;
        await host.EventuallyAsync(async () =>
        {
            workflow = await host.WorkflowAsync("postcall.call_r10");
            // What other threads have let fall since is not held: of two looks the smaller counts.
            most = Math.Max(most, Math.Min(Held(), Held()) - before);
            return workflow?.GetProperty("endedAt").ValueKind == JsonValueKind.String;
        });
        Assert.Equal("done", Chain.Text(Chain.Step(workflow!.Value, "recording"), "state"));
        Assert.Equal(60_000_000, Assert.Single(Chain.Documents(await host.LeadAsync(850010))).GetProperty("size").GetInt64());
        Assert.InRange(most, 0, 12_000_000);

        static long Held()
        {
            GC.Collect();
            return GC.GetTotalMemory(forceFullCollection: false);
        }
    }
}
