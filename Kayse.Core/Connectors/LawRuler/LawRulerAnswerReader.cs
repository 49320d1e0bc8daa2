using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// Reads the Key pages' answers: status code, then the form of the text, then words of failure, then the two patterns of success that
/// running integrations look for (<c>Success Lead #123</c>, <c>Lead ID: 123</c>). What fits nothing is indeterminate, never success.
/// The wording of failures is not public, so the patterns are wide.
/// </summary>
public static partial class LawRulerAnswerReader
{
    private static readonly string[] s_failureWords = ["error", "failed", "failure"];
    private static readonly string[] s_yesWords = ["true", "1", "yes", "ok", "success", "200"];
    private static readonly string[] s_noWords = ["false", "0", "no"];

    /// <summary>What a Key page's answer to a write means.</summary>
    public static LawRulerAnswer Read(HttpStatusCode status, string text) => Read(status, text, isRead: false);

    /// <summary>What a Key page's answer to the question for a lead's status means: there a status by itself is an answer.</summary>
    public static LawRulerAnswer ReadStatus(HttpStatusCode status, string text) => Read(status, text, isRead: true);

    private static LawRulerAnswer Read(HttpStatusCode status, string text, bool isRead)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (ByStatus(status) is { } answer)
        {
            return answer;
        }

        var body = text.Trim();
        if (body.Length == 0 || IsPage(body))
        {
            return new LawRulerAnswer(AnswerKind.Indeterminate);
        }

