using System.Text.Json;
using Kayse.Core.Mapping;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// Asks Law Ruler for its case types and their fields. That it can tell them is known; paths and names are not public, so the paths are settings and
/// names are read in several spellings.
/// </summary>
public sealed class LawRulerLookups(LawRulerClient client)
{
    private const int PageSize = 100;
    private const int MaxPages = 50;
    private const int MaxOptions = 1000;
    private const int MaxText = 200;

    /// <summary>The firm's case types.</summary>
    public Task<LookedUp<CrmCaseType>> CaseTypesAsync(LawRulerSession session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        return ReadAsync(session, session.Settings.Fields.CaseTypesPath, "fields.caseTypesPath", ReadCaseType, cancellationToken);
    }

    /// <summary>The fields of a case type.</summary>
    public async Task<LookedUp<CrmField>> FieldsAsync(LawRulerSession session, string caseType, string? caseTypeId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(caseType);
        var template = session.Settings.Fields.FieldsPath;
        if (caseTypeId is null && template.Contains("{caseTypeId}", StringComparison.Ordinal))
        {
            return new LookedUp<CrmField>(null, "Law Ruler's id of this case type is not known. Load the case types and link it again.");
        }

        var path = template.Replace("{caseTypeId}", Uri.EscapeDataString(caseTypeId ?? string.Empty), StringComparison.Ordinal)
            .Replace("{caseType}", Uri.EscapeDataString(caseType), StringComparison.Ordinal);
        return await ReadAsync(session, path, "fields.fieldsPath", ReadField, cancellationToken);
    }

    private async Task<LookedUp<T>> ReadAsync<T>(LawRulerSession session, string template, string setting, Func<JsonElement, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        var items = new List<T>();
        var isPaged = template.Contains("{page}", StringComparison.Ordinal);
        var seen = 0;
        for (var page = 1; page <= MaxPages; page++)
        {
            var path = template.Replace("{page}", JsonText.Invariant(page), StringComparison.Ordinal).Replace("{pageSize}", JsonText.Invariant(PageSize), StringComparison.Ordinal);
            var reply = await client.CallApiAsync(session, HttpMethod.Get, path, static () => null, isUpload: false, cancellationToken);
            if (reply.Answer is not { Kind: AnswerKind.Success, Body: { } body })
            {
                return new LookedUp<T>(null, LawRulerReasons.Of(reply, path, setting));
            }

            var found = LawRulerListing.Items(body);
            var fresh = found?.Select(read).OfType<T>().ToList();
            if (found is null || (found.Count > 0 && fresh!.Count == 0))
            {
                return new LookedUp<T>(null, $"Law Ruler's answer holds no list that Kayse can read. Check the setting {setting}.");
            }

            items.AddRange(fresh!);
            seen += found.Count;
            var isLast = JsonText.Number(body, "Count") is { } count ? seen >= count : found.Count < PageSize;
            if (!isPaged || found.Count == 0 || isLast)
            {
                return new LookedUp<T>(items, null);
            }
        }

        return new LookedUp<T>(null, $"Law Ruler's list does not end after {MaxPages} pages. Check the setting {setting}.");
    }

    private static CrmCaseType? ReadCaseType(JsonElement item) =>
        First(item, "Name", "CaseTypeName", "CaseType") is { } name ? new CrmCaseType(First(item, "Id", "CaseTypeId") is { } id && Ids.IsValid(id) ? id : null, name) : null;

    private static CrmField? ReadField(JsonElement item)
    {
        if (First(item, "Key", "FieldKey", "FieldId", "Id") is not { } key)
        {
            return null;
        }

        // A custom field is written by its id behind the word Custom.
        var name = key.All(char.IsAsciiDigit) ? $"Custom{key}" : key;
        return new CrmField(name, First(item, "Label", "FieldName", "Name") ?? name, First(item, "InputType", "FieldType", "Type"), First(item, "Section", "FormSection"), Options(item));
    }

    private static List<string> Options(JsonElement item)
    {
        var options = JsonText.Property(item, "Options") ?? JsonText.Property(item, "Values");
        IEnumerable<string?> texts = options switch
        {
            { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Select(Option),
            { ValueKind: JsonValueKind.String } text => (JsonText.String(text) ?? string.Empty).Split(['|', '\n', ';']),
            _ => [],
        };
        return [.. texts.Select(text => text?.Trim()).Where(text => text is { Length: > 0 and <= MaxText }).OfType<string>().Distinct(StringComparer.Ordinal).Take(MaxOptions)];
    }

    private static string? Option(JsonElement option) => option.ValueKind switch
    {
        JsonValueKind.String => JsonText.String(option),
        JsonValueKind.Number => option.GetRawText(),
        _ => First(option, "Text", "Label", "Name", "Value"),
    };

    private static string? First(JsonElement item, params string[] names) =>
        names.Select(name => JsonText.Text(item, name)?.Trim()).FirstOrDefault(text => text is { Length: > 0 and <= MaxText });
}
