using System.Net.Sockets;
using System.Text;
using Kayse.Core.Cases.Import;
using Kayse.Core.Storage;
using Kayse.Tests.LawRuler;

namespace Kayse.Tests.Imports;

/// <summary>Imports at their limits and when something comes between.</summary>
public sealed class ImportFaultTests(ImportHost at) : IClassFixture<ImportHost>
{
    [Fact]
    public async Task Two_people_of_one_name_are_kept_apart_by_their_Contact_ID()
    {
        var (one, other, third) = (WebhookHost.NewLead(), WebhookHost.NewLead(), WebhookHost.NewLead());

        await at.ImportAsync(ImportHost.Csv("Lead ID,Contact ID,First Name,Last Name", $"{one},p1,Ana,Ruiz", $"{other},p2,Ana,Ruiz", $"{third},p1,Ana,Ruiz"), "update");

        var clients = new[] { one, other, third }.Select(lead => at.At.CaseAsync(lead).Result!.ClientId).ToList();
        Assert.Equal(clients[0], clients[2]);
        Assert.NotEqual(clients[0], clients[1]);
    }

    [Fact]
    public async Task A_file_just_under_50_MB_is_taken()
    {
        var file = new MemoryStream();
        file.Write("Lead ID,Contact ID,Description\n"u8);
        var row = Encoding.ASCII.GetBytes($"1,2,{new string('x', 1000)}\n");
        while (file.Length + row.Length < ImportLimits.MaxUploadBytes)
        {
            file.Write(row);
        }

        var import = await at.UploadAsync(file.ToArray());

        Assert.Equal((file.Length - 31) / row.Length, import.GetProperty("rows").GetInt64());
    }

    [Fact]
    public async Task An_import_that_is_ended_shows_that_it_was_with_when_and_why()
    {
        var lines = Enumerable.Range(0, 3000).Select(i => $"76{i:d5},c{i},Name").Prepend("Lead ID,Contact ID,First Name");
        var id = (await at.UploadAsync(ImportHost.Csv([.. lines]))).GetProperty("id").GetString()!;
        var folder = Path.Combine(at.Host.Data, "blobs", ".unfinished");
        Directory.Move(folder, folder + "-away");
        try
        {
            // Without a place for its files it does not come to its end before it is ended.
            await at.StartAsync(id, "update");
            using var ended = await at.Host.Http.PostAsync($"/api/companies/demo/workflows/import.{id}/terminate", null);
            ended.EnsureSuccessStatusCode();
        }
        finally
        {
            Directory.Move(folder + "-away", folder);
        }

        var import = await at.GetAsync(id);

        Assert.Equal("terminated", import.GetProperty("state").GetString());
        Assert.NotNull(import.GetProperty("endedAt").GetString());
        Assert.NotNull(import.GetProperty("error").GetString());
        var stored = await at.Host.Get<ImportStore>().FindAsync(WebhookHost.Demo, id, default);
        Assert.Equal(("terminated", true), (stored!.State, stored.EndedAt is not null));
    }

    [Fact]
    public async Task An_import_waits_while_the_store_takes_no_files_and_goes_on_with_nothing_lost_or_twice()
    {
        var lines = Enumerable.Range(0, 1200).Select(i => $"78{i / 2:d5},c{i / 2},Name {i}").Prepend("Lead ID,Contact ID,First Name");
        var id = (await at.UploadAsync(ImportHost.Csv([.. lines]))).GetProperty("id").GetString()!;
        var folder = Path.Combine(at.Host.Data, "blobs", ".unfinished");
        Directory.Move(folder, folder + "-away");
        await at.StartAsync(id, "create");
        var until = at.Host.Clock.GetUtcNow().AddMinutes(10);
        await at.Host.EventuallyAsync(() => Task.FromResult(at.Host.Clock.GetUtcNow() >= until), TimeSpan.FromSeconds(20));
        var waiting = await at.GetAsync(id);
        Assert.Equal(("running", 0), (waiting.GetProperty("state").GetString(), waiting.GetProperty("done").GetInt32()));

        Directory.Move(folder + "-away", folder);
        var import = await at.EndAsync(id, TimeSpan.FromSeconds(20));

        Assert.Equal((1200, 0, 0, 0, 0), ImportHost.Counts(import));
        Assert.Equal("completed", import.GetProperty("state").GetString());
        Assert.Equal(2, (await at.CasesAsync("7800599")).Count);
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing()
    {
        var before = await ImportsAsync();
        var rows = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"77{i:d5},c{i},Zebulona\n"));
        using var tcp = new TcpClient();
        var url = new Uri(at.Host.Url);
        await tcp.ConnectAsync(url.Host, url.Port);
        await using (var stream = tcp.GetStream())
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /api/companies/demo/imports HTTP/1.1\r\nHost: {url.Authority}\r\nX-API-KEY: {TestHost.OperatorKey}\r\nContent-Type: text/csv\r\nContent-Length: 9000000\r\n\r\nLead ID,Contact ID,First Name\n{rows}"));
            await at.Host.EventuallyAsync(async () => (await ImportsAsync()).Except(before).Any());
        }

        tcp.Close();
        await at.Host.EventuallyAsync(async () => !(await ImportsAsync()).Except(before).Any() && !(await StatesAsync()).Contains("reading"));
    }

    private async Task<IReadOnlyList<string?>> StatesAsync() =>
        [.. (await at.Host.GetJsonAsync("/api/companies/demo/imports?limit=100")).GetProperty("items").EnumerateArray().Select(one => one.GetProperty("state").GetString())];

    /// <summary>The imports of which something is kept.</summary>
    private async Task<IReadOnlySet<string>> ImportsAsync()
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var blob in at.Host.Get<IBlobStore>().ListAsync("demo/imports", default))
        {
            found.Add(blob.Split('/')[2]);
        }

        return found;
    }
}
