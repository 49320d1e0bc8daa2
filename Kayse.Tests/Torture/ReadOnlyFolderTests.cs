using Kayse.Tests.Standalone;
using Kayse.Tests.StoreWriter;

namespace Kayse.Tests.Torture;

/// <summary>A data folder that cannot be written is refused in one line and left as it is.</summary>
[Trait("Category", "Torture")]
public sealed class ReadOnlyFolderTests
{
    private static readonly Dictionary<string, string?> s_environment = new(StringComparer.Ordinal)
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Development",
        ["KAYSE_ADMIN_KEY"] = "an-operators-key-of-the-tests",
    };

    [Theory]
    [InlineData(ReadOnlyFolder.Mounted)]
    [InlineData(ReadOnlyFolder.NoRight)]
    public async Task A_folder_that_was_never_used_is_refused(string kind)
    {
        using var folder = new ReadOnlyFolder(kind);
        Directory.CreateDirectory(folder.Data);
        await File.WriteAllTextAsync(Path.Combine(folder.Data, "readme.txt"), "of somebody else");

        await RefusedAsync(folder);
    }

    [Theory]
    [InlineData(ReadOnlyFolder.Mounted)]
    [InlineData(ReadOnlyFolder.NoRight)]
    public Task A_folder_that_was_used_is_refused_and_used_again_when_it_can_be_written(string kind)
    {
        var tally = StoreTally.New();
        return tally.NamingSeedAsync(kind, async () =>
        {
            using var folder = new ReadOnlyFolder(kind);
            await WriteAsync(folder, tally);

            await RefusedAsync(folder);

            await StoreCheck.CheckAsync(folder.Data, tally);
            await WriteAsync(folder, tally);
            await StoreCheck.CheckAsync(folder.Data, tally);
        });
    }

    private static async Task WriteAsync(ReadOnlyFolder folder, StoreTally tally)
    {
        var before = tally.Steps.ToArray();
        using var writers = StoreProcess.Start(folder.Data, tally, folder.Before);
        await writers.UntilAsync(heard => heard.Steps.Index().All(step => step.Item > before[step.Index] + StoreModel.Beside));
        await writers.KillAsync();
    }

    private static async Task RefusedAsync(ReadOnlyFolder folder)
    {
        var content = folder.Content();
        folder.Close();
        using (var writers = StoreProcess.Start(folder.Data, StoreTally.New(), folder.Before))
        {
            AssertRefusal(folder, await writers.RefusedAsync());
        }

        using (var kayse = KayseProcess.StartUnder(folder.Before, s_environment, "--port", "0", "--sandbox-port", "0", "--data", folder.Data))
        {
            AssertRefusal(folder, await kayse.RefusedAsync());
        }

        Assert.Equal(content, folder.Content());
        folder.Open();
    }

    private static void AssertRefusal(ReadOnlyFolder folder, string line)
    {
        Assert.StartsWith($"The data folder {folder.Data} cannot be written: ", line, StringComparison.Ordinal);
        Assert.EndsWith("Choose another one with --data.", line, StringComparison.Ordinal);
    }
}
