using System.Globalization;
using Kayse.Core.Storage;
using Kayse.Standalone.Storage;
using Kayse.Tests.StoreWriter;

namespace Kayse.Tests.Torture;

/// <summary>Opens the stores that a killed process left and compares them with what it acknowledged.</summary>
internal static class StoreCheck
{
    /// <summary>Checks the data folder itself, as the next start finds it.</summary>
    public static async Task CheckAsync(string data, StoreTally tally)
    {
        using var folder = DataFolder.Open(data);
        await CheckDatabaseAsync(folder.Database, tally);
        await CheckBlobsAsync(new FileBlobStore(folder.Blobs), tally);
    }

    /// <summary>Checks a copy of the database, so that the next process has to recover what the killed one left.</summary>
    public static async Task CheckCopyAsync(string data, StoreTally tally)
    {
        using var copy = new TempFolder();
        foreach (var file in (string[])["kayse.db", "kayse.db-wal"])
        {
            if (File.Exists(Path.Combine(data, file)))
            {
                File.Copy(Path.Combine(data, file), copy.In(file));
            }
        }

        await CheckDatabaseAsync(copy.In("kayse.db"), tally);
    }

    private static async Task CheckDatabaseAsync(string path, StoreTally tally)
    {
        using var database = SqliteDatabase.Open(path);
        Assert.Equal("ok", database.Read(statements => (string)statements.Scalar("PRAGMA integrity_check")!));
        var entities = new SqliteEntityStore(database);
        for (var writer = 0; writer < StoreModel.Writers; writer++)
        {
            await CheckWriterAsync(entities, tally, writer);
        }

        CheckMessages(database, tally);
    }

    private static async Task CheckWriterAsync(SqliteEntityStore entities, StoreTally tally, int writer)
    {
        var page = await entities.QueryAsync(StoreModel.Table, StoreModel.Partition(writer), new RowRange(), 1000, CancellationToken.None);
        var rows = page.Rows.ToDictionary(row => row.Row, row => row.Json.ToArray(), StringComparer.Ordinal);
        var acknowledged = tally.Steps[writer];
        // The one step after the last acknowledged one was under way, and is there whole or not at all.
        var head = new[] { acknowledged, acknowledged + 1 }.SingleOrDefault(step => IsHead(rows, step), -1);
        Assert.True(head >= 0, $"Writer {writer}: step {acknowledged} was acknowledged, and the head is {(rows.TryGetValue(StoreModel.Head, out var json) ? System.Text.Encoding.UTF8.GetString(json) : "gone")}.");
        var expected = StoreModel.State(tally.Seed, writer, head);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), rows.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected, row => Assert.True(row.Value.AsSpan().SequenceEqual(rows[row.Key]), $"Writer {writer}: the row {row.Key} is not as it was written."));
        tally.Steps[writer] = head;
    }

    private static bool IsHead(Dictionary<string, byte[]> rows, int step) =>
        step == 0 ? !rows.ContainsKey(StoreModel.Head) : rows.TryGetValue(StoreModel.Head, out var json) && json.AsSpan().SequenceEqual(StoreModel.HeadRow(step));

    private static void CheckMessages(SqliteDatabase database, StoreTally tally)
    {
        var waiting = database.Read(statements =>
        {
            using var reader = statements.Query("SELECT id, body FROM message WHERE queue = $1", StoreModel.Queue);
            var found = new List<((int Writer, int Step) Message, string Body)>();
            while (reader.Read())
            {
                var line = StoreModel.Handled(reader.GetString(0));
                found.Add(((line.Writer, line.Step), reader.GetString(1)));
            }

            return found;
        });
        Assert.All(waiting, item => Assert.Equal(StoreModel.MessageBody(tally.Seed, item.Message.Writer, item.Message.Step), item.Body));
        Assert.Empty(tally.Sent.Except(tally.Handled).Except(waiting.Select(item => item.Message)));
    }

    private static async Task CheckBlobsAsync(FileBlobStore blobs, StoreTally tally)
    {
        var found = new HashSet<(int Writer, int Step)>();
        await foreach (var name in blobs.ListAsync(StoreModel.Blobs, CancellationToken.None))
        {
            var parts = name.Split('/');
            var (writer, step) = (int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture));
            await using var blob = await blobs.OpenAsync(name, CancellationToken.None);
            using var bytes = new MemoryStream();
            await blob!.Content.CopyToAsync(bytes);
            Assert.True(StoreModel.BlobContent(tally.Seed, writer, step).AsSpan().SequenceEqual(bytes.ToArray()), $"The blob {name} is not as it was written.");
            found.Add((writer, step));
        }

        // An older one's deletion may have been under way.
        Assert.Empty(tally.Blobs.Where(blob => blob.Step + StoreModel.BlobLife > tally.Steps[blob.Writer]).Except(found));
        Assert.Empty(tally.BlobsGone.Intersect(found));
    }
}
