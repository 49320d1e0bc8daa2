using System.Security.Cryptography;
using System.Text.Json;

namespace Kayse.Core.Cases;

/// <summary>
/// What a client answered and may leave Kayse: only what the client has given himself (<c>origin</c> is <c>client</c>) and is not privileged. What does not say so
/// clearly is not kept, and so can go nowhere.
/// </summary>
public static class ClientAnswers
{
    private const int Most = 500;
    private const int MaxKey = 100;
    private const int MaxLabel = 300;
    private const int MaxValue = 4000;
    private const int MaxValues = 100;

    /// <summary>Lays an event's answers over those that are known, by their keys. One that comes as the firm's or as privileged takes the kept one away.</summary>
    public static IReadOnlyList<ClientAnswer> Merge(IReadOnlyList<ClientAnswer> known, JsonElement data)
    {
        ArgumentNullException.ThrowIfNull(known);
        if (JsonText.Property(data, "answers") is not { ValueKind: JsonValueKind.Array } given)
        {
            return known;
        }

        var merged = known.ToList();
        foreach (var item in given.EnumerateArray())
        {
            if (JsonText.Text(item, "key") is not { Length: > 0 and <= MaxKey } key || key.Any(char.IsControl))
            {
                continue;
            }

            var at = merged.FindIndex(answer => answer.Key == key);
            var values = MayLeave(item) ? Values(item) : [];
            if (values.Count > 0)
            {
                var answer = new ClientAnswer(key, Line(JsonText.Text(item, "label"), MaxLabel) ?? key, values);
                if (at >= 0)
                {
                    merged[at] = answer;
                }
                else if (merged.Count < Most)
                {
                    merged.Add(answer);
                }
            }
            else if (at >= 0 && !MayLeave(item))
            {
                merged.RemoveAt(at);
            }
        }

        return merged;
    }

    /// <summary>A hash that is another when any answer is.</summary>
    public static string Hash(IReadOnlyList<ClientAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes([.. answers], KayseJson.Default.ListClientAnswer)))[..16];
    }

    private static bool MayLeave(JsonElement item) =>
        JsonText.Text(item, "origin") == "client" && (JsonText.Property(item, "privileged") is not { } privileged || privileged.ValueKind == JsonValueKind.False);

    private static IReadOnlyList<string> Values(JsonElement item)
    {
        if (JsonText.Property(item, "value") is not { } value)
        {
            return [];
        }

        var texts = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(Text).Take(MaxValues) : [Text(value)];
        return [.. texts.OfType<string>()];
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Cut(JsonText.String(value), MaxValue),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "Yes",
        JsonValueKind.False => "No",
        _ => null,
    };

    private static string? Line(string? text, int most) => Cut(text is null ? null : string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)), most);

    private static string? Cut(string? text, int most)
    {
        var trimmed = text?.Trim();
        return string.IsNullOrEmpty(trimmed) ? null : trimmed.Length <= most ? trimmed : trimmed[..(char.IsHighSurrogate(trimmed[most - 1]) ? most - 1 : most)];
    }
}
