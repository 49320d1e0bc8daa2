using Kayse.Core.Connectors.LawRuler;

namespace Kayse.Tests.LawRuler;

/// <summary>Law Ruler's clock is the wall clock of the US East, with a Z behind it that is not true.</summary>
public sealed class LawRulerSyncClockTests
{
    [Theory]
    [InlineData("2026-07-01T03:59:59Z", "2026-06-30T23:59:59")]
    [InlineData("2026-11-20T15:06:00Z", "2026-11-20T10:06:00")]
    [InlineData("2026-11-01T04:59:59Z", "2026-11-01T00:59:59")]
    [InlineData("2026-11-01T05:00:00Z", "2026-11-01T00:00:00")]
    [InlineData("2026-11-01T05:30:00Z", "2026-11-01T00:30:00")]
    [InlineData("2026-11-01T06:30:00Z", "2026-11-01T00:30:00")]
    [InlineData("2026-11-01T07:00:00Z", "2026-11-01T02:00:00")]
    [InlineData("2026-03-08T06:59:59Z", "2026-03-08T01:59:59")]
    [InlineData("2026-03-08T07:00:00Z", "2026-03-08T03:00:00")]
    public void A_time_from_which_on_is_asked_is_never_later_than_it_is_whichever_hour_Law_Ruler_takes_it_for(string time, string written) =>
        Assert.Equal(written, LawRulerTime.WriteFrom(DateTimeOffset.Parse(time, null), "America/New_York"));

    [Theory]
    [InlineData("2026-11-01T04:10:00Z")]
    [InlineData("2026-03-08T06:10:00Z")]
    public async Task No_note_and_no_lead_is_missed_in_the_night_in_which_the_clocks_change(string start)
    {
        await using var at = await SyncHost.StartAsync(new { overlapMinutes = 0, pageSize = 2 }, DateTimeOffset.Parse(start, null));
        await at.LeadsAsync(884000, 1);
        await at.RunAsync();
        for (var step = 1; step <= 12; step++)
        {
            // A record every 20 minutes, and a sync 10 minutes behind it.
            at.Host.Clock.Advance(TimeSpan.FromMinutes(10));
            await at.NotesAsync(884000, new { text = $"Note {step}", touchesLead = false });
            await at.LeadsAsync(884000 + step, 1);
            at.Host.Clock.Advance(TimeSpan.FromMinutes(10));
            await at.RunAsync();
            Assert.True((await at.CaseNotesAsync(884000)).Count >= step, $"Note {step} was missed.");
            Assert.NotNull(await at.CaseAsync(884000 + step));
        }

        Assert.Equal(12, (await at.CaseNotesAsync(884000)).Count);
    }

    [Fact]
    public async Task No_status_is_missed_in_the_hour_that_comes_twice()
    {
        await using var at = await SyncHost.StartAsync(new { overlapMinutes = 0 }, new DateTimeOffset(2026, 11, 1, 4, 40, 0, TimeSpan.Zero));
        await at.LeadsAsync(884002, 1);
        await at.RunAsync();
        for (var step = 1; step <= 9; step++)
        {
            // The hour's sync has no part in it.
            at.Host.Clock.Advance(TimeSpan.FromMinutes(10));
            var status = step % 2 == 0 ? "Approved" : "Not Retained";
            await at.ChangeLeadAsync(884002, new { status });
            at.Host.Clock.Advance(TimeSpan.FromMinutes(7));
            await at.Host.Get<StatusPull>().RunAsync(SyncHost.Demo, default);
            Assert.Equal(status, (await at.CaseAsync(884002))!.Status);
        }

        Assert.All(await SearchedFromAsync(at), from => Assert.NotEqual(1, from.Hour));
    }

    [Fact]
    public async Task Pages_by_time_go_on_through_the_hour_that_comes_twice()
    {
        await using var at = await SyncHost.StartAsync(new { pageSize = 7 }, new DateTimeOffset(2026, 11, 1, 9, 5, 0, TimeSpan.Zero));
        await at.LeadsAsync(884001, 1);
        // Every three minutes from midnight on Law Ruler's clock until three, which is four hours.
        await at.NotesAsync(884001, new { count = 80, everyMs = 180_000, at = new DateTimeOffset(2026, 11, 1, 4, 1, 0, TimeSpan.Zero) });

        await at.RunAsync();

        Assert.Equal(80, (await at.CaseNotesAsync(884001)).Select(note => Chain.Text(note, "externalSourceId")).Distinct().Count());
    }

    private static async Task<IReadOnlyList<DateTime>> SearchedFromAsync(SyncHost at) =>
        [.. (await at.SearchesAsync()).Select(body => DateTime.Parse(System.Text.Json.JsonDocument.Parse(body).RootElement.GetProperty("FromDate").GetString()!, System.Globalization.CultureInfo.InvariantCulture))];

    [Fact]
    public async Task Many_notes_of_one_second_all_come()
    {
        await using var at = await SyncHost.StartAsync(new { pageSize = 10 });
        await at.LeadsAsync(884001, 1);
        await at.NotesAsync(884001, new { count = 15, everyMs = 1000, at = at.Host.Clock.GetUtcNow().AddHours(-2) });
        await at.NotesAsync(884001, new { count = 45, at = at.Host.Clock.GetUtcNow().AddHours(-1) });
        await at.NotesAsync(884001, new { count = 15, everyMs = 1000, at = at.Host.Clock.GetUtcNow().AddMinutes(-30) });

        await at.RunAsync();

        Assert.Equal(75, (await at.CaseNotesAsync(884001)).Count);
    }
}
