using Kayse.Sandbox.State;

namespace Kayse.Sandbox.LawRuler.AdvancedApi;

/// <summary>Case types, statuses and fields. That Law Ruler has such calls is known; these paths are invented.</summary>
internal sealed class LookupRoutes(AdvancedGate gate, SandboxState state)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        gate.Map(routes, "GET", "ApiCaseTypes/GetCaseTypes", call => AnswerAsync(call, state.Read(() => call.Portal.Settings.CaseTypes)));
        gate.Map(routes, "GET", "ApiStatuses/GetStatuses", call => call.AnswerAsync(Envelope.List(state.Read(() => call.Portal.Statuses))));
        gate.Map(routes, "GET", "ApiFields/GetFields", FieldsAsync);
    }

    private Task FieldsAsync(AdvancedCall call)
    {
        var settings = state.Read(() => call.Portal.Settings);
        return settings.CaseTypes.FirstOrDefault(c => c.Id.ToString() == call.Query("caseTypeId")) is { } type
            ? AnswerAsync(call, [.. settings.Fields.Where(f => f.CaseTypeIds.Count == 0 || f.CaseTypeIds.Contains(type.Id))])
            : call.AnswerAsync(Envelope.Failed("Case type not found."));
    }

    /// <summary>All of a list, or the page that was asked for.</summary>
    private static Task AnswerAsync<T>(AdvancedCall call, IReadOnlyList<T> all) =>
        call.AnswerAsync(call.Query("page").Length == 0 ? Envelope.List(all) : Envelope.Page(all, call.Page, call.PageSize));
}
