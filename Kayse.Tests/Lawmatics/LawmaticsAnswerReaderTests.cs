using System.Net;
using Kayse.Core.Connectors;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Workflows;

namespace Kayse.Tests.Lawmatics;

public sealed class LawmaticsAnswerReaderTests
{
    private const string PathMissing = "{\"errors\":[{\"status\":404,\"title\":\"Not Found\",\"detail\":\"The path you requested does not exist \U0001F47B\"}]}";
    private const string RecordMissing = "{\"errors\":[{\"status\":404,\"title\":\"Not found\",\"detail\":\"Contact with id 7 was not found.\"}]}";
    private const string FilterRefused = "{\"errors\":[{\"status\":422,\"title\":\"Filter By Parameter Not Available\",\"detail\":\"Choose a valid filter_by.\"}]}";

    private static readonly DateTimeOffset s_now = new(2026, 11, 20, 15, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(200, "{\"data\":{\"id\":\"25\",\"type\":\"contact\",\"attributes\":{}}}", LawmaticsKind.Success)]
    [InlineData(201, "{\"data\":{\"id\":\"25\"}}", LawmaticsKind.Success)]
    [InlineData(200, "{\"data\":null}", LawmaticsKind.Success)]
    [InlineData(204, "", LawmaticsKind.Success)]
    [InlineData(200, "", LawmaticsKind.Indeterminate)]
    [InlineData(200, "<!DOCTYPE html><html><body>Sign in</body></html>", LawmaticsKind.Indeterminate)]
    [InlineData(200, "{\"data\":{\"id\":\"1\",\"type\":", LawmaticsKind.Indeterminate)]
    [InlineData(200, "[]", LawmaticsKind.Indeterminate)]
    [InlineData(302, "", LawmaticsKind.Indeterminate)]
    [InlineData(401, "", LawmaticsKind.TokenRefused)]
    [InlineData(403, "", LawmaticsKind.Forbidden)]
    [InlineData(404, RecordMissing, LawmaticsKind.NotFound)]
    [InlineData(404, "", LawmaticsKind.NotFound)]
    [InlineData(404, PathMissing, LawmaticsKind.PathUnknown)]
    [InlineData(404, "<html><h1>404</h1></html>", LawmaticsKind.PathUnknown)]
    [InlineData(422, FilterRefused, LawmaticsKind.Refused)]
    [InlineData(400, "{\"error\":\"bad\"}", LawmaticsKind.Refused)]
    [InlineData(409, "", LawmaticsKind.Refused)]
    [InlineData(429, "", LawmaticsKind.RateLimited)]
    [InlineData(408, "", LawmaticsKind.Unavailable)]
    [InlineData(500, "<html>oops</html>", LawmaticsKind.Unavailable)]
    [InlineData(503, "", LawmaticsKind.Unavailable)]
    public void An_answer_has_one_meaning(int status, string body, LawmaticsKind kind) => Assert.Equal(kind, Read(status, body).Kind);

    [Theory]
    [InlineData(CrmFault.Unreachable, LawmaticsKind.Unreachable)]
    [InlineData(CrmFault.TimedOut, LawmaticsKind.TimedOut)]
    [InlineData(CrmFault.Broken, LawmaticsKind.Broken)]
    [InlineData(CrmFault.TooLarge, LawmaticsKind.Indeterminate)]
    public void A_fault_of_the_network_is_a_kind_too(CrmFault fault, LawmaticsKind kind) => Assert.Equal(kind, LawmaticsAnswerReader.Read(new CrmResponse(fault)).Kind);

    [Theory]
    [InlineData(PathMissing, "Not Found: The path you requested does not exist \U0001F47B")]
    [InlineData(FilterRefused, "Filter By Parameter Not Available: Choose a valid filter_by.")]
    [InlineData("{\"errors\":[{\"title\":\"One\"},{\"detail\":\"Two\"},\"Three\"]}", "One; Two; Three")]
    [InlineData("{\"error\":\"invalid\",\"error_description\":\"No\\u0007 way\"}", "No  way")]
    [InlineData("{\"errors\":{}}", null)]
    [InlineData("not json", null)]
    public void What_lawmatics_says_of_a_failure_is_kept_in_one_line(string body, string? message) => Assert.Equal(message, Read(422, body).Message);

    [Fact]
    public void A_long_message_is_cut_between_characters()
    {
        var message = Read(422, $"{{\"errors\":[{{\"title\":\"{new string('x', 499)}\U0001F47B\U0001F47B\"}}]}}").Message!;

        Assert.Equal(new string('x', 499), message);
    }

