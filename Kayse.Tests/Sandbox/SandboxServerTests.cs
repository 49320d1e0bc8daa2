using System.Net;
using System.Text;
using Kayse.Sandbox;
using static Kayse.Tests.Sandbox.SandboxClient;

namespace Kayse.Tests.Sandbox;

public sealed class SandboxServerTests
{
    [Fact]
    public async Task State_survives_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("sandbox");
        try
        {
            var options = new SandboxOptions { StateFile = Path.Combine(folder.FullName, "sandbox.json") };
            await using (var first = await StartAsync(options))
            {
                await first.SignInAsync();
                await first.UploadAsync("a.wav");
                await first.UpdateAsync(("Status", "Approved"), ("Tags", "Kayse"), ("Conversation", "Hello"));
            }

            await using var second = await StartAsync(options);
            var lead = await second.LeadAsync();
            Assert.Equal(("Approved", "Kayse"), (lead.GetProperty("status").GetString(), lead.GetProperty("tags")[0].GetString()));
            Assert.Equal((1, 1), (lead.GetProperty("notes").GetArrayLength(), lead.GetProperty("documents").GetArrayLength()));
            Assert.Contains("Success", await second.UpdateAsync(("custom5", "x"), ("CELLPHONE", "1")), StringComparison.Ordinal);
            Assert.Equal("1", (await second.LeadAsync()).GetProperty("fields").GetProperty("CellPhone").GetString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_corrupt_state_file_is_named_in_the_error()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "{ not json");
        var error = await Assert.ThrowsAsync<SandboxStartException>(() => SandboxServer.StartAsync(new SandboxOptions { StateFile = file, Quiet = true }));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public async Task A_taken_port_is_named_in_the_error()
    {
        await using var sandbox = await StartAsync();
        var error = await Assert.ThrowsAsync<SandboxStartException>(() => SandboxServer.StartAsync(new SandboxOptions { Port = sandbox.Server.Port, Quiet = true }));
        Assert.Contains(sandbox.Server.Port.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_file_that_cannot_be_written_is_named_in_the_error()
    {
        var file = Path.GetTempFileName();
        var error = await Assert.ThrowsAsync<SandboxStartException>(() => SandboxServer.StartAsync(new SandboxOptions { StateFile = Path.Combine(file, "sandbox.json"), Quiet = true }));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Theory]
    [InlineData("/_sandbox/lawruler/demo", "{\"statuses\":null}")]
    [InlineData("/_sandbox/lawruler/demo", "[]")]
    [InlineData("/_sandbox/lawruler/demo/webhook", "{}")]
    [InlineData("/_sandbox/receiver/x", "{\"status\":99}")]
    [InlineData("/_sandbox/lawruler/demo/leads/5", "{\"status\":\"None Such\"}")]
    public async Task A_wrong_body_is_refused_with_a_reason(string path, string body)
    {
        await using var sandbox = await StartAsync();
        using var answer = await sandbox.Http.PutAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotEmpty((await JsonAsync(answer)).GetProperty("error").GetString()!);
    }

    [Fact]
    public async Task Reset_forgets_everything_but_the_seed()
    {
        await using var sandbox = await StartAsync();
        await sandbox.UpdateAsync(("Status", "Approved"));
        await sandbox.FaultAsync(new { kind = "500" });
        await sandbox.SetAsync("PUT", "/_sandbox/lawruler/other", new { key = "k" });
        await sandbox.SetAsync("POST", "/_sandbox/reset", new { });
        Assert.Equal("New Lead", (await sandbox.LeadAsync()).GetProperty("status").GetString());
        Assert.Empty((await sandbox.GetAsync("/_sandbox/requests")).GetProperty("requests").EnumerateArray());
        Assert.Empty((await sandbox.GetAsync("/_sandbox/faults")).GetProperty("faults").EnumerateArray());
        using var gone = await sandbox.Http.GetAsync("/_sandbox/lawruler/other");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Another_portal_opens_with_its_own_credentials_and_leads()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SetAsync("PUT", "/_sandbox/lawruler/other", new { key = "other-key-2", leads = new[] { new { id = 42, status = "Approved" } } });
        var answer = await sandbox.Http.GetStringAsync("/lawruler/other/api-legalcrmapp.aspx?Key=other-key-2&Operation=GetStatus&LeadID=42&ReturnJSON=True");
        Assert.Contains("\"Status\":\"Approved\"", answer, StringComparison.Ordinal);
        using var misspelt = await sandbox.SendAsync("PUT", "/_sandbox/lawruler/third", new { options = new { rateLimit = 3 } });
        Assert.Equal(HttpStatusCode.BadRequest, misspelt.StatusCode);
    }

    [Fact]
    public async Task The_request_log_keeps_order_operations_and_statuses_and_cuts_bodies()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SignInAsync();
        await sandbox.UpdateAsync(("Call Transcript", new string('x', 300_000)));
        await sandbox.UploadAsync("a.wav", 5000);
        var log = (await sandbox.GetAsync("/_sandbox/requests?system=lawruler")).GetProperty("requests").EnumerateArray().ToList();
        Assert.Equal(["token", "campaign", "upload"], log.Select(r => r.GetProperty("operation").GetString()));
        Assert.All(log, r => Assert.Equal(200, r.GetProperty("status").GetInt32()));
        Assert.Equal(256 * 1024, log[1].GetProperty("body").GetString()!.Length);
        Assert.Contains("5000 bytes", log[2].GetProperty("body").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_recording_is_audio_of_the_size_asked_for()
    {
        await using var sandbox = await StartAsync();
        using var answer = await sandbox.Http.GetAsync("/files/rec.mp3");
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(("audio/mpeg", 320_000), (answer.Content.Headers.ContentType?.MediaType, bytes.Length));
        Assert.Equal([0xFF, 0xFB, 0x90, 0x64], bytes[..4]);
        Assert.Equal(bytes[..4], bytes[417..421]);
        Assert.Equal(1_000_001, (await sandbox.Http.GetByteArrayAsync("/files/rec.mp3?size=1000001")).Length);
    }

    [Fact]
    public async Task A_receiver_answers_its_sequence_and_then_its_own()
    {
        await using var sandbox = await StartAsync();
        await sandbox.SetAsync("PUT", "/_sandbox/receiver/hook", new { status = 202, body = "ok", headers = new Dictionary<string, string> { ["X-A"] = "b" }, sequence = new[] { new { status = 500 } } });
        using var first = await sandbox.Http.PostAsync("/receiver/hook", new StringContent("{\"a\":1}", Encoding.UTF8, "application/json"));
        using var second = await sandbox.Http.PutAsync("/receiver/hook/deeper?x=1", new StringContent("two"));
        Assert.Equal((500, 202, "b"), ((int)first.StatusCode, (int)second.StatusCode, second.Headers.GetValues("X-A").Single()));
        var requests = (await sandbox.GetAsync("/_sandbox/receiver/hook")).GetProperty("requests");
        Assert.Equal(("{\"a\":1}", "PUT", "x=1"), (requests[0].GetProperty("body").GetString(), requests[1].GetProperty("method").GetString(), requests[1].GetProperty("query").GetString()));
    }

    [Fact]
    public async Task A_body_that_is_not_what_it_says_is_refused_and_logged()
    {
        await using var sandbox = await StartAsync();
        using var content = new StringContent("--x\r\nnonsense");
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=x");
        using var answer = await sandbox.Http.PostAsync("/lawruler/demo/api-legalrcampaign.aspx", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(400, (await sandbox.GetAsync("/_sandbox/requests")).GetProperty("requests")[0].GetProperty("status").GetInt32());
    }
}
