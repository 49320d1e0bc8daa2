using Kayse.Core.Calls;
using Kayse.Core.Connectors.LawRuler;

namespace Kayse.Tests.LawRuler;

public sealed class CallTextsTests
{
    private static readonly Utterance[] s_talk = [new(true, "Hello.", 1.9), new(false, "Yes.", 61), new(true, "Still there?", 3600), new(false, "Sure.", 36_061.5), new(true, "Bye.", null)];

    [Fact]
    public void The_campaign_transcript_has_clocks_and_past_the_hour_an_hour() =>
        Assert.Equal("Agent 00:01 Hello.\nAna 01:01 Yes.\nAgent 1:00:00 Still there?\nAna 10:01:01 Sure.\nAgent Bye.", CallTexts.CampaignTranscript(Calls.Completed(null, s_talk), " Ana "));

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public void A_client_without_a_first_name_is_Client(string? name) =>
        Assert.StartsWith("Agent 00:01 Hello.\nClient 01:01", CallTexts.CampaignTranscript(Calls.Completed(null, s_talk), name), StringComparison.Ordinal);

    [Fact]
    public void The_notes_transcript_has_speakers_and_no_clocks() =>
        Assert.Equal("Full Call Transcript\n\n[AGENT]: Hello.\n[CLIENT]: Yes.\n\nKayse call call_1 (transcript)", CallTexts.TranscriptNote(Calls.Completed(null, s_talk[..2])));

    [Fact]
    public void The_summary_note_of_a_success_has_summary_transcript_and_custom_data()
    {
        var call = Calls.Completed([("_custom1234", true), ("_custom_x", "1/1/2000")], s_talk[..1]);
        Assert.Equal(
            "Call Analysis Summary\n\nCall Summary:\nThey talked.\n\nCall Transcription:\n[AGENT]: Hello.\n\n_custom1234: Yes\n_custom_x: 1/1/2000\n\nKayse call call_1 (summary)",
            CallTexts.SummaryNote(call, new LawRulerSettings()));
    }

    [Fact]
    public void The_summary_note_of_a_failure_has_the_disconnection_reason_and_nothing_that_is_not_there()
    {
        var call = Calls.Completed() with { Successful = false, Summary = null, DisconnectionReason = "dial_no_answer" };
        Assert.Equal("Call Analysis Summary\n\nDisconnection Reason: dial_no_answer\n\nKayse call call_1 (summary)", CallTexts.SummaryNote(call, new LawRulerSettings()));
    }

    [Theory]
    [InlineData(true, false, false, "Campaign Opted Out")]
    [InlineData(false, true, false, "Voice Calls Opted Out")]
    [InlineData(false, false, true, "Wrong Number")]
    public void Each_opt_out_stands_only_where_it_is_true(bool campaign, bool voice, bool wrong, string line)
    {
        var text = CallTexts.SummaryNote(Calls.Completed() with { CampaignOptedOut = campaign, VoiceCallsOptedOut = voice, WrongNumber = wrong }, new LawRulerSettings());
        Assert.Equal([$"{line}: Yes"], text.Split('\n').Where(part => part.StartsWith("Campaign Opted", StringComparison.Ordinal) || part.StartsWith("Voice Calls", StringComparison.Ordinal) || part.StartsWith("Wrong", StringComparison.Ordinal)));
    }
}
