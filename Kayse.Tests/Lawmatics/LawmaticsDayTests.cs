namespace Kayse.Tests.Lawmatics;

/// <summary>
/// A working day with Lawmatics under its real limits: matters, intakes and documents, stages that its people move, answers that are lost, webhooks that are lost, a token that
/// is revoked, a pause, a disconnection and a restart. What happens is chance with a seed: <c>KAYSE_DAY_SEED</c> chooses another day.
/// </summary>
[Trait("Category", "Torture")]
public sealed class LawmaticsDayTests : IAsyncLifetime
{
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_part = TimeSpan.FromMinutes(5);

    private readonly int _seed = int.TryParse(Environment.GetEnvironmentVariable("KAYSE_DAY_SEED"), out var given) ? given : 20_261_121;

    private TestHost _host = null!;
    private LawmaticsDayFirm _firm = null!;

    public async Task InitializeAsync()
    {
        _host = await LawmaticsHost.StartConnectedAsync();
        _firm = new LawmaticsDayFirm(_host, new Random(_seed));
        await _firm.OpenAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task After_a_day_every_matter_is_in_lawmatics_once_and_every_stage_is_known()
    {
        for (var part = 0; part < 96; part++)
        {
            await BeginAsync(part);
            await _firm.HappenAsync();
            await PassAsync(s_part);
        }

        Assert.True(_firm.Happened is { Matters: > 20, Moves: > 5 }, $"{_firm.Happened}");
        // What came while nothing was connected goes by hand.
        await _host.StartByHandAsync(new { matters = "all" });
        await SettleAsync();
        using var forget = await _host.Http.DeleteAsync($"{_host.SandboxUrl}/_sandbox/requests");
        await PassAsync(TimeSpan.FromHours(1));
        Assert.DoesNotContain(await _host.LawmaticsRequestsAsync(), request => Outbound.Text(request, "operation") is { } operation && (operation.StartsWith("create", StringComparison.Ordinal) || operation.StartsWith("update", StringComparison.Ordinal)));
    }

    private async Task BeginAsync(int part)
    {
        switch (part)
        {
            case 24:
                await _host.RevokeTokensAsync();
                break;
            case 30 or 63:
                Assert.Equal(200, await _host.SignInAsync());
                break;
            case 48 or 52:
                await _host.PatchLawmaticsAsync(new { toggles = new { enableIntegration = part == 52 } });
                break;
            case 60:
                using (var gone = await _host.Http.DeleteAsync($"{LawmaticsHost.Base}/connection"))
                {
                    gone.EnsureSuccessStatusCode();
                }

                break;
            case 72:
                await _host.RestartAsync(TimeSpan.FromMinutes(7));
                break;
            default:
                break;
        }

        // Every third hour the webhooks are lost.
        await _firm.WebhookAsync(isActive: part / 12 % 3 != 2);
    }

    private async Task PassAsync(TimeSpan time)
    {
        for (var end = _host.Clock.GetUtcNow() + time; _host.Clock.GetUtcNow() < end;)
        {
            _host.Clock.Advance(s_step);
            // Time that ran on would make each answer one that came too late.
            for (var quiet = 0; quiet < 2;)
            {
                await Task.Yield();
                quiet = (await _host.GetJsonAsync($"{_host.SandboxUrl}/_sandbox/requests/in-flight")).GetProperty("inFlight").GetInt32() == 0 ? quiet + 1 : 0;
            }
        }
    }

    private async Task SettleAsync()
    {
        // A machine that has much else to do may need longer than the clock, which runs ahead of it: a look at all of it takes real time.
        List<string> differences = [];
        for (var look = 0; look < 200; look++)
        {
            await PassAsync(TimeSpan.FromMinutes(look < 12 ? 30 : 5));
            differences = await _firm.DifferencesAsync();
            if (differences.Count == 0)
            {
                return;
            }

            await Task.Delay(100);
        }

        Assert.Fail($"Seed {_seed}: {differences.Count} differences, among them: {string.Join("; ", differences.Take(10))}");
    }
}
