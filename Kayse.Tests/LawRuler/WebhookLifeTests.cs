using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Core.Sync;

namespace Kayse.Tests.LawRuler;

public sealed class WebhookLifeTests : IAsyncLifetime
{
    private readonly WebhookHost _at = new();

    private TestHost Host => _at.Host;

    private string Portal => $"{Host.SandboxUrl}/_sandbox/lawruler/demo";

    public Task InitializeAsync() => _at.InitializeAsync();

    public Task DisposeAsync() => _at.DisposeAsync();

    [Fact]
    public async Task While_the_integration_is_paused_posts_are_queued_and_on_resume_the_last_one_has_the_last_word()
    {
        var lead = WebhookHost.NewLead();
        await Host.PatchSettingsAsync(new { toggles = new { enableIntegration = false } });
        string[] statuses = ["New Lead", "Approved", "Sent e-Sign", "Not Retained", "Review Needed", "Converted to Case"];
        foreach (var status in statuses)
        {
            var reply = await _at.PostAsync(lead, ("Status", status));
            Assert.Equal((202, "queued"), (reply.Status, reply.Result));
            Host.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(400, (await _at.PostAsync(lead, ("Email", null))).Status);
        Assert.Null(await _at.CaseAsync(lead));

        await Host.PatchSettingsAsync(new { toggles = new { enableIntegration = true } });

        Assert.Equal("Converted to Case", (await _at.CaseAsync(lead))!.Status);
        Assert.Equal(statuses[1..].Select(status => $"{status} by lawruler"), await _at.StatusEventsAsync(lead));
        Assert.Equal(6, (await _at.InboundAsync()).Count(request => request.State == "processed" && request.Fields!.Any(field => field.Value == lead)));
    }

    [Fact]
    public async Task An_older_post_that_is_taken_up_later_does_not_set_the_status_back()
    {
        var lead = WebhookHost.NewLead();
        await _at.PostAsync(lead, ("Status", "New Lead"));
        Host.Clock.Advance(TimeSpan.FromSeconds(1));
        await _at.PostAsync(lead, ("Status", "Approved"), ("Remark", $"older-{lead}"));
        Host.Clock.Advance(TimeSpan.FromSeconds(1));
        await _at.PostAsync(lead, ("Status", "Not Retained"));

        await _at.ReprocessAsync((await _at.InboundOfAsync($"older-{lead}")).Id);

        Assert.Equal("Not Retained", (await _at.CaseAsync(lead))!.Status);
        Assert.Equal(["Approved by lawruler", "Not Retained by lawruler"], await _at.StatusEventsAsync(lead));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crash_between_storing_and_processing_is_healed_by_the_sweep(bool restarts)
    {
        var lead = WebhookHost.NewLead();
        var request = new InboundRequest
        {
            Id = Ids.New("inb", Host.Clock),
            Crm = "lawruler",
            ReceivedAt = Host.Clock.GetUtcNow(),
            State = "received",
            Fields = [.. WebhookHost.Fields(lead).Select(field => new InboundField(field.Key, field.Value, false))],
        };
        await Host.Get<PendingWork>().AddAsync(WebhookHost.Demo, "inbound", request.Id, default);
        await Host.Get<InboundLog>().StoreAsync(WebhookHost.Demo, request, default);
        if (restarts)
        {
            await Host.RestartAsync();
        }

        await Host.EventuallyAsync(async () => await _at.CaseAsync(lead) is not null, TimeSpan.FromSeconds(30));

        await Host.EventuallyAsync(async () => !(await Host.Get<PendingWork>().AllAsync(WebhookHost.Demo, default)).Any(item => item.Id == request.Id));
        Assert.Equal("processed", (await _at.InboundOfAsync(lead)).State);
    }

    [Fact]
    public async Task An_entry_without_its_request_goes_by_itself()
    {
        await Host.Get<PendingWork>().AddAsync(WebhookHost.Demo, "inbound", "inb_0", default);

        await Host.EventuallyAsync(async () => (await Host.Get<PendingWork>().AllAsync(WebhookHost.Demo, default)).All(item => item.Id != "inb_0"), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task With_receive_data_off_a_post_is_kept_and_changes_nothing()
    {
        var lead = WebhookHost.NewLead();
        await Host.PatchSettingsAsync(new { toggles = new { receiveData = false } });

        var reply = await _at.PostAsync(lead);

        Assert.Equal((200, "unchanged"), (reply.Status, reply.Result));
        Assert.Contains("is off", Assert.Single(reply.Warnings), StringComparison.Ordinal);
        Assert.Null(await _at.CaseAsync(lead));
    }

    [Theory]
    [InlineData("multipart")]
    [InlineData("form")]
    [InlineData("json")]
    [InlineData("query")]
    public async Task Law_Rulers_test_button_is_answered_and_makes_no_case(string encoding)
    {
        await SetSenderAsync(new { encoding });
        var before = (await Host.GetJsonAsync("/api/companies/demo/cases")).GetProperty("items").GetArrayLength();

        await SendAsync("/webhook/test");

        var delivery = (await DeliveriesAsync()).Single(one => one.GetProperty("kind").GetString() == "test");
        Assert.Equal(200, delivery.GetProperty("status").GetInt32());
        Assert.Contains("\"result\":\"test\"", delivery.GetProperty("body").GetString(), StringComparison.Ordinal);
        Assert.Equal(before, (await Host.GetJsonAsync("/api/companies/demo/cases")).GetProperty("items").GetArrayLength());
        Assert.Contains(await _at.InboundAsync(), request => request.State == "test");
    }

    [Fact]
    public async Task The_test_button_tells_which_required_field_the_webhook_lacks()
    {
        var reply = await _at.PostAsync("{{default95}}-Lead ID", ("Email", null));

        Assert.Equal((200, "test"), (reply.Status, reply.Result));
        Assert.Contains("Email", Assert.Single(reply.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("multipart")]
    [InlineData("form")]
    [InlineData("json")]
    [InlineData("query")]
    public async Task A_change_of_status_in_Law_Ruler_arrives_whatever_the_encoding(string encoding)
    {
        await SetSenderAsync(new { encoding });
        await PatchLeadAsync(711551, new { status = "Approved" });
        await DeliveriesAsync();

        Assert.Equal("Approved", (await _at.CaseAsync("711551"))!.Status);
        Assert.Equal(["Approved by lawruler"], await _at.StatusEventsAsync("711551"));
    }

    [Fact]
    public async Task Repeated_and_concurrent_fires_of_one_change_are_one_change()
    {
        await SetSenderAsync(new { repeats = 12, concurrent = true, files = new[] { new { name = "File", size = 2048 } } });
        await PatchLeadAsync(711551, new { status = "Approved", customFields = new { Custom4124 = "x" } });
        var deliveries = await DeliveriesAsync();

        Assert.All(deliveries.Where(one => one.GetProperty("kind").GetString() == "status"), one => Assert.Equal(200, one.GetProperty("status").GetInt32()));
        Assert.Equal(["Approved by lawruler"], await _at.StatusEventsAsync("711551"));
        Assert.Equal(12, (await _at.InboundAsync()).Count(request => request.Files is [{ Blob: not null, Size: 2048 }]));
    }

    [Fact]
    public async Task Fires_out_of_order_lose_no_change_and_every_one_is_told()
    {
        await SetSenderAsync(new { outOfOrder = true });
        await PatchLeadAsync(711551, new { status = "Sent e-Sign" });
        await PatchLeadAsync(711551, new { status = "Approved" });
        await DeliveriesAsync();

        // No post carries its time, so what comes last counts until the status is pulled.
        Assert.Equal(["Approved by lawruler", "Sent e-Sign by lawruler"], await _at.StatusEventsAsync("711551"));
        Assert.Equal("Sent e-Sign", (await _at.CaseAsync("711551"))!.Status);
    }

    [Fact]
    public async Task The_echo_of_a_finished_call_is_unchanged_and_tells_nothing_of_its_own()
    {
        await Host.PatchSettingsAsync(new { toggles = new { syncEnrichedPhones = false } });
        await Host.SendAsync(Samples.CallAnalyzed(Host));
        await Host.EndOfWorkflowAsync("postcall.call_9f2", TimeSpan.FromSeconds(1));

        var echo = (await DeliveriesAsync()).Where(one => one.GetProperty("kind").GetString() == "status").ToList();

        Assert.Contains("\"result\":\"unchanged\"", Assert.Single(echo).GetProperty("body").GetString(), StringComparison.Ordinal);
        Assert.Equal(["Sent e-Sign by kayse"], await _at.StatusEventsAsync("711551"));
        Assert.Equal(("Sent e-Sign", "kayse"), ((await _at.CaseAsync("711551"))!.Status, (await _at.CaseAsync("711551"))!.StatusOrigin));
    }

    private async Task SetSenderAsync(object settings)
    {
        var merged = JsonSerializer.SerializeToNode(settings)!.AsObject();
        merged["url"] = $"{Host.Url}/api/webhooks/lawruler/demo?token={TestHost.WebhookToken}";
        using var answer = await Host.Http.PutAsJsonAsync($"{Portal}/webhook", merged);
        answer.EnsureSuccessStatusCode();
    }

    private async Task SendAsync(string path)
    {
        using var answer = await Host.Http.PostAsync(Portal + path, null);
        answer.EnsureSuccessStatusCode();
    }

    private async Task PatchLeadAsync(long lead, object change)
    {
        using var answer = await Host.Http.PatchAsJsonAsync($"{Portal}/leads/{lead}", change);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<IReadOnlyList<JsonElement>> DeliveriesAsync() =>
        [.. (await Host.GetJsonAsync($"{Portal}/webhook?settled=true")).GetProperty("deliveries").EnumerateArray()];
}
