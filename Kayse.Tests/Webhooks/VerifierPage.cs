namespace Kayse.Tests.Webhooks;

/// <summary><c>docs/webhooks.md</c>, for what it shows as code.</summary>
internal static class VerifierPage
{
    /// <summary>Its text.</summary>
    public static string Text() => File.ReadAllText(At("docs", "webhooks.md"));

    /// <summary>The first code block of a language under a heading.</summary>
    public static string Block(string page, string heading, string language)
    {
        var lines = page.Split('\n').ToList();
        var start = lines.IndexOf(heading);
        Assert.True(start >= 0, $"The page has no heading '{heading}'.");
        var end = lines.FindIndex(start + 1, line => line.StartsWith("##", StringComparison.Ordinal));
        var open = lines.FindIndex(start + 1, (end < 0 ? lines.Count : end) - start - 1, line => line == $"```{language}");
        Assert.True(open >= 0, $"There is no {language} under '{heading}'.");
        return string.Join('\n', lines.Skip(open + 1).TakeWhile(line => line != "```")) + "\n";
    }

    /// <summary>A path in the repository.</summary>
    public static string At(params string[] names)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Kayse.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("There is no repository above the tests.");
        }

        return Path.Combine([folder.FullName, .. names]);
    }
}
