using System.Globalization;
using System.Text.Json;
using Kayse.Benchmarks.Processes;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Webhooks;
using Kayse.Standalone;
using Kayse.Standalone.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Benchmarks.Webhooks;

/// <summary>The product itself with firms whose webhooks lead to the sink.</summary>
internal static class WebhookHostRole
{
    /// <summary>The role's name.</summary>
    public const string Name = "webhook-host";

    /// <summary>Runs over a data folder.</summary>
    public static async Task RunAsync(string folder, string plan)
    {
        var given = JsonSerializer.Deserialize<WebhookPlan>(plan)!;
        // Development, since the sink is neither https nor public.
        await using var host = await StandaloneHost.StartAsync(
            new StandaloneOptions { Data = folder, Port = 0, OperatorKey = ApiKeys.NewSecret(), IsDevelopment = true, Settings = given.Settings() });
        var database = host.Services.GetRequiredService<SqliteDatabase>();
        var firms = new List<OpenedFirm>();
        foreach (var firm in given.Firms)
        {
            firms.Add(await OpenAsync(host.Services, firm, given.SinkPort));
        }

        var drive = new DeliveryDrive(host.Services, firms);
        await RoleServer.ServeAsync(
            JsonSerializer.Serialize(new WebhookHost(new Uri(host.Url).Port, firms)),
            () => database.Commits,
            new Dictionary<string, Func<string, Task<string>>>(StringComparer.Ordinal)
            {
                ["deliver"] = async rest => rest.Split(' ') is [var atOnce, var seconds]
                    ? JsonSerializer.Serialize(await drive.RunAsync(int.Parse(atOnce, CultureInfo.InvariantCulture), double.Parse(seconds, CultureInfo.InvariantCulture)))
                    : throw new FormatException(rest),
                ["stored"] = except => Task.FromResult($"{Delivered(database, except.Split(' '))}"),
            });
    }

    private static async Task<OpenedFirm> OpenAsync(IServiceProvider services, FirmPlan plan, int sinkPort)
    {
        var (id, now) = (CompanyId.Parse(plan.Company, null), TimeProvider.System.GetUtcNow());
        await services.GetRequiredService<CompanyRegister>().OpenAsync(new Company(id, plan.Company, "America/New_York", now), default);
        var (_, key) = await services.GetRequiredService<ApiKeys>().IssueAsync(id, "benchmark", KeyRole.Platform, default);
        var subscriptions = services.GetRequiredService<Subscriptions>();
        // Those of an earlier host over this folder lead to a sink that is gone.
        foreach (var old in await subscriptions.AllAsync(id, default))
        {
            await subscriptions.DeleteAsync(id, old.Id, default);
        }

        var added = new List<string>();
        for (var i = 0; i < plan.Subscriptions; i++)
        {
            var url = $"http://localhost:{sinkPort}/{plan.Company}/{i}";
            var subscription = new Subscription { Id = Ids.New("whk", TimeProvider.System), Name = $"Sink {i}", Url = url, CreatedAt = now, UpdatedAt = now };
            await services.GetRequiredService<SubscriptionSecrets>().CreateAsync(id, subscription.Id, null, default);
            await subscriptions.AddAsync(id, subscription, default);
            added.Add(subscription.Id);
        }

        return new OpenedFirm(plan.Company, key, added);
    }

    // The deliveries in the log that have been delivered: all but those that its index by state has.
    private static long Delivered(SqliteDatabase database, string[] except) => database.Read(statements =>
    {
        var delivered = 0L;
        using var rows = statements.Query(
            "SELECT partition, sum(CASE substr(row, 1, 2) WHEN 'd~' THEN 1 WHEN 'i~' THEN -1 ELSE 0 END) FROM entity WHERE tbl = 'deliveries' GROUP BY partition");
        while (rows.Read())
        {
            delivered += except.Contains(rows.GetString(0).Split('.')[1]) ? 0 : rows.GetInt64(1);
        }

        return delivered;
    });
}
