using System.Net;
using System.Text.Json;
using static Kayse.Tests.Sandbox.SandboxClient;

namespace Kayse.Tests.Sandbox;

public sealed class WebhookSenderTests
{
    private const string Webhook = "/_sandbox/lawruler/demo/webhook";

    [Fact]
    public async Task A_status_change_posts_the_fields_as_multipart_with_the_header()
    {
        await using var sandbox = await StartAsync(new() { Clock = new SandboxClock() });
        await sandbox.SetAsync("PUT", Webhook, new { url = sandbox.Url + "/receiver/kayse?token=t", headers = new Dictionary<string, string> { ["x-lr-secret"] = "s" } });
        await sandbox.UpdateAsync(("Status", "Sent e-Sign"));
        var delivery = Assert.Single(await DeliveriesAsync(sandbox));
        Assert.Equal(200, delivery.GetProperty("status").GetInt32());
        var got = Assert.Single((await sandbox.GetAsync("/_sandbox/receiver/kayse")).GetProperty("requests").EnumerateArray());
        Assert.StartsWith("multipart/form-data", got.GetProperty("headers").GetProperty("Content-Type").GetString(), StringComparison.Ordinal);
        Assert.Equal("s", got.GetProperty("headers").GetProperty("x-lr-secret").GetString());
        Assert.Equal("token=t", got.GetProperty("query").GetString());
        Assert.Equal(
            "Lead ID=711551\nContact ID=88121\nCase Type ID=109\nCase Type=Zantac\nStatus ID=3\nStatus=Sent e-Sign\nFirst Name=Tilda\nLast Name=Quillfeather\n"
            + "Full Name=Tilda Quillfeather\nEmail=tilda.quillfeather@example.com\nPhone=5055550142\nCreated Date=11/20/2026 3:14:00 PM\n",
            got.GetProperty("body").GetString());
    }

    [Fact]
    public async Task Editing_other_fields_or_writing_the_same_status_fires_nothing()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SetAsync("PUT", Webhook, new { url = sandbox.Url + "/receiver/kayse" });
        await sandbox.UpdateAsync(("Status", "New Lead"), ("FirstName", "Thea"));
        Assert.Empty(await DeliveriesAsync(sandbox));
    }

    [Fact]
    public async Task Only_selected_statuses_and_case_types_fire_but_a_person_can_send_any()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SetAsync("PUT", Webhook, new { url = sandbox.Url + "/receiver/kayse", caseTypes = new object[] { 109 }, statuses = new object[] { "Approved" } });
        await sandbox.SetAsync("PATCH", LeadPath, new { status = "Sent e-Sign" });
        Assert.Empty(await DeliveriesAsync(sandbox));
        await sandbox.SetAsync("PATCH", LeadPath, new { status = "Approved" });
        await sandbox.SetAsync("POST", LeadPath + "/send-webhook", new { });
        Assert.Equal(["status", "manual"], (await DeliveriesAsync(sandbox)).Select(d => d.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task The_test_button_posts_the_tokens_themselves()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SetAsync("PUT", Webhook, new { url = sandbox.Url + "/receiver/kayse", fields = new Dictionary<string, string> { ["LeadID"] = "{{default95}}", ["Custom"] = "<<Custom4124>>", ["list_action"] = "add" } });
        await sandbox.SetAsync("POST", Webhook + "/test", new { });
        var fields = Assert.Single(await DeliveriesAsync(sandbox)).GetProperty("fields");
        Assert.Equal(("{{default95}}-Lead ID", "<<Custom4124>>", "add"), (fields.GetProperty("LeadID").GetString(), fields.GetProperty("Custom").GetString(), fields.GetProperty("list_action").GetString()));
    }

    [Fact]
    public async Task Repeats_missing_fields_blanks_and_files_come_as_asked_for()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SetAsync("PUT", Webhook, new
        {
            url = sandbox.Url + "/receiver/kayse",
            repeats = 3,
            concurrent = true,
            omit = new[] { "Email" },
            blanks = new Dictionary<string, string> { ["Phone"] = "null" },
            files = new[] { new { size = 10 } },
        });
        await sandbox.SetAsync("PATCH", LeadPath, new { status = "Approved" });
        Assert.Equal(3, (await DeliveriesAsync(sandbox)).Count);
        var body = (await sandbox.GetAsync("/_sandbox/receiver/kayse")).GetProperty("requests")[0].GetProperty("body").GetString();
        Assert.DoesNotContain("Email", body, StringComparison.Ordinal);
        Assert.Contains("Phone=null\n", body, StringComparison.Ordinal);
        Assert.Contains("File=(file \"711551-retainer.pdf\", application/pdf, 10 bytes", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Out_of_order_sends_the_newer_change_first()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SetAsync("PUT", Webhook, new { url = sandbox.Url + "/receiver/kayse", outOfOrder = true });
        await sandbox.SetAsync("PATCH", LeadPath, new { status = "Sent e-Sign" });
        await sandbox.SetAsync("PATCH", LeadPath, new { status = "Approved" });
        Assert.Equal(["Approved", "Sent e-Sign"], (await DeliveriesAsync(sandbox)).Select(d => d.GetProperty("fields").GetProperty("Status").GetString()));
    }

    [Fact]
    public async Task A_refused_post_is_tried_again_only_where_retries_are_on()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SetAsync("PUT", "/_sandbox/receiver/kayse", new { status = 200, sequence = new[] { new { status = 401 }, new { status = 503 } } });
        await sandbox.SetAsync("PUT", Webhook, new { url = sandbox.Url + "/receiver/kayse" });
        await sandbox.SetAsync("POST", LeadPath + "/send-webhook", new { });
        Assert.Equal(401, Assert.Single(await DeliveriesAsync(sandbox)).GetProperty("status").GetInt32());
        await sandbox.SetAsync("PUT", Webhook, new { url = sandbox.Url + "/receiver/kayse", retries = 2, retryDelayMs = 1 });
        await sandbox.SetAsync("POST", LeadPath + "/send-webhook", new { });
        Assert.Equal([401, 503, 200], (await DeliveriesAsync(sandbox)).Select(d => d.GetProperty("status").GetInt32()));
    }

    [Theory]
    [InlineData("http://example.com/hook")]
    [InlineData("http://10.0.0.1/hook")]
    [InlineData("ftp://localhost/hook")]
    [InlineData("nowhere")]
    public async Task No_other_machine_is_ever_called(string url)
    {
        await using var sandbox = await StartAsync();
        using var answer = await sandbox.SendAsync("PUT", Webhook, new { url });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static async Task<IReadOnlyList<JsonElement>> DeliveriesAsync(SandboxClient sandbox) =>
        [.. (await sandbox.GetAsync(Webhook + "?settled=true")).GetProperty("deliveries").EnumerateArray()];
}
