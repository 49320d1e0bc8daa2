using System.Text.Json;
using Kayse.Core.Storage;

namespace Kayse.Core.Events;

/// <summary>What the events that start a post-call chain must carry: without a call id nothing could be kept apart, without times nothing ordered.</summary>
internal static class CallEventChecks
{
    public static void Check(string? type, JsonElement data, string path, List<FieldError> errors)
    {
        if (type is not (EventTypes.CallAnalyzed or EventTypes.CallEnded))
        {
            return;
        }

        var prefix = path.Length == 0 ? "data.call" : $"{path}.data.call";
        if (JsonText.Property(data, "call") is not { ValueKind: JsonValueKind.Object } call)
        {
            errors.Add(new FieldError(prefix, "Expected an object with the call."));
            return;
        }

        if (!Ids.IsValid(JsonText.Text(call, "call_id")))
        {
            errors.Add(new FieldError($"{prefix}.call_id", "Expected 1 to 64 letters, digits, hyphens and underscores."));
        }

        foreach (var name in new[] { "start_timestamp", "end_timestamp" })
        {
            if (JsonText.Property(call, name) is not null && JsonText.UnixMilliseconds(call, name) is null)
            {
                errors.Add(new FieldError($"{prefix}.{name}", "Expected a time in Unix milliseconds."));
            }
        }
    }
}
