using System.Text.Json.Nodes;

namespace Kayse.Sandbox.Lawmatics.Webhooks;

/// <summary>Something that happened in a firm's Lawmatics: its type, and the ids that tell of it.</summary>
internal sealed record LawmaticsEvent(string Type, JsonObject Data);
