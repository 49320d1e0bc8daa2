namespace Kayse.Sandbox.Traffic;

/// <summary>One request as <c>GET /_sandbox/requests</c> shows it.</summary>
internal sealed class LoggedRequest
{
    public required DateTimeOffset At { get; init; }

    public required string System { get; init; }

    public required string Operation { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    /// <summary>The raw query string without its question mark.</summary>
    public required string Query { get; init; }

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public required string Body { get; init; }

    /// <summary>The status answered; 0 when the connection was cut without an answer, null while there is none yet.</summary>
    public int? Status { get; set; }
}
