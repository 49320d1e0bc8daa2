using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Kayse.Standalone.Storage;
using Microsoft.Data.Sqlite;

namespace Kayse.Tests.Standalone;

/// <summary>What cannot be started says why in one line, with a non-zero exit.</summary>
public sealed class StartRefusalTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Data => _folder.In("data");

    [Theory]
    [InlineData("There is no option --colour. --help lists them.", "--colour")]
    [InlineData("There is no option extra. --help lists them.", "extra")]
    [InlineData("--data needs a value. --help lists the options.", "--data")]
    [InlineData("--port needs a value. --help lists the options.", "--no-demo", "--port")]
    [InlineData("--port expects a port from 0 to 65535, not http.", "--port", "http")]
    [InlineData("--port expects a port from 0 to 65535, not 65536.", "--port", "65536")]
    [InlineData("--sandbox-port expects a port from 0 to 65535, not -1.", "--sandbox-port", "-1")]
    public void A_wrong_option_is_named(string expected, params string[] arguments)
    {
        var refusal = Assert.Throws<Kayse.Standalone.StartException>(() => Kayse.Standalone.CommandLine.Parse(arguments, _ => null));

        Assert.Equal(expected, refusal.Message);
    }

    [Fact]
    public async Task A_wrong_option_ends_the_process_with_one_line()
    {
        using var kayse = KayseProcess.Start("--colour");

        Assert.Equal("There is no option --colour. --help lists them.", await kayse.RefusedAsync());
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var taken = Take(out var port);
        using var kayse = KayseProcess.Start("--port", port, "--sandbox-port", "0", "--data", Data);

        Assert.Equal($"Port {port} is in use. Choose another one with --port, or stop the process that has it.", await kayse.RefusedAsync());
    }

    [Fact]
    public async Task A_sandbox_port_in_use_is_named()
    {
        using var taken = Take(out var port);
        using var kayse = KayseProcess.Start("--port", "0", "--sandbox-port", port, "--data", Data);

        var line = await kayse.RefusedAsync();
        Assert.Contains($"{port}", line, StringComparison.Ordinal);
        Assert.Contains("--sandbox-port", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_the_data_folders_place_is_refused()
    {
        await File.WriteAllTextAsync(Data, "not a folder");
        using var kayse = KayseProcess.Start("--port", "0", "--sandbox-port", "0", "--data", Data);

        var line = await kayse.RefusedAsync();
        Assert.StartsWith($"The data folder {Data} cannot be", line, StringComparison.Ordinal);
        Assert.EndsWith("Choose another one with --data.", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_below_a_file_is_refused()
    {
        await File.WriteAllTextAsync(Data, "not a folder");
        using var kayse = KayseProcess.Start("--port", "0", "--sandbox-port", "0", "--data", Path.Combine(Data, "inner"));

        Assert.Contains("--data", await kayse.RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        Directory.CreateDirectory(Data);
        SystemSqlite.Use();
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(Data, "kayse.db")};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version=999";
            command.ExecuteNonQuery();
        }

        using var kayse = KayseProcess.Start("--port", "0", "--sandbox-port", "0", "--data", Data);

        Assert.Contains("has schema 999", await kayse.RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        Directory.CreateDirectory(Data);
        await File.WriteAllTextAsync(Path.Combine(Data, "kayse.db"), new string('x', 5000));
        using var kayse = KayseProcess.Start("--port", "0", "--sandbox-port", "0", "--data", Data);

        Assert.Contains("cannot be opened", await kayse.RefusedAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Outbound__AllowPrivateDestinations", "perhaps")]
    [InlineData("Outbound__Ports__0", "many")]
    public async Task A_setting_that_cannot_be_read_is_refused(string name, string value)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["ASPNETCORE_ENVIRONMENT"] = "Development", [name] = value };
        using var kayse = KayseProcess.StartWith(environment, "--port", "0", "--sandbox-port", "0", "--data", Data);

        Assert.Contains(name.Split("__")[1], await kayse.RefusedAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "Set KAYSE_ADMIN_KEY")]
    [InlineData("", "Set KAYSE_ADMIN_KEY")]
    [InlineData("short", "KAYSE_ADMIN_KEY is too short")]
    public async Task Production_needs_an_operators_key(string? key, string expected)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["ASPNETCORE_ENVIRONMENT"] = "Production", ["KAYSE_ADMIN_KEY"] = key };
        using var kayse = KayseProcess.StartWith(environment, "--port", "0", "--data", Data);

        Assert.StartsWith(expected, await kayse.RefusedAsync(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static TcpListener Take(out string port)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        return listener;
    }
}
