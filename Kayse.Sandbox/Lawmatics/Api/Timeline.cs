using System.Text.Json.Nodes;

namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary>The activities: what was done, written by Lawmatics alone.</summary>
internal static class Timeline
{
    /// <param name="firm">Whose timeline it is.</param>
    /// <param name="key">What was done, such as <c>note.create</c>.</param>
    /// <param name="tracked">The record that it was done with.</param>
    /// <param name="recipient">The record on whose timeline it stands.</param>
    /// <param name="now">When it was done.</param>
    public static void Add(LawmaticsFirm firm, string key, RecordLink tracked, RecordLink recipient, DateTimeOffset now)
    {
        var activity = firm.Add(ResourceKind.Activities, now, new JsonObject
        {
            ["key"] = key,
            ["type"] = tracked.Type,
            ["detail_keys"] = new JsonArray(),
            ["parent_id"] = null,
        });
        activity.One["owner"] = new RecordLink(ResourceKind.Users.Type, LawmaticsSeed.UserId);
        activity.One["tracked"] = tracked;
        activity.One["recipient"] = recipient;
    }
}
