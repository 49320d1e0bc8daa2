using Kayse.Sandbox.State;
using Kayse.Sandbox.Traffic;

namespace Kayse.Sandbox.Faults;

/// <summary>Lets a call fail where a fault asks for it, with its write made before, later or never.</summary>
internal sealed class FaultMiddleware(
    RequestDelegate next, FaultBook faults, BackgroundWork background, SandboxOptions options, IServiceProvider services)
{
    public Task InvokeAsync(HttpContext context)
    {
        var exchange = context.Features.Get<Exchange>();
        var fault = exchange is null ? null : faults.Take(exchange.System, exchange.Operation);
        return fault is null ? next(context) : FailAsync(context, fault);
    }

    private async Task FailAsync(HttpContext context, Fault fault)
    {
        var request = DetachedRequest.From(context, services);
        if (fault.WhenApplied == FaultApplied.Before)
        {
            await request.ServeAsync(next);
        }

        if (await StillThereAsync(context, fault.DelayMs))
        {
            // The connection may be busy with the late write: the caller must not send its next request on it.
            context.Response.Headers.Connection = "close";
            await FaultAnswer.WriteAsync(context, fault, fault.WhenApplied == FaultApplied.Before ? request : null);
        }

        if (fault.WhenApplied == FaultApplied.Late)
        {
            await CompleteAsync(context);
            background.Start(async ct =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(fault.LateMs), options.Clock, ct);
                await request.ServeAsync(next);
            });
        }
    }

    private async Task<bool> StillThereAsync(HttpContext context, int delayMs)
    {
        try
        {
            using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, background.Stopping);
            await Task.Delay(TimeSpan.FromMilliseconds(delayMs), options.Clock, gone.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            Exchange.Of(context).LoggedStatus = 0;
            return false;
        }
    }

    private static async Task CompleteAsync(HttpContext context)
    {
        try
        {
            if (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.CompleteAsync();
            }
        }
        catch (InvalidOperationException)
        {
            // An answer that was cut short on purpose: the late write comes all the same.
        }
    }
}
