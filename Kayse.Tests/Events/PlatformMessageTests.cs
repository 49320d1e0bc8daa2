using System.Text;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Core.Webhooks;

namespace Kayse.Tests.Events;

/// <summary>Events that the voice platform puts into the queue itself.</summary>
public sealed class PlatformMessageTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task An_envelope_in_the_queue_starts_the_calls_chain_as_one_by_http_does()
    {
        using var sample = new StreamReader(typeof(SampleEvents).Assembly.GetManifestResourceStream("samples/call-analyzed.json")!);
        var envelope = await sample.ReadToEndAsync();

        await SendAsync("evt_7Qd2", envelope.Replace("http://localhost:7072", _host.SandboxUrl, StringComparison.Ordinal));

        var chain = await _host.EndOfWorkflowAsync("postcall.call_9f2", TimeSpan.FromSeconds(1));
        Assert.Equal("completed", chain.GetProperty("state").GetString());
    }

    [Fact]
    public async Task An_envelope_that_comes_twice_is_taken_once()
    {
        await SendAsync("m1", Envelope("evt_twice"));
        await SendAsync("m2", Envelope("evt_twice"));

        await StoredAsync("evt_twice");
        await _host.EventuallyAsync(async () => (await DeadLettersAsync()).Count == 0);
    }

    [Fact]
    public async Task A_linked_blob_is_taken_in_and_removed()
    {
        await LinkAsync("demo/incoming/evt_linked", Envelope("evt_linked"));

        await SendAsync("m1", """{"blob":"demo/incoming/evt_linked"}""");

        await StoredAsync("evt_linked");
        await _host.EventuallyAsync(async () => await _host.Get<IBlobStore>().OpenAsync("demo/incoming/evt_linked", CancellationToken.None) is null);
    }

    [Fact]
    public async Task A_link_that_comes_again_after_its_event_was_stored_is_done()
    {
        await LinkAsync("demo/incoming/evt_again", Envelope("evt_again"));
        await HandleAsync("""{"blob":"demo/incoming/evt_again"}""");

        await HandleAsync("""{"blob":"demo/incoming/evt_again"}""");

        await StoredAsync("evt_again");
    }

    [Fact]
    public async Task A_link_whose_blob_is_not_there_yet_is_tried_again()
    {
        await Assert.ThrowsAsync<FileNotFoundException>(() => HandleAsync("""{"blob":"demo/incoming/evt_late"}"""));
    }

    [Theory]
    [InlineData("nothing", "body: Expected one event, a JSON object.")]
    [InlineData("[]", "body: Expected one event, a JSON object.")]
    [InlineData("""{"id":"evt_1","type":"task_completed","occurredAt":"2026-11-20T15:05:10Z","companyId":"nobody","data":{}}""", "companyId: There is no such firm.")]
    [InlineData("""{"id":"evt_1","type":"task_completed","companyId":"demo","data":{}}""", "occurredAt:")]
    [InlineData("""{"blob":"demo2/events/evt_1"}""", "blob: Expected {company}/incoming/{event id}")]
    [InlineData("""{"blob":"../incoming/evt_1"}""", "blob: Expected {company}/incoming/{event id}")]
    [InlineData("""{"blob":7}""", "blob: Expected {company}/incoming/{event id}")]
    public async Task What_is_no_event_is_a_dead_letter_at_once_that_names_the_field(string body, string expected)
    {
        await SendAsync("m1", body);

        IReadOnlyList<DeadLetter> letters = [];
        await _host.EventuallyAsync(async () => (letters = await DeadLettersAsync()).Count > 0);
        Assert.StartsWith(expected, letters[0].Error, StringComparison.Ordinal);
        Assert.Equal(1, letters[0].Tries);
    }

    [Theory]
    [InlineData("evt_other", "demo", "blob: Expected the company and the id of the event within it.")]
    [InlineData("evt_mine", "demo2", "blob: Expected the company and the id of the event within it.")]
    public async Task A_linked_event_of_another_id_or_firm_is_refused(string id, string company, string expected)
    {
        await LinkAsync("demo/incoming/evt_mine", Envelope(id, company));

        var refused = await Assert.ThrowsAsync<RefusedMessageException>(() => HandleAsync("""{"blob":"demo/incoming/evt_mine"}"""));

        Assert.Equal(expected, refused.Message);
    }

    [Fact]
    public async Task Another_content_under_a_known_id_is_refused_and_changes_nothing()
    {
        await HandleAsync(Envelope("evt_same"));

        var refused = await Assert.ThrowsAsync<RefusedMessageException>(() => HandleAsync(Envelope("evt_same", data: """{"other":1}""")));

        Assert.StartsWith("id: This id was accepted with other content", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_logged_without_what_was_sent()
    {
        await SendAsync("m1", """{"id":"evt_1","type":"Jane Roe","occurredAt":"Jane Roe","companyId":"demo","data":"Jane Roe"}""");

        await _host.EventuallyAsync(async () => (await DeadLettersAsync()).Count > 0);
        Assert.Contains("was refused", Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Jane", Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Jane", (await DeadLettersAsync())[0].Error, StringComparison.Ordinal);
    }

    private string Log => string.Join('\n', _host.Log.Lines);

    private static string Envelope(string id, string company = "demo", string data = "{}") =>
        $$"""{"id":"{{id}}","type":"task_completed","occurredAt":"2026-11-20T15:05:10Z","companyId":"{{company}}","data":{{data}}}""";

    private Task SendAsync(string id, string body) => _host.Get<IQueue>().SendAsync(new QueueMessage(EventIntake.Queue, id, "demo-0", body), null, CancellationToken.None);

    private Task HandleAsync(string body) => _host.Get<EventRouter>().HandleAsync(new QueueMessage(EventIntake.Queue, "m", "demo-0", body), CancellationToken.None);

    private async Task LinkAsync(string name, string envelope) =>
        Assert.True(await _host.Get<IBlobStore>().CreateAsync(name, "application/json", new MemoryStream(Encoding.UTF8.GetBytes(envelope)), CancellationToken.None));

    private Task<IReadOnlyList<DeadLetter>> DeadLettersAsync() => _host.Get<IQueue>().DeadLettersAsync(null, 10, CancellationToken.None);

    private Task StoredAsync(string id) => _host.EventuallyAsync(async () => await _host.Get<EventStore>().FindAsync(CompanyId.Parse("demo"), id, CancellationToken.None) is not null);
}
