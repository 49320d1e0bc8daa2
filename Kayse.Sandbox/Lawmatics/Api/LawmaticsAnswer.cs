using System.Text.Json.Nodes;

namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary>The answer to a call, made inside the state's lock and written outside of it.</summary>
internal sealed record LawmaticsAnswer(int Status, JsonNode? Body)
{
    /// <summary>The path that does not exist; the ghost is Lawmatics' own.</summary>
    private const string UnknownPathText =
        "{\"errors\":[{\"status\":404,\"title\":\"Not Found\",\"detail\":\"The path you requested does not exist \U0001F47B\"}]}";

    public static LawmaticsAnswer Ok(JsonNode? data) => new(StatusCodes.Status200OK, Enveloped(data));

    public static LawmaticsAnswer Created(JsonNode? data) => new(StatusCodes.Status201Created, Enveloped(data));

    /// <summary>Where it is no JSON: how many bytes of a file to answer.</summary>
    public long? BlankBytes { get; init; }

    public Task WriteAsync(HttpContext context) => BlankBytes is { } size
        ? HttpAnswer.BlankAsync(context, size)
        : HttpAnswer.JsonAsync(context, Status, Body, SandboxJson.Lawmatics);

    public static Task ErrorAsync(HttpContext context, int status, string title, string detail) =>
        HttpAnswer.JsonAsync(context, status, new { errors = new[] { new { status, title, detail } } }, SandboxJson.Lawmatics);

    /// <summary>Written by hand: a serializer would escape the ghost, and a reader of UTF-8 must meet it.</summary>
    public static Task UnknownPathAsync(HttpContext context) =>
        HttpAnswer.TextAsync(context, StatusCodes.Status404NotFound, "application/json; charset=utf-8", UnknownPathText);

    /// <summary>401 with nothing in it.</summary>
    public static Task UnauthorizedAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    /// <summary>The error of a 404 or 422 that a fault asks for.</summary>
    public static Task FaultAsync(HttpContext context, int status, string? detail) => status == StatusCodes.Status404NotFound
        ? ErrorAsync(context, status, "Not found", detail ?? "The record was not found.")
        : ErrorAsync(context, status, "Unprocessable Entity", detail ?? "The record is invalid.");

    private static JsonObject Enveloped(JsonNode? data) => new() { ["data"] = data };
}
