using System.Text.Json.Nodes;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Core.Sync;

namespace Kayse.Tests.LawRuler;

/// <summary>Messages as notes.</summary>
public sealed class MessageTests(ChainFixture fixture) : IClassFixture<ChainFixture>
{
    private readonly TestHost _host = fixture.Host;

    [Fact]
    public async Task A_message_becomes_a_note_with_direction_channel_time_author_and_its_marker()
    {
        var workflow = await Deliveries.RunMessageAsync(_host, "msg_m1", 900001);

        Assert.Equal(("completed", "LawRulerTaskWorkflow"), (Chain.Text(workflow, "state"), Chain.Text(workflow, "name")));
        Assert.Equal("done", Deliveries.Step(workflow).State);
        var note = Assert.Single(await Deliveries.NotesAsync(_host, 900001));
        Assert.Equal(("Client Communications", "Outbound SMS"), (Chain.Text(note, "category"), Chain.Text(note, "title")));
        Assert.Equal("2026-11-20T15:06:00Z", Chain.Text(note, "createdAt"));
        Assert.Equal(
            "Direction: Outbound\nChannel: SMS\nTime: 11/20/2026 10:06:00 AM (America/New_York)\nAuthor: Demo Law Firm\n\nPlease complete your form.\n\nKayse message msg_m1",
            Chain.Text(note, "text"));
    }

    [Fact]
    public async Task An_e_mail_of_the_clients_has_its_subject_and_the_clients_name()
    {
        await _host.SendAsync(Deliveries.Message("msg_m2", 711551, json =>
        {
            var message = json["data"]!["message"]!;
            (message["channel"], message["direction"], message["subject"]) = ("email", "inbound", "My receipts");
        }));
        await _host.EndOfWorkflowAsync("message.msg_m2", Chain.Second);

        var note = (await Deliveries.NotesAsync(_host, 711551)).Single(one => Chain.Text(one, "text")!.EndsWith("\n\nKayse message msg_m2", StringComparison.Ordinal));
        Assert.Equal("Inbound e-mail", Chain.Text(note, "title"));
        Assert.Contains("\nAuthor: Tilda Quillfeather\nSubject: My receipts\n\n", Chain.Text(note, "text"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("in_app", "Outbound in-app message")]
    [InlineData("whatsapp", "Outbound whatsapp")]
    [InlineData(null, "Outbound message")]
    public async Task Every_channel_is_named(string? channel, string title)
    {
        await Deliveries.RunMessageAsync(_host, $"msg_ch_{channel}", 900002, json => json["data"]!["message"]!["channel"] = channel);
        Assert.Equal(title, Chain.Text(Assert.Single(await Deliveries.NotesAsync(_host, 900002)), "title"));
    }

    [Fact]
    public async Task However_often_its_events_come_there_is_one_note()
    {
        await Chain.LeadAsync(_host, 900003);
        await Task.WhenAll(
            _host.SendAsync(Deliveries.Message("msg_m3", 900003)),
            _host.SendAsync(Deliveries.Message("msg_m3", 900003, type: "message_delivered")),
            _host.SendAsync(Deliveries.Message("msg_m3", 900003, json => json["id"] = "evt_third")));
        await _host.SendAsync(Deliveries.Message("msg_m3", 900003));
        await _host.EndOfWorkflowAsync("message.msg_m3", Chain.Second);
        await Deliveries.NothingPendingAsync(_host);
        await _host.SendAsync(Deliveries.Message("msg_m3", 900003, json => json["id"] = "evt_fourth", "message_delivered"));
        await Deliveries.NothingPendingAsync(_host);

        Assert.Single(await Deliveries.NotesAsync(_host, 900003));
        Assert.Null(await _host.WorkflowAsync("message.msg_m3.r1"));
        Assert.Equal(1, await Chain.CountAsync(_host, "addnote", 900003));
    }

    [Fact]
    public async Task Time_zone_and_category_are_settings()
    {
        await _host.PatchSettingsAsync(new { settings = new { timeZone = "America/Los_Angeles", messageCategory = "Messages" } });
        await Deliveries.RunMessageAsync(_host, "msg_m4", 900004);
        await _host.PatchSettingsAsync(new { settings = new { timeZone = "America/New_York", messageCategory = "Client Communications" } });

        var note = Assert.Single(await Deliveries.NotesAsync(_host, 900004));
        Assert.Equal("Messages", Chain.Text(note, "category"));
        Assert.Contains("\nTime: 11/20/2026 7:06:00 AM (America/Los_Angeles)\n", Chain.Text(note, "text"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_without_an_id_is_refused_in_the_audit_log_and_names_the_field()
    {
        await _host.SendAsync(Deliveries.Message("no id", 900005, json => json["id"] = "evt_no_id"));
        await Deliveries.NothingPendingAsync(_host);

        var lines = (await _host.GetJsonAsync("/api/companies/demo/audit?limit=100")).GetProperty("items").EnumerateArray().Where(line => Chain.Text(line, "action") == "message" && Chain.Text(line, "outcome") == "refused");
        Assert.Contains("The event evt_no_id has no data.message.id", Chain.Text(Assert.Single(lines), "detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_of_another_crms_case_goes_nowhere()
    {
        await _host.SendAsync(Deliveries.Message("msg_m6", 900006, json => json["case"] = new JsonObject { ["externalSource"] = "lawmatics", ["externalSourceId"] = "900006" }));
        await Deliveries.NothingPendingAsync(_host);
        Assert.Null(await _host.WorkflowAsync("message.msg_m6"));
    }

    [Fact]
    public async Task Without_the_note_api_it_goes_as_Conversation()
    {
        await _host.PatchSettingsAsync(new { settings = new { noteTransport = "KeyApi" } });
        var workflow = await Deliveries.RunMessageAsync(_host, "msg_m7", 900007);
        await _host.PatchSettingsAsync(new { settings = new { noteTransport = "AdvancedApi" } });

        Assert.Equal("done", Deliveries.Step(workflow).State);
        Assert.EndsWith("\n\nKayse message msg_m7", Chain.Text(Assert.Single(await Deliveries.NotesAsync(_host, 900007)), "text"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_event_and_its_workflow_are_kept_for_thirty_days_and_go_together()
    {
        await using var host = await TestHost.StartAsync();
        await Deliveries.RunMessageAsync(host, "msg_m8", 900008);
        await PurgeAfterAsync(host, 29);
        Assert.NotNull(await host.WorkflowAsync("message.msg_m8"));

        await PurgeAfterAsync(host, 2);

        Assert.Null(await host.WorkflowAsync("message.msg_m8"));
        Assert.Null(await host.Get<EventStore>().FindAsync(CompanyId.Parse("demo"), "evt_message_sent_msg_m8", CancellationToken.None));
        Assert.Empty((await host.Get<IEntityStore>().QueryAsync(Tables.Effects, "demo.message.msg_m8", new RowRange(), 10, CancellationToken.None)).Rows);
    }

    private static Task PurgeAfterAsync(TestHost host, double days)
    {
        host.Clock.Advance(TimeSpan.FromDays(days));
        return host.Get<Retention>().RunAsync(CancellationToken.None);
    }
}
