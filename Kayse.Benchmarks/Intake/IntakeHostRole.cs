using System.Text.Json;
using Kayse.Benchmarks.Processes;
using Kayse.Core.Companies;
using Kayse.Standalone;
using Kayse.Standalone.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Benchmarks.Intake;

/// <summary>The product itself with 16 firms, as it runs on one machine.</summary>
internal static class IntakeHostRole
{
    /// <summary>The role's name.</summary>
    public const string Name = "intake-host";

    private const int Firms = 16;

    /// <summary>Runs over a data folder.</summary>
    public static async Task RunAsync(string folder)
    {
        await using var host = await StandaloneHost.StartAsync(new StandaloneOptions { Data = folder, Port = 0, OperatorKey = ApiKeys.NewSecret() });
        var database = host.Services.GetRequiredService<SqliteDatabase>();
        var keys = await OpenFirmsAsync(host.Services);
        await RoleServer.ServeAsync(
            JsonSerializer.Serialize(new IntakeHost(new Uri(host.Url).Port, Count(database, "events") + 1, keys)),
            () => database.Commits,
            new Dictionary<string, Func<string, Task<string>>>(StringComparer.Ordinal)
            {
                ["stored"] = _ => Task.FromResult($"{Count(database, "events")}"),
            });
    }

    private static async Task<List<FirmKey>> OpenFirmsAsync(IServiceProvider services)
    {
        var keys = new List<FirmKey>();
        for (var i = 0; i < Firms; i++)
        {
            var id = CompanyId.Parse($"firm{i}", null);
            await services.GetRequiredService<CompanyRegister>().OpenAsync(new Company(id, $"Firm {i}", "America/New_York", TimeProvider.System.GetUtcNow()), default);
            var (_, text) = await services.GetRequiredService<ApiKeys>().IssueAsync(id, "benchmark", KeyRole.Platform, default);
            keys.Add(new FirmKey(id.ToString(), text));
        }

        return keys;
    }

    private static long Count(SqliteDatabase database, string table) =>
        database.Read(statements => (long)statements.Scalar("SELECT count(*) FROM entity WHERE tbl = ?1", table)!);
}

/// <summary>What the generator is told.</summary>
/// <param name="Port">Where the host listens.</param>
/// <param name="FirstNumber">The number of the first event that is not there yet.</param>
/// <param name="Firms">The firms.</param>
internal sealed record IntakeHost(int Port, long FirstNumber, IReadOnlyList<FirmKey> Firms);

/// <summary>A firm's platform key.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Key">The key.</param>
internal sealed record FirmKey(string Company, string Key);
