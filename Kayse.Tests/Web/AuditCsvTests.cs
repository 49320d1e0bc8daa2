using Kayse.Core.Companies;
using Kayse.Core.Sync;

namespace Kayse.Tests.Web;

public sealed class AuditCsvTests(TwoFirms firms) : IClassFixture<TwoFirms>
{
    [Theory]
    [InlineData("=HYPERLINK(\"http://evil.example.com\")", "\"'=HYPERLINK(\"\"http://evil.example.com\"\")\"")]
    [InlineData("+1+1", "\"'+1+1\"")]
    [InlineData("-2", "\"'-2\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("\n=1", "\"'\n=1\"")]
    [InlineData("plain, with a comma", "\"plain, with a comma\"")]
    public async Task A_cell_never_runs_as_a_formula(string detail, string expected)
    {
        await firms.Host.Get<AuditLog>().WriteAsync(CompanyId.Parse("demo"), "lawruler", "test", "done", "711551", null, detail, CancellationToken.None);

        using var answer = await firms.Host.Http.GetAsync("/api/companies/demo/audit?format=csv");
        var csv = await answer.Content.ReadAsStringAsync();

        Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("audit-demo.csv", answer.Content.Headers.ContentDisposition?.FileName);
        Assert.StartsWith("at,crm,action,outcome,resource,subject,detail", csv, StringComparison.Ordinal);
        Assert.Contains($"\"lawruler\",\"test\",\"done\",\"711551\",\"\",{expected}", csv, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_csv_has_every_line_of_the_log()
    {
        for (var i = 0; i < 30; i++)
        {
            await firms.Host.Get<AuditLog>().WriteAsync(CompanyId.Parse("demo2"), "lawruler", "test", "done", null, $"line{i}", null, CancellationToken.None);
        }

        var csv = await firms.Host.Http.GetStringAsync("/api/companies/demo2/audit?format=csv");

        Assert.All(Enumerable.Range(0, 30), i => Assert.Contains($"\"line{i}\"", csv, StringComparison.Ordinal));
    }
}
