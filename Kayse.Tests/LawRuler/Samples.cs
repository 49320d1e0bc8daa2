using System.Text.Json.Nodes;

namespace Kayse.Tests.LawRuler;

/// <summary>The sample events, pointed at a test's sandbox.</summary>
internal static class Samples
{
    /// <summary><c>samples/call-analyzed.json</c>.</summary>
    public static JsonObject CallAnalyzed(TestHost host, Action<JsonObject>? change = null)
    {
        var text = File.ReadAllText(Path.Combine(Root(), "samples", "call-analyzed.json")).Replace("http://localhost:7072", host.SandboxUrl, StringComparison.Ordinal);
        var json = JsonNode.Parse(text)!.AsObject();
        change?.Invoke(json);
        return json;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder.FullName, "samples")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("There is no samples folder above the tests.");
        }

        return folder.FullName;
    }
}
