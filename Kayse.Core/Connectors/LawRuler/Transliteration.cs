using System.Collections.Frozen;
using System.Text;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Cyrillic letters and Latin ones with accents, written in plain Latin letters as passports write them.</summary>
public static class Transliteration
{
    private const string Silent = "-";

    private const string Letters =
        "а a б b в v г g д d е e ё e ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch ъ - ы y ь - э e ю yu я ya "
        + "і i ї yi є ye ґ g ў u ђ dj ј j љ lj њ nj ћ c џ dz ѓ g ќ k ѕ dz ѣ e "
        + "ß ss æ ae œ oe ø o ł l đ d ð d þ th ı i ħ h ŋ n ŧ t ə e";

    // Every small letter of Unicode's Latin blocks that is a plain one with accents. Taking them apart is the runtime's work only where it has the tables, which this product does without.
    private static readonly (string Plain, string Accented)[] s_accented =
    [
        ("a", "àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ"),
        ("b", "ḃḅḇ"),
        ("c", "çćĉċčḉ"),
        ("d", "ďḋḍḏḑḓ"),
        ("e", "èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ"),
        ("f", "ḟ"),
        ("g", "ĝğġģǧǵḡ"),
        ("h", "ĥȟḣḥḧḩḫẖ"),
        ("i", "ìíîïĩīĭįǐȉȋḭḯỉị"),
        ("j", "ĵǰ"),
        ("k", "ķǩḱḳḵ"),
        ("l", "ĺļľḷḹḻḽ"),
        ("m", "ḿṁṃ"),
        ("n", "ñńņňǹṅṇṉṋ"),
        ("o", "òóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ"),
        ("p", "ṕṗ"),
        ("r", "ŕŗřȑȓṙṛṝṟ"),
        ("s", "śŝşšșṡṣṥṧṩẛ"),
        ("t", "ţťțṫṭṯṱẗ"),
        ("u", "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự"),
        ("v", "ṽṿ"),
        ("w", "ŵẁẃẅẇẉẘ"),
        ("x", "ẋẍ"),
        ("y", "ýÿŷȳẏẙỳỵỷỹ"),
        ("z", "źżžẑẓẕ"),
    ];

    private static readonly FrozenDictionary<Rune, string> s_table = Letters.Split(' ').Chunk(2)
        .Select(pair => (Letter: pair[0], Plain: pair[1] == Silent ? string.Empty : pair[1]))
        .Concat(s_accented.SelectMany(group => group.Accented.Select(letter => (Letter: letter.ToString(), group.Plain))))
        .ToFrozenDictionary(pair => pair.Letter.EnumerateRunes().Single(), pair => pair.Plain);

    /// <summary>The spelling of a letter, a capital's with a capital; null for one that is not known.</summary>
    public static string? Of(Rune letter)
    {
        var small = Rune.ToLowerInvariant(letter);
        return !s_table.TryGetValue(small, out var plain) ? null
            : small == letter || plain.Length == 0 ? plain
            : $"{char.ToUpperInvariant(plain[0])}{plain[1..]}";
    }
}
