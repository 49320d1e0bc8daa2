using System.Text.Json;
using Kayse.Sandbox.Traffic;

namespace Kayse.Sandbox.LawRuler.AdvancedApi;

/// <summary>A call that has shown its token.</summary>
internal sealed record AdvancedCall(HttpContext Context, Portal Portal, RequestBody Body, DateTimeOffset Now)
{
    public int Page => Math.Clamp(Number("page", 1), 1, 1_000_000);

    public int PageSize => Math.Clamp(Number("pageSize", 100), 1, Math.Max(1, Portal.Options.MaxPageSize));

    public string Query(string name) => Context.Request.Query[name].ToString();

    /// <summary>A field of the form, or of the query.</summary>
    public string? Field(string name)
    {
        var field = Body.Fields.FirstOrDefault(f => f.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
        return field.Key is null ? Context.Request.Query[name].FirstOrDefault() : field.Value;
    }

    /// <summary>The body as JSON, or null where it is none.</summary>
    public T? Json<T>()
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Body.Text.Length == 0 ? "{}" : Body.Text, SandboxJson.LawRuler);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public Task AnswerAsync(object answer, int status = StatusCodes.Status200OK) =>
        HttpAnswer.JsonAsync(Context, status, answer, SandboxJson.LawRuler);

    public Task LeadNotFoundAsync() => AnswerAsync(Envelope.Failed("Lead not found."));

    public Task BadRequestAsync(string message) => AnswerAsync(Envelope.Failed(message), StatusCodes.Status400BadRequest);

    private int Number(string name, int otherwise) => int.TryParse(Query(name), out var number) ? number : otherwise;
}
