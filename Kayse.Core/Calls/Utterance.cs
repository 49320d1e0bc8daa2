using System.Text.Json;

namespace Kayse.Core.Calls;

/// <summary>One turn of a call.</summary>
/// <param name="ByAgent">True for the AI agent, false for the client.</param>
/// <param name="Text">What was said.</param>
/// <param name="Start">Seconds from the call's start, or null.</param>
public sealed record Utterance(bool ByAgent, string Text, double? Start)
{
    /// <summary>The turns of a call's <c>transcript_object</c>; of its plain <c>transcript</c> (lines <c>Agent: …</c>, <c>User: …</c>) where there is no object.</summary>
    public static IReadOnlyList<Utterance> ReadAll(JsonElement call)
    {
        if (JsonText.Property(call, "transcript_object") is { ValueKind: JsonValueKind.Array } turns)
        {
            return
            [
                .. turns.EnumerateArray()
                    .Where(turn => JsonText.Text(turn, "role") is "agent" or "user" && !string.IsNullOrWhiteSpace(JsonText.Text(turn, "content")))
                    .Select(turn => new Utterance(JsonText.Text(turn, "role") == "agent", JsonText.Text(turn, "content")!.Trim(), JsonText.Number(turn, "start"))),
            ];
        }

        return [.. (JsonText.Text(call, "transcript") ?? string.Empty).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(FromLine)];
    }

    /// <summary>The start as <c>mm:ss</c>, past the hour as <c>h:mm:ss</c>; null when it is unknown.</summary>
    public string? Clock()
    {
        if (Start is not { } start || start < 0)
        {
            return null;
        }

        var time = TimeSpan.FromSeconds(Math.Min(Math.Floor(start), 359_999));
        return time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time.Minutes:d2}:{time.Seconds:d2}" : $"{time.Minutes:d2}:{time.Seconds:d2}";
    }

    private static Utterance FromLine(string line) =>
        line.StartsWith("Agent:", StringComparison.OrdinalIgnoreCase) ? new Utterance(true, line["Agent:".Length..].Trim(), null)
        : line.StartsWith("User:", StringComparison.OrdinalIgnoreCase) ? new Utterance(false, line["User:".Length..].Trim(), null)
        : new Utterance(false, line, null);
}
