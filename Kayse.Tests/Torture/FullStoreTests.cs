namespace Kayse.Tests.Torture;

/// <summary>The stores themselves, under 32 writers, when the disk runs full.</summary>
[Trait("Category", "Torture")]
public sealed class FullStoreTests
{
    private readonly StoreTally _tally = StoreTally.New();

    [Theory]
    [InlineData(SmallDisk.Mounted)]
    [InlineData(SmallDisk.Limited)]
    public Task A_full_disk_refuses_and_every_writer_goes_on_when_there_is_room_and_nothing_acknowledged_is_lost(string kind) => _tally.NamingSeedAsync(kind, async () =>
    {
        using var disk = SmallDisk.Make(kind);
        using var writers = await FilledAsync(disk);

        disk.Free(writers.Id);
        await AllGoOnAsync(writers);
        await writers.KillAsync();

        await StoreCheck.CheckAsync(disk.Data, _tally);
    });

    [Theory]
    [InlineData(SmallDisk.Mounted)]
    [InlineData(SmallDisk.Limited)]
    public Task A_process_that_is_killed_while_the_disk_is_full_has_lost_nothing_that_it_acknowledged(string kind) => _tally.NamingSeedAsync(kind, async () =>
    {
        using var disk = SmallDisk.Make(kind);
        using (var writers = await FilledAsync(disk))
        {
            await writers.KillAsync();
        }

        disk.Free();
        await StoreCheck.CheckAsync(disk.Data, _tally);
        using var again = StoreProcess.Start(disk.Data, _tally);
        await AllGoOnAsync(again);
        await again.KillAsync();
        await StoreCheck.CheckAsync(disk.Data, _tally);
    });

    [Theory]
    [InlineData(SmallDisk.Mounted)]
    [InlineData(SmallDisk.Limited)]
    public Task A_store_cannot_be_opened_on_a_full_disk_and_is_opened_when_there_is_room(string kind) => _tally.NamingSeedAsync(kind, async () =>
    {
        using var disk = SmallDisk.Make(kind);
        foreach (var pages in (int[])[0, 1, 2, 4, 7])
        {
            using var refused = StoreProcess.Start(disk.Data, _tally, disk.LeavePages(pages));
            Assert.StartsWith($"The database {disk.Data}", await refused.RefusedAsync(), StringComparison.Ordinal);
            disk.Free();
        }

        using var writers = StoreProcess.Start(disk.Data, _tally);
        await AllGoOnAsync(writers);
        await writers.KillAsync();
        await StoreCheck.CheckAsync(disk.Data, _tally);
    });

    private async Task<StoreProcess> FilledAsync(SmallDisk disk)
    {
        var writers = StoreProcess.Start(disk.Data, _tally, disk.Before);
        try
        {
            await AllGoOnAsync(writers);
            disk.Fill(writers.Id);
            var refused = writers.UntilAsync(heard => heard.RefusedBatches > 500);
            while (await Task.WhenAny(refused, Task.Delay(500)) != refused)
            {
                // What is deleted meanwhile makes a little room.
                disk.Refill();
            }

            await refused;
            return writers;
        }
        catch
        {
            writers.Dispose();
            throw;
        }
    }

    private async Task AllGoOnAsync(StoreProcess writers)
    {
        var before = _tally.Steps.ToArray();
        await writers.UntilAsync(heard => heard.Steps.Index().All(step => step.Item >= before[step.Index] + StoreWriter.StoreModel.BlobLife));
    }
}
