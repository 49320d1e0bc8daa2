namespace Kayse.Tests.Standalone;

/// <summary>The files under <c>samples</c>.</summary>
internal static class Samples
{
    public static string Text(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "samples", name)))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("There is no samples folder above the tests.");
        }

        return File.ReadAllText(Path.Combine(folder.FullName, "samples", name));
    }
}
