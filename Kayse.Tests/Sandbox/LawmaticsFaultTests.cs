using System.Text;
using System.Text.Json;
using Kayse.Sandbox;

namespace Kayse.Tests.Sandbox;

public sealed class LawmaticsFaultTests
{
    private static readonly object Ana = new { first_name = "Ana", email = "ana@example.com" };

    [Fact]
    public async Task The_limit_is_the_firms_over_all_its_tokens_and_the_wait_is_a_minute()
    {
        var clock = new SandboxClock();
        await using var sandbox = await LawmaticsSandbox.StartAsync(clock: clock);
        for (var i = 0; i < 50; i++)
        {
            await sandbox.SignInAsync();
            await sandbox.DataAsync("GET", "users/me");
        }

        using var refused = await sandbox.Http.GetAsync("/lawmatics/v1/users/me");
        Assert.Equal((429, TimeSpan.FromSeconds(60)), ((int)refused.StatusCode, refused.Headers.RetryAfter?.Delta));
        await sandbox.SetAsync("PUT", "/_sandbox/lawmatics/other-client", new { });
        await sandbox.SignInAsync("other-client");
        await sandbox.DataAsync("GET", "users/me");
        await sandbox.SignInAsync();
        clock.Advance(TimeSpan.FromMinutes(1));
        await sandbox.DataAsync("GET", "users/me");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(null)]
    public async Task The_wait_can_be_shortened_or_left_out(int? seconds)
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync(new { rateLimitPerMinute = 1, retryAfterSeconds = seconds });
        await sandbox.DataAsync("GET", "users/me");
        using var refused = await sandbox.Http.GetAsync("/lawmatics/v1/users/me");
        Assert.Equal((429, (double?)seconds), ((int)refused.StatusCode, refused.Headers.RetryAfter?.Delta?.TotalSeconds));
    }

    [Theory]
    [InlineData("401", 401)]
    [InlineData("429", 429)]
    [InlineData("500", 500)]
    [InlineData("502", 502)]
    [InlineData("503", 503)]
    public async Task A_status_fault_fails_the_call_and_writes_nothing(string kind, int status)
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        await sandbox.FaultAsync(new { system = "lawmatics", operation = "createcontact", kind });
        await sandbox.DataAsync("GET", "contacts");
        using var answer = await sandbox.Http.PostAsync("/lawmatics/v1/contacts", Body());
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal((status, status == 401 ? "" : $"<html><body><h1>{status}</h1></body></html>"), ((int)answer.StatusCode, text));
        Assert.Empty(await sandbox.KeptAsync("contacts"));
        await sandbox.ContactAsync(Ana);
    }

    [Fact]
    public async Task Both_404s_and_a_422_speak_as_lawmatics_does()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        await sandbox.FaultAsync(new { system = "lawmatics", operation = "createcontact", kind = "404" });
        Assert.Equal("The record was not found.", await sandbox.RefusedAsync(404, "POST", "contacts", Ana));
        await sandbox.FaultAsync(new { system = "lawmatics", operation = "createcontact", kind = "404-path" });
        Assert.EndsWith("\U0001F47B", await sandbox.RefusedAsync(404, "POST", "contacts", Ana), StringComparison.Ordinal);
        await sandbox.FaultAsync(new { system = "lawmatics", operation = "createcontact", kind = "422", detail = "Phone is too short." });
        Assert.Equal("Phone is too short.", await sandbox.RefusedAsync(422, "POST", "contacts", Ana));
    }

    [Theory]
    [InlineData("html200", "<!DOCTYPE html>")]
    [InlineData("invalid-json", "{\"data\":{\"id\"")]
    [InlineData("empty200", "")]
    public async Task A_200_can_be_none_though_the_record_is_there(string kind, string start)
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        await sandbox.FaultAsync(new { system = "lawmatics", operation = "createcontact", kind, applied = "before" });
        using var answer = await sandbox.Http.PostAsync("/lawmatics/v1/contacts", Body());
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.StartsWith(start, text, StringComparison.Ordinal);
        Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(text).Dispose());
        Assert.Single(await sandbox.KeptAsync("contacts"));
    }

    [Fact]
    public async Task A_dropped_connection_can_leave_the_record_behind()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        await sandbox.FaultAsync(new { system = "lawmatics", operation = "createcontact", kind = "reset", applied = "before" });
        await Assert.ThrowsAsync<HttpRequestException>(() => sandbox.ContactAsync(Ana));
        await sandbox.ContactAsync(Ana);
        Assert.Equal(2, (await sandbox.KeptAsync("contacts")).Count);
    }

    [Fact]
    public async Task A_write_slower_than_its_caller_is_written_all_the_same()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        await sandbox.FaultAsync(new { system = "lawmatics", operation = "createcontact", kind = "slow", delayMs = 600_000 });
        using var impatience = new CancellationTokenSource();
        var post = sandbox.Http.PostAsync("/lawmatics/v1/contacts", Body(), impatience.Token);
        await LawmaticsSandbox.EventuallyAsync(async () => (await sandbox.KeptAsync("contacts")).Count == 1);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => post);
        Assert.Single(await sandbox.KeptAsync("contacts"));
    }

    [Fact]
    public async Task Writes_take_as_long_as_they_are_set_to_and_reads_do_not()
    {
        var clock = new ManualClock();
        await using var sandbox = await LawmaticsSandbox.StartAsync(new { writeDelayMs = 800, contactWriteDelayMs = 3000 }, clock);
        var contact = sandbox.ContactAsync(Ana);
        await LawmaticsSandbox.EventuallyAsync(async () => (await sandbox.KeptAsync("contacts")).Count == 1);
        await sandbox.DataAsync("GET", "contacts");
        clock.Advance(TimeSpan.FromMilliseconds(2999));
        Assert.False(contact.IsCompleted);

        // The record is there a moment before its caller begins to wait, so the rest of the wait may be a little longer.
        await LawmaticsSandbox.EventuallyAsync(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            return Task.FromResult(contact.IsCompleted);
        });
        await contact;
    }

    [Fact]
    public async Task Each_call_is_in_the_log_under_the_name_of_its_operation()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        var contact = await sandbox.ContactAsync(Ana);
        await sandbox.CallAsync("GET", "contacts/find_by_email/ana%40example.com");
        await sandbox.CallAsync("PATCH", $"contacts/{contact}", new { phone = "505-555-0101" });
        await sandbox.CallAsync("GET", $"prospects/{contact}");
        await sandbox.CallAsync("GET", "sub_statuses");
        await sandbox.CallAsync("GET", "users/me");
        await sandbox.CallAsync("POST", "forms/none/submit", new { });
        await sandbox.CallAsync("GET", "files/download/1");
        await sandbox.CallAsync("GET", "matters");
        var requests = (await sandbox.GetAsync("/_sandbox/requests?system=lawmatics")).GetProperty("requests").EnumerateArray();
        Assert.Equal(
            ["createcontact", "findcontact", "updatecontact", "getprospect", "listsubstatuses", "me", "submitform", "downloadfile", "unknown"],
            requests.Select(r => r.GetProperty("operation").GetString()));
    }

    [Fact]
    public async Task What_a_firm_keeps_outlives_the_sandbox_and_a_reset_forgets_it()
    {
        using var folder = new TempFolder();
        var kept = new SandboxOptions { StateFile = Path.Combine(folder.Path, "sandbox.json") };
        string? token;
        await using (var sandbox = await LawmaticsSandbox.StartAsync(new { ignoreStage = true }, sandbox: kept))
        {
            await sandbox.MatterAsync(new { first_name = "Ana", email = "ana@example.com", tags = new[] { "a" }, custom_fields = new[] { new { id = 6442, value = new[] { "Pain" } } } });
            token = sandbox.Http.DefaultRequestHeaders.Authorization!.Parameter;
        }

        await using var again = await LawmaticsSandbox.StartAsync(sandbox: kept);
        again.Bear(token);
        await again.MatterAsync(new { contact_id = (await again.KeptAsync("contacts"))[0].GetProperty("id").GetInt64(), stage_id = 149 });
        Assert.Equal(["New Lead", "New Lead"], (await again.KeptAsync("matters")).Select(m => m.GetProperty("stage").GetString()));
        Assert.Equal("Pain", (await again.KeptAsync("matters"))[0].GetProperty("customFields").GetProperty("Symptoms").GetString());
        using var reset = await again.Http.PostAsync("/_sandbox/reset", null);
        Assert.Empty(await again.KeptAsync("matters"));
        Assert.Equal(401, (await again.CallAsync("GET", "users/me")).Status);
    }

    [Fact]
    public async Task Firms_see_nothing_of_one_another()
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        await sandbox.ContactAsync(Ana);
        await sandbox.SetAsync("PUT", "/_sandbox/lawmatics/other-client", new { });
        await sandbox.SignInAsync("other-client");
        Assert.Equal(0, (await sandbox.DataAsync("GET", "contacts")).GetArrayLength());
        Assert.Empty((await sandbox.GetAsync("/_sandbox/lawmatics?client=other-client")).GetProperty("contacts").EnumerateArray());
        Assert.Single(await sandbox.KeptAsync("contacts"));
    }

    [Theory]
    [InlineData("PUT", "", "{\"options\":{\"ignoreStages\":true}}")]
    [InlineData("POST", "/matters", "{\"first_name\":\"Ana\",\"stage\":\"Nowhere\"}")]
    [InlineData("POST", "/contacts", "{\"first_name\":\"Ana\",\"count\":0}")]
    [InlineData("PATCH", "/matters/9", "{}")]
    public async Task A_mistake_in_setting_up_is_told_and_not_made(string method, string path, string body)
    {
        await using var sandbox = await LawmaticsSandbox.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), LawmaticsSandbox.Own + path) { Content = new StringContent(body) };
        using var answer = await sandbox.Http.SendAsync(request);
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Empty(await sandbox.KeptAsync("contacts"));
    }

    private static StringContent Body() => new("{\"first_name\":\"Ana\",\"email\":\"ana@example.com\"}", Encoding.UTF8, "application/json");
}
