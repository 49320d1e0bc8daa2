using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Core.Webhooks;
using Kayse.Tests.LawRuler;

namespace Kayse.Tests.Events;

public sealed class EventIntakeTests(ChainFixture fixture) : IClassFixture<ChainFixture>
{
    private static readonly CompanyId s_demo = CompanyId.Parse("demo");
    private readonly TestHost _host = fixture.Host;

    [Fact]
    public async Task The_same_event_again_is_accepted_and_has_no_effect()
    {
        await Chain.RunAsync(_host, "call_i1", 895001);
        await _host.SendAsync(Chain.Call(_host, "call_i1", 895001));
        await NothingPendingAsync();
        Assert.Equal(1, await Chain.CountAsync(_host, "campaign", 895001));
        Assert.Equal(2, (await _host.LeadAsync(895001)).GetProperty("notes").GetArrayLength());
    }

    [Fact]
    public async Task White_space_does_not_make_another_event_of_it()
    {
        var json = Other("evt_i2").ToJsonString();
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(json)).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(json.Replace(",", " ,\n ", StringComparison.Ordinal))).Status);
    }

    [Fact]
    public async Task The_same_id_with_other_content_is_a_conflict_and_changes_nothing()
    {
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(Other("evt_i3").ToJsonString())).Status);
        var other = Other("evt_i3");
        other["data"]!["x"] = 2;
        var (status, body) = await PostAsync($"[{Other("evt_i3b").ToJsonString()},{other.ToJsonString()}]");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("events[1].id", body, StringComparison.Ordinal);
        Assert.Null(await _host.Get<EventStore>().FindAsync(s_demo, "evt_i3b", CancellationToken.None));
    }

    [Theory]
    [InlineData("type", "events[1].type")]
    [InlineData("id", "events[1].id")]
    [InlineData("companyId", "events[1].companyId")]
    [InlineData("occurredAt", "events[1].occurredAt")]
    [InlineData("data", "events[1].data")]
    public async Task One_invalid_event_refuses_all_and_names_the_field(string missing, string field)
    {
        var bad = Other($"evt_i4{missing}");
        bad.Remove(missing);
        var (status, body) = await PostAsync($"[{Other($"evt_i5{missing}").ToJsonString()},{bad.ToJsonString()}]");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains($"\"{field}\"", body, StringComparison.Ordinal);
        Assert.Null(await _host.Get<EventStore>().FindAsync(s_demo, $"evt_i5{missing}", CancellationToken.None));
    }

    [Fact]
    public async Task A_call_without_a_usable_id_is_refused_and_named()
    {
        var json = Chain.Call(_host, "call_i6", 895006, one => one["data"]!["call"]!["call_id"] = "a/b");
        var (status, body) = await PostAsync(json.ToJsonString());
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("data.call.call_id", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_array_of_a_hundred_is_taken_and_of_a_hundred_and_one_is_not()
    {
        static string Array(string id, int count) => $"[{string.Join(',', Enumerable.Range(0, count).Select(i => Other($"evt_{id}{i}").ToJsonString()))}]";
        var (status, body) = await PostAsync(Array("i7", 100));
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal(100, JsonDocument.Parse(body).RootElement.GetProperty("ids").GetArrayLength());
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(Array("i8", 101))).Status);
        await NothingPendingAsync();
    }

    [Theory]
    [InlineData("""{"_custom1":"\ud800","_custom2":"b"}""")]
    [InlineData("""{"\ud800":"a","_custom2":"b"}""")]
    [InlineData("""{"_custom\udc00":"a","_custom2":"b"}""")]
    public async Task Text_that_is_no_unicode_is_refused_or_carried_never_a_fault(string custom)
    {
        var call = $"call_i9{custom.Length}{custom[2]}";
        var json = Chain.Call(_host, call, 895009, one => Chain.Analysis(one)["custom_analysis_data"] = "HERE").ToJsonString().Replace("\"HERE\"", custom, StringComparison.Ordinal);
        await Chain.LeadAsync(_host, 895009);
        var (status, _) = await PostAsync(json);
        Assert.Contains(status, new[] { HttpStatusCode.Accepted, HttpStatusCode.BadRequest });
        if (status == HttpStatusCode.Accepted)
        {
            Assert.Equal("done done done done", Chain.States(await _host.EndOfWorkflowAsync($"postcall.{call}", Chain.Second)));
        }
    }

    [Fact]
    public async Task A_message_that_was_lost_is_sent_again_by_the_sweep_and_nothing_stays_pending()
    {
        await Chain.LeadAsync(_host, 895010);
        var json = JsonDocument.Parse(Chain.Call(_host, "call_i10", 895010).ToJsonString()).RootElement;
        var accepted = Assert.Single(PlatformEventReader.Read(json, out _));
        // As if the process had died between the row and the message.
        await _host.Get<PendingWork>().AddAsync(s_demo, EventIntake.PendingKind, "evt_call_i10", CancellationToken.None);
        await _host.Get<EventStore>().InsertAsync(accepted, EventStore.Hash(accepted.Json), ["lawruler"], [], _host.Clock.GetUtcNow(), CancellationToken.None);

        await _host.EventuallyAsync(async () => await _host.WorkflowAsync("postcall.call_i10") is not null, TimeSpan.FromSeconds(20));
        var workflow = await _host.EndOfWorkflowAsync("postcall.call_i10", Chain.Second);

        Assert.Equal("done done done done", Chain.States(workflow));
        await NothingPendingAsync();
    }

    [Fact]
    public async Task An_entry_whose_row_was_never_written_is_cleared()
    {
        await _host.Get<PendingWork>().AddAsync(s_demo, EventIntake.PendingKind, "evt_never", CancellationToken.None);
        await _host.EventuallyAsync(async () => (await PendingAsync()).Count == 0, TimeSpan.FromMinutes(5));
    }

    [Theory]
    [InlineData(EventIntake.PendingKind)]
    [InlineData(WebhookFanOut.PendingKind)]
    [InlineData("inbound")]
    public async Task An_entry_whose_row_takes_long_to_be_written_is_not_forgotten(string kind)
    {
        await _host.Get<PendingWork>().AddAsync(s_demo, kind, "evt_slow", CancellationToken.None);
        _host.Clock.Advance(Sweep.Forgotten - TimeSpan.FromMinutes(1));

        await _host.Get<Sweep>().RunAsync(s_demo, CancellationToken.None);

        Assert.Contains(await PendingAsync(), item => item.Id == "evt_slow");
        await _host.Get<PendingWork>().ClearAsync(s_demo, kind, "evt_slow", CancellationToken.None);
    }

    [Fact]
    public async Task An_entry_that_an_event_that_comes_again_has_renewed_is_not_cleared_as_the_one_that_was_left()
    {
        var pending = _host.Get<PendingWork>();
        await pending.AddAsync(s_demo, WebhookFanOut.PendingKind, "evt_again", CancellationToken.None);
        var left = (await PendingAsync()).Single(item => item.Id == "evt_again");
        _host.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await pending.AddAsync(s_demo, WebhookFanOut.PendingKind, "evt_again", CancellationToken.None);

        await pending.ForgetAsync(s_demo, left, CancellationToken.None);

        var renewed = (await PendingAsync()).Single(item => item.Id == "evt_again");
        await pending.ForgetAsync(s_demo, renewed, CancellationToken.None);
        Assert.DoesNotContain(await PendingAsync(), item => item.Id == "evt_again");
    }

    [Fact]
    public async Task What_a_killed_process_left_is_taken_up_at_the_next_start_without_a_wait()
    {
        await using var host = await TestHost.StartAsync();
        await Chain.LeadAsync(host, 895012);
        var json = JsonSerializer.SerializeToElement(Chain.Call(host, "call_i12", 895012));
        var left = Assert.Single(PlatformEventReader.Read(json, out _));
        await host.Get<PendingWork>().AddAsync(s_demo, EventIntake.PendingKind, "evt_call_i12", CancellationToken.None);
        await host.Get<EventStore>().InsertAsync(left, EventStore.Hash(left.Json), ["lawruler"], [], host.Clock.GetUtcNow(), CancellationToken.None);
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        await host.RestartAsync();

        await host.EventuallyAsync(async () => await host.WorkflowAsync("postcall.call_i12") is not null);
        await host.EventuallyAsync(async () => !await host.Get<PendingWork>().ContainsAsync(s_demo, EventIntake.PendingKind, "evt_call_i12", CancellationToken.None));
    }

    [Fact]
    public async Task An_envelope_above_32_kB_is_a_blob()
    {
        var json = Other("evt_i11");
        json["data"]!["text"] = new string('x', 40_000);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(json.ToJsonString())).Status);
        var row = (await _host.Get<EventStore>().FindAsync(s_demo, "evt_i11", CancellationToken.None))!.Value;
        Assert.Null(row.Envelope);
        await using var blob = await _host.Get<IBlobStore>().OpenAsync(row.Blob!, CancellationToken.None);
        Assert.InRange(blob!.Length, 40_000, 41_000);
    }

    private static JsonObject Other(string id) =>
        new() { ["id"] = id, ["type"] = "task_completed", ["occurredAt"] = "2026-11-20T15:05:10Z", ["companyId"] = "demo", ["data"] = new JsonObject { ["x"] = 1 } };

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await _host.Http.PostAsync("/api/events", content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private Task NothingPendingAsync() => _host.EventuallyAsync(async () => (await PendingAsync()).Count == 0);

    private Task<IReadOnlyList<PendingItem>> PendingAsync() => _host.Get<PendingWork>().AllAsync(s_demo, CancellationToken.None);
}
