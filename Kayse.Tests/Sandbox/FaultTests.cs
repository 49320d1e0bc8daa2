using System.Net;
using static Kayse.Tests.Sandbox.SandboxClient;

namespace Kayse.Tests.Sandbox;

public sealed class FaultTests
{
    [Theory]
    [InlineData("429")]
    [InlineData("500")]
    [InlineData("502")]
    [InlineData("503")]
    [InlineData("401")]
    public async Task A_status_fault_fails_as_many_calls_as_it_was_asked_for(string kind)
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { system = "lawruler", operation = "campaign", kind, count = 2, retryAfter = 7 });
        for (var i = 0; i < 2; i++)
        {
            using var failed = await sandbox.CampaignAsync(("LeadID", "711551"), ("OverriddenLead", "true"), ("Tags", "x"));
            Assert.Equal((int.Parse(kind), TimeSpan.FromSeconds(7)), ((int)failed.StatusCode, failed.Headers.RetryAfter?.Delta));
        }

        Assert.Equal(0, (await sandbox.LeadAsync()).GetProperty("tags").GetArrayLength());
        await sandbox.UpdateAsync(("Tags", "y"));
        Assert.Equal(1, (await sandbox.LeadAsync()).GetProperty("tags").GetArrayLength());
    }

    [Theory]
    [InlineData("500")]
    [InlineData("reset")]
    [InlineData("html200")]
    [InlineData("empty200")]
    [InlineData("truncated")]
    [InlineData("login-redirect")]
    public async Task A_write_applied_before_the_fault_is_there_though_nobody_said_so(string kind)
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { system = "lawruler", operation = "*", kind, applied = "before" });
        Assert.DoesNotContain("Success Lead #711551<br/>Lead ID:<br/>711551", await TextOrNothingAsync(sandbox), StringComparison.Ordinal);
        Assert.Equal("x", (await sandbox.LeadAsync()).GetProperty("tags")[0].GetString());
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("truncated")]
    public async Task A_cut_connection_is_an_error_for_the_caller(string kind)
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { system = "lawruler", operation = "campaign", kind });
        await Assert.ThrowsAsync<HttpRequestException>(() => sandbox.CampaignAsync(("LeadID", "711551")));
    }

    [Fact]
    public async Task A_late_write_comes_after_a_caller_has_given_up()
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "slow", delayMs = 60_000, applied = "late" });
        using var impatience = new CancellationTokenSource();
        var post = sandbox.Http.PostAsync(
            "/lawruler/demo/api-legalrcampaign.aspx", Form(("Key", "demo-key"), ("LeadID", "711551"), ("overridelead", "true"), ("Tags", "late")), impatience.Token);
        await Eventually(async () => (await sandbox.GetAsync("/_sandbox/requests")).GetProperty("requests").GetArrayLength() == 1);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => post);
        await Eventually(async () => (await sandbox.LeadAsync()).GetProperty("tags").GetArrayLength() == 1);
    }

    [Fact]
    public async Task A_late_write_after_an_error_answer_happens_too()
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "502", applied = "late", lateMs = 20 });
        using var answer = await sandbox.CampaignAsync(("LeadID", "711551"), ("overridelead", "true"), ("Tags", "late"));
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        await Eventually(async () => (await sandbox.LeadAsync()).GetProperty("tags").GetArrayLength() == 1);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("slow")]
    public async Task A_late_write_comes_after_a_patient_caller_was_cut_off(string kind)
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { system = "lawruler", operation = "campaign", kind, delayMs = 5, applied = "late" });
        await Assert.ThrowsAsync<HttpRequestException>(() => sandbox.CampaignAsync(("LeadID", "711551"), ("overridelead", "true"), ("Tags", "late")));
        await Eventually(async () => (await sandbox.LeadAsync()).GetProperty("tags").GetArrayLength() == 1);
        Assert.Equal(0, (await sandbox.GetAsync("/_sandbox/requests")).GetProperty("requests")[0].GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task A_slow_answer_is_the_real_one_after_its_delay()
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { system = "lawruler", operation = "campaign", kind = "slow", delayMs = 30 });
        Assert.Contains("Success", await sandbox.UpdateAsync(("Tags", "x")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_of_no_known_kind_is_refused()
    {
        await using var sandbox = await StartAsync();
        using var answer = await sandbox.SendAsync("POST", "/_sandbox/faults", new { system = "lawruler", operation = "*", kind = "fire" });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty((await sandbox.GetAsync("/_sandbox/faults")).GetProperty("faults").EnumerateArray());
    }

    [Fact]
    public async Task A_fault_meets_only_the_operation_it_names()
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { system = "lawruler", operation = "getstatus", kind = "500" });
        await sandbox.UpdateAsync(("Tags", "x"));
        using var read = await sandbox.CampaignAsync(("Operation", "GetStatus"), ("LeadID", "711551"));
        Assert.Equal(HttpStatusCode.InternalServerError, read.StatusCode);
    }

    private static async Task<string> TextOrNothingAsync(SandboxClient sandbox)
    {
        try
        {
            using var answer = await sandbox.CampaignAsync(("LeadID", "711551"), ("OverriddenLead", "true"), ("Tags", "x"));
            return await answer.Content.ReadAsStringAsync();
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }

    /// <summary>Each look is a request of its own, so this waits on the sandbox and not on a clock.</summary>
    private static async Task Eventually(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await isSo())
        {
            limit.Token.ThrowIfCancellationRequested();
        }
    }
}
