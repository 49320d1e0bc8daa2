using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Sandbox.Traffic;

namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary>A call that has shown its token, or needs none.</summary>
internal sealed record LawmaticsCall(HttpContext Context, LawmaticsFirm Firm, RequestBody Body, DateTimeOffset Now)
{
    /// <summary>The fields to answer, in their order; null where the caller names none.</summary>
    public string? Fields => Context.Request.Query["fields"].FirstOrDefault();

    public string Route(string name) => OwnRoute.Value(Context, name);

    /// <summary>The flat body; an absent one is empty.</summary>
    /// <exception cref="LawmaticsRefusal">The body is not a JSON object.</exception>
    public JsonObject Json()
    {
        try
        {
            return JsonNode.Parse(Body.Text.Length == 0 ? "{}" : Body.Text) as JsonObject ?? throw Malformed();
        }
        catch (JsonException)
        {
            throw Malformed();
        }
    }

    /// <summary>The record that the path names.</summary>
    /// <exception cref="LawmaticsRefusal">There is none.</exception>
    public LawmaticsRecord Record(ResourceKind kind) =>
        Firm.Find(kind, Route("id")) ?? throw LawmaticsRefusal.Missing(kind.Title, Route("id"));

    public JsonObject View(ResourceKind kind, LawmaticsRecord record, bool full = false) => RecordView.Of(Firm, kind, record, Fields, full);

    private static LawmaticsRefusal Malformed() => new(StatusCodes.Status400BadRequest, "Bad Request", "The body is not a JSON object.");
}
