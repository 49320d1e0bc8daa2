namespace Kayse.Core.Connectors.LawRuler;

/// <summary>What an answer of Law Ruler's means to an admin who asked for something: why it did not work and what to do.</summary>
public static class LawRulerReasons
{
    /// <summary>The sentence for a reply.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="path">The path that was asked, for where there is no such page.</param>
    /// <param name="setting">The setting that holds the path.</param>
    public static string Of(LawRulerReply reply, string path, string setting)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(path);
        return reply.Answer is not { } answer
            ? $"The connection's rate limit is spent. Try again after {reply.ComeBack.UtcDateTime:HH:mm:ss} UTC."
            : answer.Kind switch
            {
                AnswerKind.Success => "Law Ruler says that it worked.",
                AnswerKind.KeyRefused or AnswerKind.Unauthorized => "Law Ruler refused the Key. Connect again with the Key from Setup > 3rd Party Integrations.",
                AnswerKind.LoginRefused or AnswerKind.LoginUnclear or AnswerKind.TokenRefused => "Law Ruler refused the Username, Password or Client Secret. Connect again.",
                AnswerKind.ApiDisabled => "Law Ruler's Advanced API is not switched on for this firm. Ask Law Ruler's support to enable it.",
                AnswerKind.PathUnknown => $"Law Ruler has no such page as {path.Split('?')[0]}. Check the setting {setting}; Law Ruler's support knows the path.",
                AnswerKind.LeadUnknown => "Law Ruler has no such lead. Check the Lead ID.",
                AnswerKind.StatusUnknown => "Law Ruler does not know this status.",
                AnswerKind.Refused => $"Law Ruler refused the request{(string.IsNullOrWhiteSpace(answer.Text) ? "." : $": {answer.Text.Trim()}")}",
                AnswerKind.RateLimited => "Law Ruler asked to slow down. Try again in a minute, and ask Law Ruler's support to raise the API's limits.",
                AnswerKind.Unavailable => "Law Ruler has a fault of its own. Try again later.",
                AnswerKind.Unreachable => "Law Ruler cannot be reached. Try again later.",
                AnswerKind.TimedOut => "Law Ruler did not answer in time. Try again later.",
                AnswerKind.Broken => "The connection to Law Ruler broke. Try again later.",
                _ => "Law Ruler's answer cannot be read: a sign-in or error page, or nothing at all.",
            };
    }
}