        return body[0] switch
        {
            '{' or '[' => ReadJson(body, isRead),
            '<' when body.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase) || XmlRoot().IsMatch(body) => ReadXml(body, isRead),
            _ => ReadText(body),
        };
    }

    /// <summary>What a status code means by itself, or null when the body decides.</summary>
    public static LawRulerAnswer? ByStatus(HttpStatusCode status) => (int)status switch
    {
        429 => new LawRulerAnswer(AnswerKind.RateLimited),
        // A gateway that lost patience: what stands behind it may still be at work.
        408 or 504 => new LawRulerAnswer(AnswerKind.TimedOut),
        401 or 403 => new LawRulerAnswer(AnswerKind.Unauthorized),
        404 or 405 => new LawRulerAnswer(AnswerKind.PathUnknown),
        >= 500 => new LawRulerAnswer(AnswerKind.Unavailable),
        // A redirect is a login page.
        >= 300 and < 400 => new LawRulerAnswer(AnswerKind.Indeterminate),
        >= 400 => new LawRulerAnswer(AnswerKind.Refused),
        _ => null,
    };

    /// <summary>Which failure a text tells, or null when it tells none.</summary>
    public static AnswerKind? Failure(string text) =>
        KeyWords().IsMatch(text) ? AnswerKind.KeyRefused
        : LeadWords().IsMatch(text) ? AnswerKind.LeadUnknown
        : StatusWords().IsMatch(text) ? AnswerKind.StatusUnknown
        : FailureWords().IsMatch(text) ? AnswerKind.Refused
        : null;

    private static bool IsPage(string body) =>
        body.StartsWith("<!doctype", StringComparison.OrdinalIgnoreCase) || body.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
        || body.Contains("<body", StringComparison.OrdinalIgnoreCase) || body.Contains("<form", StringComparison.OrdinalIgnoreCase);

    private static LawRulerAnswer ReadText(string body)
    {
        if (Failure(body) is { } failure)
        {
            return new LawRulerAnswer(failure);
        }

        var match = SuccessLead().Match(body) is { Success: true } success ? success : LeadIdLine().Match(body);
        return match.Success ? new LawRulerAnswer(AnswerKind.Success, match.Groups["id"].Value) : new LawRulerAnswer(AnswerKind.Indeterminate);
    }

    private static LawRulerAnswer ReadJson(string body, bool isRead)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                return new LawRulerAnswer(AnswerKind.Indeterminate);
            }

            return FromFields(json.RootElement.EnumerateObject().Select(property => (property.Name, JsonText.String(property.Value) ?? property.Value.GetRawText())), isRead);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // No JSON, or a name in it that is no Unicode text.
            return new LawRulerAnswer(AnswerKind.Indeterminate);
        }
    }

    private static LawRulerAnswer ReadXml(string body, bool isRead)
    {
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 1_000_000, IgnoreWhitespace = true };
            using var reader = XmlReader.Create(new StringReader(body), settings);
            var fields = new List<(string Name, string Value)>();
            var name = string.Empty;
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element)
                {
                    name = reader.LocalName;
                }
                else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
                {
                    fields.Add((name, reader.Value));
                }
            }

            return FromFields(fields, isRead);
        }
        catch (XmlException)
        {
            return new LawRulerAnswer(AnswerKind.Indeterminate);
        }
    }

    private static LawRulerAnswer FromFields(IEnumerable<(string Name, string Value)> given, bool isRead)
    {
        var fields = given.ToList();
        string? Field(params string[] names) => fields.FirstOrDefault(field => names.Contains(field.Name, StringComparer.OrdinalIgnoreCase)).Value;
        var error = Field("error", "errors", "errormessage", "message");
        var success = Field("success", "ok", "issuccess");
        var status = Field("status");
        var isSuccess = success is not null && s_yesWords.Contains(success, StringComparer.OrdinalIgnoreCase);
        var failed = (success is not null && s_noWords.Contains(success, StringComparer.OrdinalIgnoreCase))
            || (status is not null && (s_failureWords.Contains(status, StringComparer.OrdinalIgnoreCase) || (int.TryParse(status, out var code) && code >= 400)))
            || Field("error", "errors") is { Length: > 0 } text && text is not ("null" or "[]" or "false" or "{}");
        if (failed)
        {
            return new LawRulerAnswer(Failure(error ?? string.Empty) ?? AnswerKind.Refused);
        }

        if (!isSuccess && error is not null && Failure(error) is { } told)
        {
            return new LawRulerAnswer(told);
        }

        var lead = Field("leadid", "lead_id", "id");
        return lead is { Length: > 0 } && lead.All(char.IsAsciiDigit) ? new LawRulerAnswer(AnswerKind.Success, lead, status)
            : isSuccess || (status is not null && (isRead || s_yesWords.Contains(status, StringComparer.OrdinalIgnoreCase))) ? new LawRulerAnswer(AnswerKind.Success, null, status)
            : new LawRulerAnswer((status is null ? null : Failure(status)) ?? AnswerKind.Indeterminate);
    }

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    [GeneratedRegex(@"Success\s+Lead\s+#(?<id>\d+)", Options, 1000)]
    private static partial Regex SuccessLead();

    [GeneratedRegex(@"Lead\s*ID\s*:\s*(<br\s*/?>\s*)*(?<id>\d+)", Options, 1000)]
    private static partial Regex LeadIdLine();

    [GeneratedRegex(@"\A<(lead|leads|response|result|error|root)\b", Options, 1000)]
    private static partial Regex XmlRoot();

    [GeneratedRegex(@"\bkey\b.{0,40}\b(invalid|incorrect|wrong|missing|required|not valid|denied|not recognized)|\b(invalid|incorrect|wrong|missing|bad|unknown)\b.{0,20}\bkey\b|unauthori[sz]ed", Options, 1000)]
    private static partial Regex KeyWords();

    [GeneratedRegex(@"\blead\b.{0,40}\b(not found|does not exist|doesn't exist|unknown|invalid|not exist)|\b(unknown|invalid|no such|could not find|cannot find)\b.{0,20}\blead\b", Options, 1000)]
    private static partial Regex LeadWords();

    [GeneratedRegex(@"\bstatus\b.{0,40}\b(not found|does not exist|unknown|invalid|not exist)|\b(unknown|invalid|no such)\b.{0,20}\bstatus\b", Options, 1000)]
    private static partial Regex StatusWords();

    [GeneratedRegex(@"\b(errors?|failed|failure|invalid|denied|exception|duplicate|rejected|not allowed|required)\b", Options, 1000)]
    private static partial Regex FailureWords();
}
