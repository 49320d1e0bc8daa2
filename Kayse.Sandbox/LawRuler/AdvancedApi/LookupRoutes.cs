using Kayse.Sandbox.State;

namespace Kayse.Sandbox.LawRuler.AdvancedApi;

/// <summary>Case types, statuses and fields. That Law Ruler has such calls is known; these paths are invented.</summary>
internal sealed class LookupRoutes(AdvancedGate gate, SandboxState state)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        gate.Map(routes, "GET", "ApiCaseTypes/GetCaseTypes", call => call.AnswerAsync(Envelope.List(state.Read(() => call.Portal.Settings.CaseTypes))));
        gate.Map(routes, "GET", "ApiStatuses/GetStatuses", call => call.AnswerAsync(Envelope.List(state.Read(() => call.Portal.Statuses))));
        gate.Map(routes, "GET", "ApiFields/GetFields", FieldsAsync);
    }

    private Task FieldsAsync(AdvancedCall call)
    {
        var settings = state.Read(() => call.Portal.Settings);
        return settings.CaseTypes.Any(c => c.Id.ToString() == call.Query("caseTypeId"))
            ? call.AnswerAsync(Envelope.List(settings.Fields))
            : call.AnswerAsync(Envelope.Failed("Case type not found."));
    }
}
