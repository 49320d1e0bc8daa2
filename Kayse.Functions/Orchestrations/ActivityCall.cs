using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kayse.Functions.Orchestrations;

/// <summary>The input of the one activity function. Its names stand in the histories of running workflows.</summary>
/// <param name="Name">The activity in the catalog.</param>
/// <param name="Input">Its input.</param>
public sealed record ActivityCall([property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("input")] JsonElement Input);
