namespace Kayse.Sandbox.Traffic;

/// <summary>A request that has been read and named. It travels with the request as a feature, also into a write that outlives it.</summary>
internal sealed class Exchange
{
    public required string System { get; init; }

    public required string Operation { get; init; }

    public required RequestBody Body { get; init; }

    /// <summary>The status to log where it is not the response's: 0 for a connection that was cut.</summary>
    public int? LoggedStatus { get; set; }

    public static Exchange Of(HttpContext context) =>
        context.Features.Get<Exchange>() ?? throw new InvalidOperationException("The request has not been read.");
}
