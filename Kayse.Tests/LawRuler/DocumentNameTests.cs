using Kayse.Core.Connectors.LawRuler;

namespace Kayse.Tests.LawRuler;

/// <summary>What documents are called in Law Ruler.</summary>
public sealed class DocumentNameTests
{
    private static readonly LawRulerSettings s_settings = new();

    [Theory]
    [InlineData("Photo 1.PNG")]
    [InlineData("scan.jpg")]
    [InlineData("Pharmacy receipts.pdf")]
    [InlineData("Receipts \u2013 2026 (signed) #2.docx")]
    [InlineData("no extension")]
    [InlineData("v1.2 of the retainer.pdf")]
    public void A_name_that_Law_Ruler_takes_stays_as_it_is(string name) =>
        Assert.Equal(new DocumentName(name), DocumentName.Of(name, null, "doc_1", s_settings));

    [Theory]
    [InlineData("payments.csv", "payments.txt")]
    [InlineData("PAYMENTS.CSV", "PAYMENTS.txt")]
    [InlineData("payments.csv. ", "payments.txt")]
    [InlineData("voicemail.mp3", "voicemail.wav")]
    [InlineData("\u0441\u043f\u0440\u0430\u0432\u043a\u0430.pdf", "spravka.pdf")]
    [InlineData("\u0429\u0438\u0442 \u0438 \u041c\u0435\u0447.pdf", "Shchit i Mech.pdf")]
    [InlineData("\u043e\u0431\u044a\u0435\u043c \u0419.csv", "obem Y.txt")]
    [InlineData("\u0457\u0436\u0430\u043a.png", "yizhak.png")]
    [InlineData("R\u00e9sum\u00e9 Stra\u00dfe \u00d8.pdf", "Resume Strasse O.pdf")]
    [InlineData("\u0141\u00f3d\u017a.pdf", "Lodz.pdf")]
    [InlineData("\u1ec7.pdf", "e.pdf")]
    [InlineData("n\u0303.pdf", "n.pdf")]
    [InlineData("a/b:c\"d\".pdf", "a-b-c-d-.pdf")]
    [InlineData("smile \ud83d\ude00.pdf", "smile _.pdf")]
    [InlineData("\u0663.pdf", "3.pdf")]
    public void A_name_that_it_would_drop_is_renamed_or_written_in_plain_Latin_letters(string given, string sent) =>
        Assert.Equal(new DocumentName(sent, IsChanged: true), DocumentName.Of(given, null, "doc_1", s_settings));

    [Theory]
    [InlineData(null, "application/pdf", "Kayse document doc_1.pdf")]
    [InlineData("", "image/jpeg", "Kayse document doc_1.jpg")]
    [InlineData(" ", "text/csv; charset=utf-8", "Kayse document doc_1.txt")]
    [InlineData(null, "application/x-unknown", "Kayse document doc_1")]
    [InlineData(".csv", null, "Kayse document doc_1.txt")]
    public void One_without_a_name_is_named_by_its_id_and_kind(string? given, string? contentType, string sent) =>
        Assert.Equal(sent, DocumentName.Of(given, contentType, "doc_1", s_settings).Text);

    [Theory]
    [InlineData("\u6587\u4ef6.pdf")]
    [InlineData("\u03bb\u03cc\u03b3\u03bf\u03c2.pdf")]
    [InlineData("\u0645\u0644\u0641.pdf")]
    public void Letters_that_nobody_said_how_to_write_are_refused_with_what_to_do(string given)
    {
        var name = DocumentName.Of(given, null, "doc_1", s_settings);
        Assert.Null(name.Text);
        Assert.Contains("setting documentNames.transliteration", name.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain(given, name.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_firm_says_how_letters_are_written_and_comes_before_the_table()
    {
        var policy = new DocumentNamePolicy { Transliteration = new Dictionary<string, string> { ["\u03bb"] = "l", ["\u0436"] = "j" } };
        Assert.Equal("lj.pdf", DocumentName.Of("\u03bb\u0436.pdf", null, "doc_1", s_settings with { DocumentNames = policy }).Text);
    }

    [Fact]
    public void Extensions_that_are_not_sent_are_refused_after_the_renaming()
    {
        var policy = new DocumentNamePolicy { RenamedExtensions = new Dictionary<string, string> { ["exe"] = "txt", ["log"] = "tmp" }, RefusedExtensions = ["exe", "tmp"] };
        var settings = s_settings with { DocumentNames = policy };
        Assert.Contains(".exe are not sent", DocumentName.Of("setup.EXE", null, "doc_1", s_settings).Problem, StringComparison.Ordinal);
        Assert.Equal("setup.txt", DocumentName.Of("setup.exe", null, "doc_1", settings).Text);
        Assert.Contains(".tmp are not sent", DocumentName.Of("day.log", null, "doc_1", settings).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_name_is_cut_and_keeps_its_extension() =>
        Assert.Equal($"{new string('a', 150)}.pdf", DocumentName.Of($"{new string('a', 400)}.pdf", null, "doc_1", s_settings).Text);

    [Fact]
    public void With_ASCII_names_no_other_character_is_left() =>
        Assert.All(DocumentName.Of("Receipts \u2013 \u00abgood\u00bb.pdf", null, "doc_1", s_settings with { AsciiFileNames = true }).Text!, c => Assert.True(char.IsAscii(c)));
}
