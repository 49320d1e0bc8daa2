using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Kayse.Sandbox;

/// <summary>The spellings of JSON that the sandbox speaks: its own, and the CRMs'.</summary>
internal static class SandboxJson
{
    /// <summary>For <c>/_sandbox</c> and the state file. A misspelt option is an error: a test that sets nothing proves nothing.</summary>
    public static JsonSerializerOptions Own { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>For the Advanced API: PascalCase out, any case in, numbers also as text.</summary>
    public static JsonSerializerOptions LawRuler { get; } = new()
    {
        PropertyNameCaseInsensitive = true,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
    };

    /// <summary>For Lawmatics: the names as they stand.</summary>
    public static JsonSerializerOptions Lawmatics { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Lays the members that <paramref name="changes"/> names over <paramref name="current"/> and leaves the others.</summary>
    public static T Merge<T>(T current, JsonObject? changes)
    {
        if (changes is null)
        {
            return current;
        }

        var merged = JsonSerializer.SerializeToNode(current, Own)!.AsObject();
        foreach (var (name, value) in changes)
        {
            merged[name] = value?.DeepClone();
        }

        return merged.Deserialize<T>(Own)!;
    }
}
