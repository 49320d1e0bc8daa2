namespace Kayse.Functions.Tests.Infrastructure;

/// <summary>The project's infrastructure as it lies in the repository.</summary>
internal static class Infra
{
    public static string Root { get; } = FindRoot();

    public static string Folder { get; } = Path.Combine(Root, "infra");

    public static BicepFile Main { get; } = BicepFile.Read(Path.Combine(Folder, "main.bicep"));

    /// <summary>The modules by their file's name without its ending.</summary>
    public static IReadOnlyDictionary<string, BicepFile> Modules { get; } =
        Directory.EnumerateFiles(Path.Combine(Folder, "modules"), "*.bicep").Select(BicepFile.Read).ToDictionary(file => Path.GetFileNameWithoutExtension(file.Name));

    public static IEnumerable<BicepFile> Files => Modules.Values.Append(Main);

    /// <summary>Every resource that is made (not only referred to), with its file.</summary>
    public static IEnumerable<(BicepFile File, BicepResource Resource)> Made =>
        Files.SelectMany(file => file.AllResources.Where(resource => !resource.IsExisting).Select(resource => (file, resource)));

    public static BicepResource The(string type) => Made.Single(made => made.Resource.Type == type).Resource;

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "azure.yaml")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return folder;
    }
}
