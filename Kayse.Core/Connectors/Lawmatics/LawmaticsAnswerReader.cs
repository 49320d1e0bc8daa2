using System.Text.Json;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Reads what an answer of Lawmatics' means. Errors are <c>{"errors":[{status, title, detail}]}</c> (docs.lawmatics.com), a 401 is empty, a 5xx may be a page.</summary>
public static class LawmaticsAnswerReader
{
    private const int MaxMessage = 500;

    /// <summary>The meaning of an answer.</summary>
    public static LawmaticsAnswer Read(CrmResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        var answer = response.Fault switch
        {
            CrmFault.None => ByStatus(response),
            CrmFault.Unreachable => new LawmaticsAnswer(LawmaticsKind.Unreachable),
            CrmFault.TimedOut => new LawmaticsAnswer(LawmaticsKind.TimedOut),
            CrmFault.Broken => new LawmaticsAnswer(LawmaticsKind.Broken),
            _ => new LawmaticsAnswer(LawmaticsKind.Indeterminate),
        };
        return answer with { RequestId = response.RequestId };
    }

    private static LawmaticsAnswer ByStatus(CrmResponse response) => (int)response.Status switch
    {
        204 => new LawmaticsAnswer(LawmaticsKind.Success),
        >= 200 and < 300 => ReadSuccess(response.Body),
        401 => new LawmaticsAnswer(LawmaticsKind.TokenRefused),
        403 => Failure(LawmaticsKind.Forbidden, response.Body),
        404 => ReadNotFound(response.Body),
        408 or 425 => Failure(LawmaticsKind.Unavailable, response.Body),
        429 => Failure(LawmaticsKind.RateLimited, response.Body),
        >= 400 and < 500 => Failure(LawmaticsKind.Refused, response.Body),
        >= 500 => Failure(LawmaticsKind.Unavailable, response.Body),
        _ => new LawmaticsAnswer(LawmaticsKind.Indeterminate),
    };

    private static LawmaticsAnswer ReadSuccess(string body) =>
        Parse(body) is { ValueKind: JsonValueKind.Object } json ? new LawmaticsAnswer(LawmaticsKind.Success) { Body = json } : new LawmaticsAnswer(LawmaticsKind.Indeterminate);

    /// <summary>A record that is missing and a path that is missing are both 404 in the same envelope; only the words tell. A page is no word about a record.</summary>
    private static LawmaticsAnswer ReadNotFound(string body)
    {
        if (string.IsNullOrWhiteSpace(body))
        {
            return new LawmaticsAnswer(LawmaticsKind.NotFound);
        }

        if (Parse(body) is not { } json)
        {
            return new LawmaticsAnswer(LawmaticsKind.PathUnknown);
        }

        var message = Message(json);
        var isPath = message?.Contains("path", StringComparison.OrdinalIgnoreCase) == true && !message.Contains("was not found", StringComparison.OrdinalIgnoreCase);
        return new LawmaticsAnswer(isPath ? LawmaticsKind.PathUnknown : LawmaticsKind.NotFound) { Message = message };
    }

    private static LawmaticsAnswer Failure(LawmaticsKind kind, string body) => new(kind) { Message = Parse(body) is { } json ? Message(json) : null };

    /// <summary>The titles and details of the errors, as one line.</summary>
    private static string? Message(JsonElement json)
    {
        var errors = JsonText.Property(json, "errors") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Select(Line) : [JsonText.Text(json, "error_description") ?? JsonText.Text(json, "error") ?? JsonText.Text(json, "message")];
        var text = string.Join("; ", errors.Where(line => !string.IsNullOrWhiteSpace(line)).Take(5));
        text = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return text.Length == 0 ? null : Beginning(text);
    }

    private static string? Line(JsonElement error)
    {
        var (title, detail) = (JsonText.Text(error, "title"), JsonText.Text(error, "detail"));
        return error.ValueKind == JsonValueKind.String ? JsonText.String(error)
            : string.IsNullOrWhiteSpace(detail) ? title
            : string.IsNullOrWhiteSpace(title) ? detail
            : $"{title}: {detail}";
    }

    // Not through the middle of a character that takes two: what is stored must be Unicode.
    private static string Beginning(string text) =>
        text.Length <= MaxMessage ? text : text[..(char.IsHighSurrogate(text[MaxMessage - 1]) ? MaxMessage - 1 : MaxMessage)];

    private static JsonElement? Parse(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
