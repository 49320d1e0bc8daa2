using Kayse.Sandbox.Faults;
using Kayse.Sandbox.Receiver;
using Kayse.Sandbox.State;
using Kayse.Sandbox.Traffic;

namespace Kayse.Sandbox;

/// <summary>Forgetting everything: <c>POST /_sandbox/reset</c>.</summary>
internal sealed class ResetRoute(SandboxState state, RequestLog log, FaultBook faults, ReceiverBook receivers)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/_sandbox/reset", context =>
    {
        state.Reset();
        log.Clear();
        faults.Clear();
        receivers.Clear();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    });
}
