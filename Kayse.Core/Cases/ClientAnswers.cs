using System.Security.Cryptography;
using System.Text.Json;

namespace Kayse.Core.Cases;

/// <summary>
/// What a client answered and may leave Kayse: only what the client has given himself (<c>origin</c> is <c>client</c>) and is not privileged. What does not say so
/// clearly is not kept, and so can go nowhere.
/// </summary>
public static class ClientAnswers
{
    private const int Most = 1000;
    private const int MaxKey = 100;
    private const int MaxLabel = 300;
    private const int MaxValue = 4000;
    private const int MaxValues = 100;
    private const int MaxTotal = 500_000;

    /// <summary>
    /// Lays an event's answers over those that are known, by their keys. One that comes as the firm's, as privileged or without a value takes the kept one away. The time of the last
    /// word stays known of each key, also where no value is left: an event that is late or is taken in again never brings back what a later one has said.
    /// </summary>
    /// <param name="known">What is known.</param>
    /// <param name="data">The event's data.</param>
    /// <param name="at">When the event happened.</param>
    public static IReadOnlyList<KeptAnswer> Merge(IReadOnlyList<KeptAnswer> known, JsonElement data, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(known);
        if (JsonText.Property(data, "answers") is not { ValueKind: JsonValueKind.Array } given)
        {
            return known;
        }

        var (merged, total) = (known.ToList(), known.Sum(answer => answer.Length));
        foreach (var item in given.EnumerateArray())
        {
            if (JsonText.Text(item, "key") is not { Length: > 0 and <= MaxKey } key || key.Any(char.IsControl))
            {
                continue;
            }

            var place = merged.FindIndex(answer => answer.Key == key);
            var (old, word) = (place < 0 ? null : merged[place], Word(item, key, at));
            if (old is null ? merged.Count >= Most : !IsLater(word, old))
            {
                continue;
            }

            total -= old?.Length ?? 0;
            // What is too much for all that is kept of a matter is left to the portal.
            var kept = total + word.Length > MaxTotal ? new KeptAnswer(key, at, null) : word;
            total += kept.Length;
            if (old is not null)
            {
                merged.RemoveAt(place);
            }

            merged.Insert(old is null ? merged.Count : place, kept);
        }

        return merged;
    }

    /// <summary>A hash that is another when any answer is.</summary>
    public static string Hash(IReadOnlyList<ClientAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes([.. answers], KayseJson.Default.ListClientAnswer)))[..16];
    }

    private static KeptAnswer Word(JsonElement item, string key, DateTimeOffset at)
    {
        var values = MayLeave(item) ? Values(item) : [];
        return new KeptAnswer(key, at, values.Count == 0 ? null : new ClientAnswer(key, Line(JsonText.Text(item, "label"), MaxLabel) ?? key, values));
    }

    // Of two words of one moment, the one that keeps the answer back counts.
    private static bool IsLater(KeptAnswer word, KeptAnswer old) => word.ToldAt > old.ToldAt || (word.ToldAt == old.ToldAt && (old.Answer is not null || word.Answer is null));

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
