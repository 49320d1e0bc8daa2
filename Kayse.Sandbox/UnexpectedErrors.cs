namespace Kayse.Sandbox;

/// <summary>A fault of the sandbox itself must look like one, and like no answer of a CRM's.</summary>
internal sealed partial class UnexpectedErrors(RequestDelegate next, ILogger<UnexpectedErrors> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone, and nobody is left to be told.
        }
#pragma warning disable CA1031 // This is where everything unexpected ends.
        catch (Exception e) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            Failed(logger, e);
            context.Response.Clear();
            await HttpAnswer.RefuseAsync(context, StatusCodes.Status500InternalServerError, $"The sandbox failed: {e.GetType().Name}.");
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed unexpectedly")]
    private static partial void Failed(ILogger logger, Exception exception);
}
