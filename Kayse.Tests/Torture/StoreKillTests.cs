namespace Kayse.Tests.Torture;

/// <summary>A process with 32 writers is killed again and again over the same data folder.</summary>
[Trait("Category", "Torture")]
public sealed class StoreKillTests : IDisposable
{
    private const int ShortRounds = 20;

    private readonly TempFolder _folder = new();

    private string Data => _folder.In("data");

    [Fact]
    public async Task After_each_kill_all_that_was_acknowledged_is_whole_and_all_else_whole_or_absent()
    {
        var rounds = StoreTally.Setting("KAYSE_TORTURE_ROUNDS") ?? ShortRounds;
        var tally = StoreTally.New();
        var random = new Random(tally.Seed);
        for (var round = 1; round <= rounds; round++)
        {
            await tally.NamingSeedAsync($"Round {round}", () => RoundAsync(tally, random, isLast: round == rounds));
        }
    }

    public void Dispose() => _folder.Dispose();

    private async Task RoundAsync(StoreTally tally, Random random, bool isLast)
    {
        using (var writers = StoreProcess.Start(Data, tally))
        {
            if (isLast)
            {
                // However short the others were: every writer and every kind of outcome has been seen.
                await writers.KillWhenAsync(heard => heard.Steps.All(step => step > 0) && heard.Handled.Count > 0 && heard.BlobsGone.Count > 0);
            }
            else if (random.Next(5) == 0)
            {
                // While it starts: the making or the recovery of the file.
                await Task.Delay(random.Next(50, 250));
                await writers.KillAsync();
            }
            else
            {
                var enough = tally.Lines + random.Next(1, 500);
                await writers.KillWhenAsync(heard => heard.Lines >= enough);
            }
        }

        await (isLast || random.Next(2) == 0 ? StoreCheck.CheckAsync(Data, tally) : StoreCheck.CheckCopyAsync(Data, tally));
    }
}
