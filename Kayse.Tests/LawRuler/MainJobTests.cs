namespace Kayse.Tests.LawRuler;

public sealed class MainJobTests
{
    [Fact]
    public async Task A_finished_call_reaches_the_lead_with_status_fields_notes_and_recording()
    {
        await using var host = await TestHost.StartAsync();
        await host.SendAsync(Samples.CallAnalyzed(host));

        var workflow = await host.EndOfWorkflowAsync("postcall.call_9f2", TimeSpan.FromSeconds(1));

        Assert.Equal("completed", workflow.GetProperty("state").GetString());
        Assert.Equal(["campaign_call", "note_summary", "note_transcript", "recording"], workflow.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("name").GetString()));
        Assert.All(workflow.GetProperty("steps").EnumerateArray(), step => Assert.Equal("done", step.GetProperty("state").GetString()));
        var lead = await host.LeadAsync();
        Assert.Equal("Sent e-Sign", lead.GetProperty("status").GetString());
        Assert.Equal("Yes", lead.GetProperty("customFields").GetProperty("Custom1234").GetString());
        Assert.Equal(2, lead.GetProperty("notes").GetArrayLength());
        var recording = Assert.Single(lead.GetProperty("documents").EnumerateArray().ToList());
        Assert.Equal("Kayse VoiceAI Recording – Zantac Settlement (2026-11-20 10-04-05).wav", recording.GetProperty("name").GetString());
        Assert.Equal("call_9f2", recording.GetProperty("metadata").GetProperty("CallId").GetString());
    }
}
