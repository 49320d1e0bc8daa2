using Kayse.Core;
using Kayse.Core.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kayse.Web;

/// <summary>Turns what was not foreseen into problem details. An exception's text may hold personal data: only its type and place are logged, and the store's own, which names files and the system's reason (a full disk).</summary>
public sealed partial class Faults(RequestDelegate next, ILogger<Faults> logger)
{
    /// <summary>Handles one request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone.
        }
        catch (Exception fault) when (context.Response.HasStarted)
        {
            // Too late for an answer: a broken connection tells the caller that what it has is not the whole.
            Log.Fault(logger, fault.GetType().Name, FaultSite.Of(fault));
            context.Abort();
        }
        catch (BadHttpRequestException bad)
        {
            await Results.Problem(statusCode: bad.StatusCode, title: "The request cannot be read.").ExecuteAsync(context);
        }
        catch (StorageUnavailableException fault)
        {
            Log.Unavailable(logger, FaultSite.Of(fault), fault.Message);
            context.Response.Headers.RetryAfter = "5";
            await Results.Problem(statusCode: StatusCodes.Status503ServiceUnavailable, title: "The store cannot take this for now.", detail: "Nothing was changed; send it again in a moment.").ExecuteAsync(context);
        }
#pragma warning disable CA1031 // The last resort.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.Fault(logger, fault.GetType().Name, FaultSite.Of(fault));
            await Results.Problem(statusCode: StatusCodes.Status500InternalServerError, title: "A fault inside Kayse.", detail: "It was logged. Send the request again; if it stays, tell the operator.").ExecuteAsync(context);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A request ended with {Fault} at {Site}")]
        public static partial void Fault(ILogger logger, string fault, string site);

        [LoggerMessage(2, LogLevel.Error, "The store is unavailable at {Site}: {Reason}")]
        public static partial void Unavailable(ILogger logger, string site, string reason);
    }
}