    [Fact]
    public void Lists_say_how_long_they_are_and_ids_may_be_numbers()
    {
        var answer = Read(200, """{"data":[{"id":7,"type":"prospect","attributes":{"case_title":"A"},"relationships":{"stage":{"data":{"id":147}},"tags":{"data":[{"id":"1"},{"id":2}]},"source":{"data":null}}},5],"meta":{"total_pages":3,"total_entries":61},"links":{"next":"/v1/prospect?page=2"}}""");

        var record = Assert.Single(answer.Records);
        Assert.Equal(("7", "prospect", "A", "147", null), (record.Id, record.Type, record.Text("case_title"), record.Related("stage"), record.Related("source")));
        Assert.Equal((3, 61), (answer.TotalPages, answer.TotalEntries));
        Assert.Null(Read(200, "{\"data\":null}").Record);
        Assert.Empty(Read(200, "{\"data\":null}").Records);
    }

    [Fact]
    public void Lawmatics_own_words_are_for_the_audit_log_and_never_in_a_history()
    {
        var answer = Read(422, FilterRefused, "6f1c-req");
        var outcome = LawmaticsOutcomes.Of(new LawmaticsReply(answer), s_now);

        Assert.Equal(StepKind.Refused, outcome.Kind);
        Assert.Equal("Lawmatics says: Filter By Parameter Not Available: Choose a valid filter_by. (Lawmatics' request 6f1c-req)", outcome.Said);
        Assert.DoesNotContain("Filter By", System.Text.Json.JsonSerializer.Serialize(outcome), StringComparison.Ordinal);
        Assert.Contains("stage mapping", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LawmaticsKind.Success, StepKind.Done, false)]
    [InlineData(LawmaticsKind.TokenRefused, StepKind.RetryAfter, true)]
    [InlineData(LawmaticsKind.ReconnectNeeded, StepKind.RetryAfter, true)]
    [InlineData(LawmaticsKind.NotConnected, StepKind.RetryAfter, true)]
    [InlineData(LawmaticsKind.NotFound, StepKind.Refused, false)]
    [InlineData(LawmaticsKind.RateLimited, StepKind.RetryAfter, false)]
    [InlineData(LawmaticsKind.Unavailable, StepKind.RetryAfter, false)]
    [InlineData(LawmaticsKind.TimedOut, StepKind.RetryAfter, false)]
    [InlineData(LawmaticsKind.Indeterminate, StepKind.RetryAfter, false)]
    public void What_waits_for_a_sign_in_spends_no_attempt(LawmaticsKind kind, StepKind step, bool isPostponed)
    {
        var outcome = LawmaticsOutcomes.Of(LawmaticsReply.Of(kind), s_now);

        Assert.Equal((step, isPostponed), (outcome.Kind, outcome.Postponed));
    }

    [Fact]
    public void Work_of_a_connection_that_is_refused_waits_longer_the_longer_it_is()
    {
        var connection = new LawmaticsConnection { Connected = true, ReconnectNeededSince = s_now };

        Assert.Equal(s_now.AddMinutes(1), LawmaticsOutcomes.WhyNotNow(connection, s_now)!.NotBefore);
        Assert.Equal(s_now.AddMinutes(65), LawmaticsOutcomes.WhyNotNow(connection, s_now.AddMinutes(60))!.NotBefore - TimeSpan.FromMinutes(1));
        Assert.Equal(s_now.AddDays(7).AddMinutes(15), LawmaticsOutcomes.WhyNotNow(connection, s_now.AddDays(7))!.NotBefore);
        Assert.Null(LawmaticsOutcomes.WhyNotNow(connection with { ReconnectNeededSince = null }, s_now));
        var paused = new LawmaticsConnection { Connected = true, Toggles = new LawmaticsToggles { EnableIntegration = false } }.PauseNoted(s_now);
        Assert.Equal(s_now.AddMinutes(1), LawmaticsOutcomes.WhyNotNow(paused, s_now)!.NotBefore);
        Assert.Equal(s_now.AddDays(7).AddMinutes(15), LawmaticsOutcomes.WhyNotNow(paused.PauseNoted(s_now.AddDays(1)), s_now.AddDays(7))!.NotBefore);
        Assert.Null((paused with { Toggles = new LawmaticsToggles() }).PauseNoted(s_now).PausedSince);
        Assert.Equal(s_now.AddMinutes(15), LawmaticsOutcomes.WhyNotNow(new LawmaticsConnection(), s_now)!.NotBefore);
    }

    [Theory]
    [InlineData("a b/../c?d#e", "a%20b%2F..%2Fc%3Fd%23e")]
    [InlineData("ana.ruiz+x@example.com", "ana.ruiz%2Bx%40example.com")]
    public void A_value_in_a_path_leads_nowhere_else(string value, string escaped) => Assert.Equal(escaped, LawmaticsPath.Segment(value));

    [Fact]
    public void A_path_has_the_parameters_that_have_a_value()
    {
        Assert.Equal("/v1/contacts?fields=all&filter_on=a%25", LawmaticsPath.Of("/v1/contacts", ("fields", "all"), ("page", null), ("filter_on", "a%")));
        Assert.Throws<ArgumentException>(() => LawmaticsPath.Segment(".."));
    }

    private static LawmaticsAnswer Read(int status, string body, string? requestId = null) =>
        LawmaticsAnswerReader.Read(new CrmResponse(CrmFault.None, (HttpStatusCode)status, body) { RequestId = requestId });
}
