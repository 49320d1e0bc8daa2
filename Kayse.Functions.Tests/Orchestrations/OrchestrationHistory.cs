using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kayse.Functions.Tests.Orchestrations;

/// <summary>What an orchestration asked for: an activity, a timer (both with a number, as in Durable's history) or an event.</summary>
public sealed record Asked(string Kind, int? Id = null, string? Name = null, JsonElement? Input = null, DateTimeOffset? Due = null)
{
    /// <summary>What Durable compares in a replay.</summary>
    [JsonIgnore]
    public string Shape => $"{Kind} {Id} {Name}";
}

/// <summary>What happened to it: <c>started</c>, <c>done</c>, <c>failed</c>, <c>fired</c> or <c>raised</c>.</summary>
public sealed record Happened(string Kind, int? Id = null, string? Name = null, JsonElement? Payload = null, string? Error = null);

/// <summary>One turn: when, what happened, and what was asked for then.</summary>
public sealed record OrchestrationTurn(DateTimeOffset At, Happened Happened, IReadOnlyList<Asked> Asked);

/// <summary>How a run ended: <c>completed</c>, <c>failed</c> or <c>continued</c>.</summary>
public sealed record OrchestrationEnd(string Kind, JsonElement? Output = null, string? Error = null);

/// <summary>The history of one run.</summary>
public sealed record OrchestrationHistory(string Workflow, string Instance, JsonElement Input, IReadOnlyList<OrchestrationTurn> Turns, OrchestrationEnd? End)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>All that was asked for, in order.</summary>
    [JsonIgnore]
    public IEnumerable<Asked> Asked => Turns.SelectMany(turn => turn.Asked);

    public static OrchestrationHistory Read(string file) => JsonSerializer.Deserialize<OrchestrationHistory>(File.ReadAllText(file), s_json)!;

    public static string Text(object? part) => JsonSerializer.Serialize(part, s_json);

    public override string ToString() => Text(this);
}
