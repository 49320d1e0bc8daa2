namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary><c>/prospects</c>, which are the matters.</summary>
internal sealed class MatterRoutes(LawmaticsGate gate)
{
    private static readonly ResourceKind Kind = ResourceKind.Prospects;

    public void Map(IEndpointRouteBuilder routes)
    {
        Finder.Map(gate, routes, Kind);
        gate.Get(routes, "prospects", call => RecordQuery.Answer(call, Kind, call.Firm.Table(Kind).Values));
        gate.Get(routes, "prospects/{id:long}", call => LawmaticsAnswer.Ok(call.View(Kind, call.Record(Kind))));

        // Alone of all answers, this one is full unless fields are named.
        gate.Post(routes, "prospects", call => LawmaticsAnswer.Created(call.View(Kind, MatterWriter.Create(call.Firm, call.Json(), call.Now), full: true)));
        gate.Put(routes, "prospects/{id:long}", call => LawmaticsAnswer.Ok(call.View(Kind, MatterWriter.Update(call.Firm, call.Record(Kind), call.Json(), call.Now))));
        gate.Delete(routes, "prospects/{id:long}", Delete);
    }

    private static LawmaticsAnswer Delete(LawmaticsCall call)
    {
        var matter = call.Record(Kind);
        var view = call.View(Kind, matter);
        call.Firm.Table(Kind).Remove(matter.Id);
        return LawmaticsAnswer.Ok(view);
    }
}
