using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Tests.Storage;

/// <summary>What every <see cref="IQueue"/> and whatever pushes its messages do.</summary>
public abstract class QueueContract
{
    protected const string Name = "contract";

    protected static CancellationToken None => CancellationToken.None;

    protected abstract IQueue Queue { get; }

    protected abstract DateTimeOffset Now { get; }

    /// <summary>Begins to push to these handlers.</summary>
    protected abstract Task StartAsync(params IQueueHandler[] handlers);

    /// <summary>Ends the pushing in the orderly way.</summary>
    protected abstract Task StopAsync();

    /// <summary>Lets time pass.</summary>
    protected abstract void Pass(TimeSpan time);

    /// <summary>Ends when nothing that is due waits or runs.</summary>
    protected abstract Task SettledAsync();

    [Fact]
    public async Task A_message_is_pushed_once_as_it_was_sent()
    {
        var handler = new RecordingHandler(Name);
        await StartAsync(handler);

        await SendAsync("m1", "demo-3", "{\"id\":\"é\"}");
        await SettledAsync();

        Assert.Equal([new QueueMessage(Name, "m1", "demo-3", "{\"id\":\"é\"}")], handler.Seen);
    }

    [Fact]
    public async Task What_was_sent_before_the_start_is_pushed()
    {
        await SendAsync("m1");
        await SendAsync("m2");
        var handler = new RecordingHandler(Name);

        await StartAsync(handler);
        await SettledAsync();

        Assert.Equal(["m1", "m2"], handler.Ids.Order());
    }

