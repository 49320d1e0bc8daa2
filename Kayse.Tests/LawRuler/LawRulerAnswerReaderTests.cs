using System.Net;
using Kayse.Core.Connectors.LawRuler;

namespace Kayse.Tests.LawRuler;

public sealed class LawRulerAnswerReaderTests
{
    [Theory]
    [InlineData("Success Lead #711551<br/>Lead ID:<br/>711551<br/>", "711551")]
    [InlineData("<br/>Success Lead #42", "42")]
    [InlineData("Lead ID:<br/><BR />\r\n<br>711551", "711551")]
    [InlineData("lead id: 7", "7")]
    [InlineData("{\"Success\":true,\"LeadID\":711551}", "711551")]
    [InlineData("{\"LeadID\":\"711551\"}", "711551")]
    [InlineData("{\"ok\":\"true\"}", null)]
    [InlineData("{\"status\":\"OK\"}", null)]
    [InlineData("<?xml version=\"1.0\"?><Lead><LeadID>711551</LeadID><Success>true</Success></Lead>", "711551")]
    [InlineData("<Lead><LeadID>711551</LeadID><Status>New &amp; old</Status></Lead>", "711551")]
    public void What_says_that_it_worked_is_a_success(string text, string? lead)
    {
        var answer = LawRulerAnswerReader.Read(HttpStatusCode.OK, text);
        Assert.Equal((AnswerKind.Success, lead), (answer.Kind, answer.LeadId));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("OK")]
    [InlineData("Thank you")]
    [InlineData("true")]
    [InlineData("[]")]
    [InlineData("[{\"LeadID\":1}]")]
    [InlineData("{}")]
    [InlineData("{\"LeadID\":711")]
    [InlineData("{\"LeadID\":\"none\"}")]
    [InlineData("{\"status\":\"pending\"}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("<Lead><LeadID>711551</LeadID>")]
    [InlineData("<Lead>&nbsp;<LeadID>711551</LeadID></Lead>")]
    [InlineData("<!DOCTYPE html><html><body>Success Lead #711551</body></html>")]
    [InlineData("<html><head><title>Sign in</title></head></html>")]
    [InlineData("<div><form action=\"/login.aspx\">Lead ID: 711551</form></div>")]
    [InlineData("<?xml version=\"1.0\"?><!DOCTYPE Lead SYSTEM \"file:///etc/passwd\"><Lead><LeadID>711551</LeadID></Lead>")]
    [InlineData("<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><Lead><LeadID>711551</LeadID><x>&b;</x></Lead>")]
    public void What_cannot_be_understood_is_indeterminate_and_never_a_success(string text) =>
        Assert.Equal(AnswerKind.Indeterminate, LawRulerAnswerReader.Read(HttpStatusCode.OK, text).Kind);

    [Theory]
    [InlineData("Error: Invalid Key.<br/>", AnswerKind.KeyRefused)]
    [InlineData("{\"error\":\"API key is missing\"}", AnswerKind.KeyRefused)]
    [InlineData("{\"Status\":\"Invalid Key\"}", AnswerKind.KeyRefused)]
    [InlineData("{\"message\":\"Unauthorized\"}", AnswerKind.KeyRefused)]
    [InlineData("<?xml version=\"1.0\"?><error>Error: Invalid Key.</error>", AnswerKind.KeyRefused)]
    [InlineData("Error: Lead not found.", AnswerKind.LeadUnknown)]
    [InlineData("{\"Success\":false,\"Error\":\"Error: Lead not found.\",\"LeadID\":5}", AnswerKind.LeadUnknown)]
    [InlineData("Error: Invalid Status.", AnswerKind.StatusUnknown)]
    [InlineData("Duplicate Lead<br/>", AnswerKind.Refused)]
    [InlineData("Duplicate Lead Lead ID:<br/>711551<br/>", AnswerKind.Refused)]
    [InlineData("{\"success\":\"False\",\"LeadID\":711551}", AnswerKind.Refused)]
    [InlineData("{\"ok\":0,\"LeadID\":711551}", AnswerKind.Refused)]
    [InlineData("{\"status\":\"error\",\"LeadID\":711551}", AnswerKind.Refused)]
    [InlineData("{\"status\":500,\"LeadID\":711551}", AnswerKind.Refused)]
    [InlineData("{\"errors\":[\"CaseType\"],\"LeadID\":711551}", AnswerKind.Refused)]
    public void A_failure_inside_a_200_is_a_failure(string text, AnswerKind kind) => Assert.Equal(kind, LawRulerAnswerReader.Read(HttpStatusCode.OK, text).Kind);

    [Theory]
    [InlineData(429, AnswerKind.RateLimited)]
    [InlineData(401, AnswerKind.Unauthorized)]
    [InlineData(403, AnswerKind.Unauthorized)]
    [InlineData(404, AnswerKind.PathUnknown)]
    [InlineData(302, AnswerKind.Indeterminate)]
    [InlineData(400, AnswerKind.Refused)]
    [InlineData(500, AnswerKind.Unavailable)]
    [InlineData(503, AnswerKind.Unavailable)]
    [InlineData(504, AnswerKind.TimedOut)]
    public void The_status_code_comes_before_the_text(int status, AnswerKind kind) =>
        Assert.Equal(kind, LawRulerAnswerReader.Read((HttpStatusCode)status, "Success Lead #711551").Kind);

    [Fact]
    public void An_answer_of_a_million_letters_is_read_in_time()
    {
        var text = string.Concat("Lead ID:", string.Concat(Enumerable.Repeat("<br/>", 200_000)), "x");
        Assert.Equal(AnswerKind.Indeterminate, LawRulerAnswerReader.Read(HttpStatusCode.OK, text).Kind);
    }

    [Theory]
    [InlineData("<?xml version=\"1.0\"?><Lead><LeadID>711551</LeadID><Status>Sent e-Sign</Status></Lead>", "Sent e-Sign")]
    [InlineData("<Lead><Status>New Lead</Status></Lead>", "New Lead")]
    public void A_status_is_read(string text, string status) => Assert.Equal(status, LawRulerAnswerReader.ReadStatus(HttpStatusCode.OK, text).Status);
}
