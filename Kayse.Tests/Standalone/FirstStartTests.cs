using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Kayse.Core.Webhooks;
using Kayse.Standalone;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Tests.Standalone;

/// <summary>What a new user sees.</summary>
public sealed class FirstStartTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Data => _folder.In("data");

    [Fact]
    public async Task The_start_up_text_is_short_and_its_commands_work_as_printed()
    {
        using var kayse = KayseProcess.Start("--port", "0", "--sandbox-port", "0", "--data", Data);
        await kayse.RunningAsync();

        Assert.StartsWith("Kayse is running.", kayse.Output.First(), StringComparison.Ordinal);
        Assert.InRange(kayse.Output.Count, 8, 14);
        Assert.Empty(kayse.Errors);
        Assert.Equal(3, kayse.Commands.Count);
        Assert.Contains("evt_7Qd2", await ShellAsync(kayse.Commands[0]), StringComparison.Ordinal);
        var workflow = await EventuallyAsync(kayse.Commands[1], json => json.TryGetProperty("endedAt", out var at) && at.ValueKind == JsonValueKind.String);
        Assert.Equal("completed", workflow.GetProperty("state").GetString());
        Assert.Equal(4, workflow.GetProperty("steps").EnumerateArray().Count(step => step.GetProperty("state").GetString() == "done"));
        var lead = JsonDocument.Parse(await ShellAsync(kayse.Commands[2])).RootElement;
        Assert.Equal("Sent e-Sign", lead.GetProperty("status").GetString());
        Assert.Equal("Yes", lead.GetProperty("customFields").GetProperty("Custom1234").GetString());
        Assert.Equal(2, lead.GetProperty("notes").GetArrayLength());
        Assert.Equal(1, lead.GetProperty("documents").GetArrayLength());
        Assert.Empty(kayse.Errors);
    }

    [Fact]
    public async Task An_interrupt_stops_it_at_once_and_the_data_folder_is_free()
    {
        using var kayse = KayseProcess.Start("--port", "0", "--sandbox-port", "0", "--data", Data);
        await kayse.RunningAsync();
        using (var second = KayseProcess.Start("--port", "0", "--sandbox-port", "0", "--data", Data))
        {
            Assert.Equal($"The data folder {Data} is in use by another process. Stop that one, or choose another data folder with --data.", await second.RefusedAsync());
        }

        await SendAsync(kayse);
        var watch = Stopwatch.StartNew();
        kayse.Interrupt();
        Assert.Equal(0, await kayse.EndAsync());
        // Less than the ten seconds that a stop waits at the most.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        Assert.Empty(kayse.Errors);

        using var again = KayseProcess.Start("--port", "0", "--sandbox-port", "0", "--data", Data);
        await again.RunningAsync();
        Assert.Equal(kayse.AdminKey, again.AdminKey);
    }

    [Fact]
    public async Task Production_starts_no_sandbox_and_shows_no_key()
    {
        const string key = "an-operators-key-of-production";
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["KAYSE_ADMIN_KEY"] = key,
            ["Outbound__AllowPrivateDestinations"] = "true",
        };
        using var kayse = KayseProcess.StartWith(environment, "--port", "0", "--sandbox-port", "0", "--data", Data);
        await kayse.RunningAsync("  API");

        Assert.DoesNotContain(kayse.Output, line => line.Contains("Sandbox", StringComparison.Ordinal) || line.Contains(key, StringComparison.Ordinal));
        using var http = KayseProcess.Client(key);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"{kayse.Url}/api/companies/demo")).StatusCode);
        kayse.Interrupt();
        Assert.Equal(0, await kayse.EndAsync());
    }

    [Theory]
    [InlineData(false, "true", false)]
    [InlineData(true, "true", true)]
    [InlineData(true, "false", false)]
    [InlineData(true, null, true)]
    public async Task Private_destinations_are_for_development_alone(bool isDevelopment, string? setting, bool expected)
    {
        await using var host = await StandaloneHost.StartAsync(new StandaloneOptions
        {
            Data = Data,
            Port = 0,
            IsDevelopment = isDevelopment,
            OperatorKey = "an-operators-key-of-the-tests",
            Log = new CapturedLog(),
            Settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Outbound:AllowPrivateDestinations"] = setting },
        });

        Assert.Equal(expected, host.Services.GetRequiredService<SafeDestination>().AllowsPrivate);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task SendAsync(KayseProcess kayse) => Assert.Contains("evt_7Qd2", await ShellAsync(kayse.Commands[0]), StringComparison.Ordinal);

    private static async Task<JsonElement> EventuallyAsync(string command, Func<JsonElement, bool> condition)
    {
        JsonElement found = default;
        await KayseProcess.EventuallyAsync(async () => condition(found = JsonDocument.Parse(await ShellAsync(command)).RootElement));
        return found;
    }

    private static async Task<string> ShellAsync(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return output;
    }
}
