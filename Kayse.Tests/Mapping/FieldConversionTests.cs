using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Mapping;

namespace Kayse.Tests.Mapping;

public sealed class FieldConversionTests
{
    private static readonly FieldFormats s_formats = new("Yes", "No", "M/d/yyyy", ", ");

    [Theory]
    [InlineData("1/2/2000")]
    [InlineData("01/02/2000")]
    [InlineData("2000-01-02")]
    [InlineData("2000-01-02T00:00:00Z")]
    [InlineData("1/2/2000 3:14:00 PM")]
    [InlineData("January 2, 2000")]
    [InlineData(" Jan 2nd, 2000. ")]
    [InlineData("2 January 2000")]
    [InlineData("1-2-2000")]
    public void A_date_is_written_as_the_settings_say_however_it_came(string given)
    {
        Assert.Equal("1/2/2000", Convert(FieldKind.Date, [], given).Text);
        Assert.Equal("2000.01.02", FieldConversion.Convert(GivenValue.Of(given)!, FieldKind.Date, [], s_formats with { DateFormat = "yyyy.MM.dd" }).Text);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("2/30/2000")]
    [InlineData("13/1/2000")]
    [InlineData("1/2/80")]
    [InlineData("2000")]
    [InlineData("946684800000")]
    [InlineData("Yes")]
    public void What_is_no_date_is_rejected_and_named(string given)
    {
        var converted = Convert(FieldKind.Date, [], given);
        Assert.Null(converted.Text);
        Assert.Equal($"«{given}» is no date.", converted.Reason);
    }

    [Fact]
    public void A_date_that_Kayse_keeps_as_one_needs_no_reading()
    {
        var birth = GivenValue.Of(new DateOnly(1980, 4, 3))!;
        Assert.Equal("04/03/1980", FieldConversion.Convert(birth, FieldKind.Date, [], s_formats with { DateFormat = "MM/dd/yyyy" }).Text);
        Assert.Equal("4/3/1980", FieldConversion.Convert(birth, FieldKind.Text, [], s_formats).Text);
    }

    [Theory]
    [InlineData("true", "Yes")]
    [InlineData("YES", "Yes")]
    [InlineData(" y ", "Yes")]
    [InlineData("1", "Yes")]
    [InlineData("False", "No")]
    [InlineData("no", "No")]
    [InlineData("0", "No")]
    [InlineData("maybe", null)]
    [InlineData("yes, no", null)]
    public void Yes_and_no_are_written_in_the_settings_words(string given, string? text)
    {
        var converted = Convert(FieldKind.YesNo, [], given);
        Assert.Equal(text, converted.Text);
        Assert.Equal(text is null ? $"«{given}» is neither yes nor no." : null, converted.Reason);
    }

    [Fact]
    public void Yes_and_no_are_written_in_the_fields_own_words_where_it_has_some()
    {
        Assert.Equal("TRUE", Convert(FieldKind.YesNo, ["TRUE", "FALSE"], "Yes").Text);
        Assert.Equal("«no» is none of the options Yes.", Convert(FieldKind.YesNo, ["Yes"], "no").Reason);
        Assert.Equal("Ja", FieldConversion.Convert(GivenValue.Of("ja")!, FieldKind.YesNo, [], s_formats with { Yes = "Ja" }).Text);
    }

    [Theory]
    [InlineData("stage ii", "Stage II")]
    [InlineData("  Stage   II ", "Stage II")]
    [InlineData("Stage IV", null)]
    [InlineData("Stage I, Stage II", null)]
    public void One_option_is_written_as_the_field_spells_it(string given, string? text)
    {
        var converted = Convert(FieldKind.SingleSelect, ["Stage I", "Stage II"], given);
        Assert.Equal(text, converted.Text);
        Assert.Equal(text is null ? $"«{given}» is none of the options Stage I, Stage II." : null, converted.Reason);
    }

    [Fact]
    public void An_answer_of_true_finds_the_option_that_means_yes() => Assert.Equal("Y", Convert(FieldKind.SingleSelect, ["Unknown", "Y", "N"], "Yes").Text);

    [Theory]
    [InlineData("Nausea", "Nausea")]
    [InlineData("nausea; weight loss", "Nausea, Weight loss")]
    [InlineData("Pain, chronic", "Pain, chronic")]
    [InlineData("weight loss, pain, chronic, nausea", "Weight loss, Pain, chronic, Nausea")]
    [InlineData("Nausea|nausea\nNausea", "Nausea")]
    public void Several_options_are_found_even_where_one_has_a_comma(string given, string text) =>
        Assert.Equal(text, Convert(FieldKind.MultiSelect, ["Nausea", "Pain, chronic", "Weight loss"], given).Text);

    [Fact]
    public void One_misfit_rejects_the_whole_selection_and_is_the_one_that_is_named()
    {
        var converted = Convert(FieldKind.MultiSelect, ["Nausea", "Weight loss"], "Nausea", "Hiccups; Weight loss");
        Assert.Null(converted.Text);
        Assert.Equal("«Hiccups» is none of the options Nausea, Weight loss.", converted.Reason);
    }

    [Fact]
    public void Several_options_are_separated_as_the_settings_say() =>
        Assert.Equal("a;b", FieldConversion.Convert(new GivenValue(["a", "B"]), FieldKind.MultiSelect, ["a", "b"], s_formats with { Separator = ";" }).Text);

    [Fact]
    public void Without_known_options_a_selection_goes_as_it_is()
    {
        Assert.Equal("anything", Convert(FieldKind.SingleSelect, [], " anything ").Text);
        Assert.Equal("a, b", Convert(FieldKind.MultiSelect, [], "a", " ", "b").Text);
    }

    [Fact]
    public void A_long_misfit_is_named_by_its_beginning() => Assert.Equal($"«{new string('x', 100)}…» is no date.", Convert(FieldKind.Date, [], new string('x', 3000)).Reason);

    [Theory]
    [InlineData("Date", FieldKind.Date)]
    [InlineData("yes / no", FieldKind.YesNo)]
    [InlineData("DropDown", FieldKind.SingleSelect)]
    [InlineData("multi-select", FieldKind.MultiSelect)]
    [InlineData("Text", FieldKind.Text)]
    [InlineData("Hologram", FieldKind.Text)]
    [InlineData(null, FieldKind.Text)]
    public void Input_types_are_understood_by_their_letters(string? type, FieldKind kind) =>
        Assert.Equal(kind, new LawRulerFieldSettings().KindOf(new CrmField("Custom1", "One", type, null, [])));

    [Fact]
    public void An_unknown_input_type_with_options_takes_one_of_them_and_the_words_are_settings()
    {
        Assert.Equal(FieldKind.SingleSelect, new LawRulerFieldSettings().KindOf(new CrmField("Custom1", "One", "Hologram", null, ["a"])));
        Assert.Equal(FieldKind.MultiSelect, new LawRulerFieldSettings { MultiSelectTypes = ["Hologram"] }.KindOf(new CrmField("Custom1", "One", "hologram", null, ["a"])));
    }

    private static ConvertedValue Convert(FieldKind kind, IReadOnlyList<string> options, params string[] given) => FieldConversion.Convert(new GivenValue(given), kind, options, s_formats);
}