    [Fact]
    public async Task Messages_that_are_sent_together_are_each_pushed_once()
    {
        var (mine, other) = (new RecordingHandler(Name), new RecordingHandler("other"));
        await StartAsync(mine, other);

        await Queue.SendAsync([.. Enumerable.Range(0, 50).Select(i => Message($"m{i}", $"demo-{i % 4}")), new QueueMessage("other", "m50", "demo-0", "")], None);
        await Queue.SendAsync([], None);
        await SettledAsync();

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"m{i}").Order(), mine.Ids.Order());
        Assert.Equal(["m50"], other.Ids);
    }

    [Fact]
    public async Task Of_messages_one_of_which_is_not_allowed_none_is_sent()
    {
        var handler = new RecordingHandler(Name);
        await StartAsync(handler);

        await Assert.ThrowsAnyAsync<ArgumentException>(() => Queue.SendAsync([Message("m1"), Message("m 2")], None));
        await SettledAsync();

        Assert.Empty(handler.Seen);
    }

    [Fact]
    public async Task A_message_goes_to_the_handler_of_its_queue()
    {
        var (mine, other) = (new RecordingHandler(Name), new RecordingHandler("other"));
        await StartAsync(mine, other);

        await SendAsync("m1");
        await Queue.SendAsync(new QueueMessage("other", "m2", "demo-0", ""), null, None);
        await Queue.SendAsync(new QueueMessage("nobody", "m3", "demo-0", ""), null, None);
        await SettledAsync();

        Assert.Equal(["m1"], mine.Ids);
        Assert.Equal(["m2"], other.Ids);
    }

    [Fact]
    public async Task A_scheduled_message_comes_at_its_time_and_no_sooner()
    {
        var handler = new RecordingHandler(Name);
        await StartAsync(handler);
        await Queue.SendAsync(Message("later"), Now.AddMinutes(10), None);
        await Queue.SendAsync(Message("sooner"), Now.AddMinutes(5), None);
        await Queue.SendAsync(Message("past"), Now.AddMinutes(-5), None);
        await SettledAsync();
        Assert.Equal(["past"], handler.Ids);

        Pass(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        await SettledAsync();
        Assert.Equal(["past"], handler.Ids);

        Pass(TimeSpan.FromMilliseconds(1));
        await SettledAsync();
        Assert.Equal(["past", "sooner"], handler.Ids);

        Pass(TimeSpan.FromMinutes(5));
        await SettledAsync();
        Assert.Equal(["past", "sooner", "later"], handler.Ids);
    }

    [Fact]
    public async Task A_session_is_handled_one_message_at_a_time()
    {
        var handler = new RecordingHandler(Name, async (_, _) => await Task.Yield());
        await StartAsync(handler);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => SendAsync($"m{i}", $"demo-{i % 4}")));
        await SettledAsync();

        Assert.Equal(200, handler.Ids.Distinct().Count());
        Assert.Equal(200, handler.Seen.Count);
        Assert.False(handler.Overlapped);
    }

    [Fact]
    public async Task Sessions_are_handled_beside_each_other()
    {
        using var both = new Barrier(2);
        var handler = new RecordingHandler(Name, (_, _) => Task.FromResult(both.SignalAndWait(TimeSpan.FromSeconds(30), None)));
        await StartAsync(handler);

        await SendAsync("m1", "one-0");
        await SendAsync("m2", "two-0");
        await SettledAsync();

        Assert.Equal(2, handler.MostAtOnce);
    }

    [Fact]
    public async Task A_failed_message_is_tried_again_later()
    {
        var failures = 2;
        var handler = new RecordingHandler(Name, (_, _) => failures-- > 0 ? throw new InvalidOperationException("personal data") : Task.CompletedTask);
        await StartAsync(handler);

        await SendAsync("m1");
        await SettledAsync();
        Assert.Single(handler.Seen);

        for (var i = 0; i < 5; i++)
        {
            Pass(TimeSpan.FromHours(1));
            await SettledAsync();
        }

        Assert.Equal(3, handler.Seen.Count);
        Assert.Empty(await Queue.DeadLettersAsync(null, 10, None));
    }

    [Fact]
    public async Task A_failing_message_does_not_hold_up_its_session()
    {
        var handler = new RecordingHandler(Name, (message, _) => message.Id == "bad" ? throw new InvalidOperationException("bad") : Task.CompletedTask);
        await StartAsync(handler);

        await SendAsync("bad");
        await SendAsync("good");
        await SettledAsync();

        Assert.Contains("good", handler.Ids);
    }

    [Fact]
    public async Task After_ten_tries_a_message_is_a_dead_letter_with_the_type_of_its_error_alone()
    {
        var handler = new RecordingHandler(Name, (_, _) => throw new InvalidOperationException("Ann Miller, 505-555-0142"));
        await StartAsync(handler);
        await SendAsync("m1", "demo-2", "body");
        await ExhaustAsync();

        var letter = Assert.Single(await Queue.DeadLettersAsync(null, 10, None));

        Assert.Equal(QueueMessage.MaxTries, handler.Seen.Count);
        Assert.Equal((Name, "demo-2", "body", QueueMessage.MaxTries), (letter.Queue, letter.Session, letter.Body, letter.Tries));
        Assert.Equal("InvalidOperationException", letter.Error);
        Assert.InRange(letter.DeadAt, Now.AddDays(-1), Now);
    }

    [Fact]
    public async Task A_refused_message_is_a_dead_letter_at_once_with_the_reason()
    {
        var handler = new RecordingHandler(Name, (_, _) => throw new RefusedMessageException("companyId: There is no such firm."));
        await StartAsync(handler);
        await SendAsync("m1");
        await SettledAsync();

        var letter = Assert.Single(await Queue.DeadLettersAsync(null, 10, None));
        Assert.Equal(("companyId: There is no such firm.", 1), (letter.Error, letter.Tries));
        Assert.Equal(["m1"], handler.Ids);
    }

    [Fact]
    public async Task Dead_letters_are_removed_by_firm_and_by_age()
    {
        await StartAsync(new RecordingHandler(Name, (_, _) => throw new RefusedMessageException("no")));
        await SendAsync("m1", "demo-0");
        await SendAsync("m2", "demo2-0");
        await SettledAsync();
        Pass(TimeSpan.FromHours(1));
        var between = Now;
        Pass(TimeSpan.FromHours(1));
        await SendAsync("m3", "demo2-1");
        await SettledAsync();

        Assert.Equal(0, await Queue.PurgeAsync(CompanyId.Parse("dem"), DateTimeOffset.MaxValue, None));
        Assert.Equal(1, await Queue.PurgeAsync(CompanyId.Parse("demo"), DateTimeOffset.MaxValue, None));
        Assert.Equal(["demo2-0", "demo2-1"], (await Queue.DeadLettersAsync(null, 10, None)).Select(letter => letter.Session));
        Assert.Equal(1, await Queue.PurgeAsync(null, between, None));
        Assert.Equal(["demo2-1"], (await Queue.DeadLettersAsync(null, 10, None)).Select(letter => letter.Session));
    }

    [Fact]
    public async Task A_dead_letter_that_is_requeued_has_all_its_tries_again()
    {
        var broken = true;
        var handler = new RecordingHandler(Name, (_, _) => broken ? throw new InvalidOperationException() : Task.CompletedTask);
        await StartAsync(handler);
        await SendAsync("m1");
        await ExhaustAsync();
        var letter = (await Queue.DeadLettersAsync(null, 10, None)).Single();

        Assert.True(await Queue.RequeueAsync(letter.Id, None));
        await ExhaustAsync();
        Assert.Equal(2 * QueueMessage.MaxTries, handler.Seen.Count);

        broken = false;
        Assert.False(await Queue.RequeueAsync(letter.Id, None));
        Assert.True(await Queue.RequeueAsync((await Queue.DeadLettersAsync(null, 10, None)).Single().Id, None));
        await SettledAsync();
        Assert.Equal("m1", handler.Seen[^1].Id);
        Assert.Empty(await Queue.DeadLettersAsync(null, 10, None));
    }

    [Fact]
    public async Task Dead_letters_are_paged_oldest_first()
    {
        await StartAsync(new RecordingHandler(Name, (_, _) => throw new InvalidOperationException()));
        foreach (var body in (string[])["1", "2", "3"])
        {
            await SendAsync($"m{body}", "demo-0", body);
            await ExhaustAsync();
        }

        var first = await Queue.DeadLettersAsync(null, 2, None);
        var rest = await Queue.DeadLettersAsync(first[1].Id, 2, None);

        Assert.Equal(["1", "2"], first.Select(letter => letter.Body));
        Assert.Equal(["3"], rest.Select(letter => letter.Body));
    }

    [Fact]
    public async Task What_a_handler_had_not_finished_at_the_stop_is_pushed_at_the_next_start()
    {
        var entered = new TaskCompletionSource();
        await StartAsync(new RecordingHandler(Name, async (_, cancellationToken) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }));
        await SendAsync("m1");
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await StopAsync();

        var handler = new RecordingHandler(Name);
        await StartAsync(handler);
        await SettledAsync();

        Assert.Equal(["m1"], handler.Ids);
    }

    [Theory]
    [InlineData("Contract", "m", "demo-0")]
    [InlineData("c", "m", "demo-0")]
    [InlineData(Name, "", "demo-0")]
    [InlineData(Name, "m 1", "demo-0")]
    [InlineData(Name, "m", "")]
    [InlineData(Name, "m", "demo")]
    [InlineData(Name, "m", "demo-")]
    [InlineData(Name, "m", "-0")]
    [InlineData(Name, "m", "demo-a.b")]
    [InlineData(Name, "m", "demo-a b")]
    [InlineData(Name, "m", "demo_a-0")]
    [InlineData(Name, "m", "demo-é")]
    [InlineData(Name, "m", "abcdefghijklmnopqrstuvwxyz0123456-0")]
    [InlineData(Name, "m", "demo-123456789012345678901234567890123456789012345678901234567890123456789012345678901")]
    [InlineData(Name, "m", "demo-0\n")]
    [InlineData(Name, "m", "Demo-0")]
    public async Task A_message_that_is_not_allowed_is_refused(string queue, string id, string session) =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Queue.SendAsync(new QueueMessage(queue, id, session, ""), null, None));

    [Theory]
    [InlineData("demo-4")]
    [InlineData("demo-whk_0192f0c1d2e37abc8def0123456789ab-5")]
    [InlineData("demo--_Z")]
    [InlineData("abcdefghijklmnopqrstuvwxyz012345-12345678901234567890123456789012345678901234567890123456789012345678901234567890")]
    public async Task A_session_is_a_firm_and_a_part_of_its_messages(string session)
    {
        var handler = new RecordingHandler(Name);
        await StartAsync(handler);

        await SendAsync("m1", session);
        await SettledAsync();

        Assert.Equal([Message("m1", session)], handler.Seen);
    }

    [Fact]
    public async Task A_body_may_be_as_long_as_the_limit_and_no_longer()
    {
        var longest = new string('é', QueueMessage.MaxBodyBytes / 2);
        var handler = new RecordingHandler(Name);
        await StartAsync(handler);

        await SendAsync("m1", "demo-0", longest);
        await SettledAsync();

        Assert.Equal(longest, handler.Seen.Single().Body);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => SendAsync("m2", "demo-0", longest + "x"));
    }

    protected static QueueMessage Message(string id, string session = "demo-0", string body = "") => new(Name, id, session, body);

    protected Task SendAsync(string id, string session = "demo-0", string body = "") => Queue.SendAsync(Message(id, session, body), null, None);

    private async Task ExhaustAsync()
    {
        await SettledAsync();
        for (var i = 0; i < QueueMessage.MaxTries; i++)
        {
            Pass(TimeSpan.FromHours(1));
            await SettledAsync();
        }
    }
}
