using Kayse.Sandbox.Faults;
using Kayse.Sandbox.Traffic;

namespace Kayse.Sandbox.Receiver;

/// <summary>A customer's webhook receiver: <c>/receiver/{name}</c>, and what it got and shall answer.</summary>
internal sealed class ReceiverRoutes(ReceiverBook receivers, RequestLog log, SandboxOptions options)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Map("/receiver/{name}/{**rest}", ReceiveAsync);
        routes.MapGet("/_sandbox/receiver/{name}", OwnRoute.Handle(ShowAsync));
        routes.MapPut("/_sandbox/receiver/{name}", OwnRoute.Handle(SetAsync));
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        var answer = receivers.Next(OwnRoute.Value(context, "name"));
        await Task.Delay(TimeSpan.FromMilliseconds(answer.DelayMs), options.Clock, context.RequestAborted);
        if (answer.Reset)
        {
            FaultAnswer.Cut(context);
            return;
        }

        context.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            context.Response.Headers[name] = value;
        }

        if (answer.BodyBytes > 0 || answer.Body.Length > 0)
        {
            await context.Response.WriteAsync(new string('x', answer.BodyBytes) + answer.Body, context.RequestAborted);
        }

        while (answer.TrickleMs > 0)
        {
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(TimeSpan.FromMilliseconds(answer.TrickleMs), options.Clock, context.RequestAborted);
            await context.Response.WriteAsync("x", context.RequestAborted);
        }
    }

    private Task ShowAsync(HttpContext context)
    {
        var name = OwnRoute.Value(context, "name");
        return HttpAnswer.OwnAsync(context, new { requests = log.List("receiver", name), answer = receivers[name] });
    }

    private async Task SetAsync(HttpContext context)
    {
        var name = OwnRoute.Value(context, "name");
        receivers.Set(name, await OwnRoute.BodyAsync<ReceiverScript>(context));
        await HttpAnswer.OwnAsync(context, receivers[name]);
    }
}
