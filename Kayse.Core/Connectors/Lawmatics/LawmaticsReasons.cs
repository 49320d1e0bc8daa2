namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>What an answer of Lawmatics' means to an admin: what happened and what to do.</summary>
public static class LawmaticsReasons
{
    /// <summary>A connection whose token is refused.</summary>
    public const string ReconnectNeeded = "Lawmatics refuses the connection's token: it was revoked, or the app was removed there. Nothing is sent or fetched. Connect again; what waits goes on by itself.";

    /// <summary>Why nothing may be asked of Lawmatics for now; null when it may.</summary>
    public static string? WhyNotNow(LawmaticsConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return !connection.Connected ? "Lawmatics is not connected. Connect it first."
            : !connection.Toggles.EnableIntegration ? "The integration is paused: resume it first."
            : connection.ReconnectNeededSince is not null ? ReconnectNeeded
            : null;
    }

    /// <summary>The sentence for a reply, in words of our own only: it may stand in a workflow.</summary>
    public static string Of(LawmaticsReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return reply.Answer is not { } answer ? $"The connection's rate limit is spent. Try again after {reply.ComeBack.UtcDateTime:HH:mm:ss} UTC." : Of(answer.Kind);
    }

    /// <summary>What Lawmatics said itself, for the audit log and for an admin who asked; null when it said nothing.</summary>
    public static string? Said(LawmaticsAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var message = answer.Message is { } text ? $"Lawmatics says: {text}" : null;
        // Its support asks for it, and only of what went wrong.
        return answer.RequestId is { } id && answer.Kind != LawmaticsKind.Success ? $"{message} (Lawmatics' request {id})".TrimStart() : message;
    }

    private static string Of(LawmaticsKind kind) => kind switch
    {
        LawmaticsKind.Success => "Lawmatics took it.",
        LawmaticsKind.TokenRefused or LawmaticsKind.ReconnectNeeded => ReconnectNeeded,
        LawmaticsKind.Forbidden => "Lawmatics does not let this account do this. Check that the firm's plan includes API access and that the user who connected may do it, then try again.",
        LawmaticsKind.NotFound => "Lawmatics has no such record: it was deleted or merged there.",
        LawmaticsKind.PathUnknown => "Lawmatics has no such page. Ask the operator to check Lawmatics__ApiUrl.",
        LawmaticsKind.Refused => "Lawmatics refused what was sent. Check the stage mapping, the field mapping and the client's data, then try again.",
        LawmaticsKind.RateLimited => "Lawmatics asked to slow down. It is tried again by itself; lower requestsPerMinute when it comes often: other apps of the firm share the limit.",
        LawmaticsKind.Unavailable => "Lawmatics has a fault of its own. Try again later.",
        LawmaticsKind.Unreachable => "Lawmatics cannot be reached. Try again later.",
        LawmaticsKind.TimedOut => "Lawmatics did not answer in time. Try again later.",
        LawmaticsKind.Broken => "The connection to Lawmatics broke. Try again later.",
        LawmaticsKind.NotConnected => "Lawmatics is not connected. Connect it first.",
        LawmaticsKind.TokenUnavailable => "The token has ended, and Lawmatics did not answer when asked for another. Try again later.",
        _ => "Lawmatics' answer cannot be read: a page instead of data, or broken data. Try again later.",
    };
}
