using FsCheck;
using FsCheck.Fluent;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Mapping;

namespace Kayse.Tests.LawRuler;

public sealed class CampaignFormTests
{
    private static readonly string[] s_reserved = ["Key", "Operation", "LeadID", "overridelead", "OverriddenLead", "ReturnJSON", "ReturnXML", "dupcheck"];
    private static readonly MappedSet s_none = new([]);

    [Theory]
    [InlineData("_custom1234", "Custom1234")]
    [InlineData("_custom_1234", "Custom1234")]
    [InlineData("_CUSTOM_7", "Custom7")]
    [InlineData("_custom", null)]
    [InlineData("_customKey", null)]
    [InlineData("_custom12a", null)]
    [InlineData("_custom__12", null)]
    [InlineData("_custom12\n", null)]
    [InlineData("_custom١٢", null)]
    [InlineData("custom12", null)]
    public void Only_custom_keys_with_a_number_become_parameters(string key, string? parameter) => Assert.Equal(parameter, CampaignForm.CustomParameter(key));

    [Fact]
    public void Values_are_strings_booleans_as_words_integers_invariant_dates_as_given()
    {
        var form = Build([("_custom1", true), ("_custom2", false), ("_custom3", -1234567), ("_custom4", "1/1/2000"), ("_custom5", new[] { "a", "b" }), ("_custom7", 1.5)]);
        Assert.Equal("Yes No -1234567 1/1/2000 a, b 1.5", string.Join(' ', form.Where(pair => pair.Key.StartsWith("Custom", StringComparison.Ordinal)).Select(pair => pair.Value)));
    }

    [Fact]
    public void The_words_for_true_and_false_and_all_names_are_settings()
    {
        var settings = new LawRulerSettings { Yes = "true", No = "false", Tags = "AI", CallSummaryName = "Custom9", CallTranscriptName = "Talk", OverrideParameters = ["applyTo"] };
        var call = Calls.Of(Calls.Completed([("_custom1", true), ("_custom2", false)], new Core.Calls.Utterance(true, "Hi", 1)), settings);
        var form = CampaignForm.Build(call, null, s_none, out _);
        Assert.Equal("LeadID=711551&applyTo=true&Tags=AI&Custom1=true&Custom2=false&Custom9=They talked.&Talk=Agent 00:01 Hi", Text(form));
    }

    [Theory]
    [InlineData(true, true, true, "+15055550142", "5055550142")]
    [InlineData(true, true, true, "+442079460123", "+442079460123")]
    [InlineData(true, true, true, "not a number", null)]
    [InlineData(false, true, true, "+15055550142", null)]
    [InlineData(true, false, true, "+15055550142", null)]
    [InlineData(true, true, false, "+15055550142", null)]
    public void The_phone_is_sent_only_when_switched_on_after_a_success_and_from_enrichment(bool isOn, bool succeeded, bool enriched, string number, string? sent)
    {
        var completed = Calls.Completed() with { Successful = succeeded, ToNumberIsEnriched = enriched, ToNumber = number };
        var form = CampaignForm.Build(Calls.Of(completed, toggles: new LawRulerToggles { SyncEnrichedPhones = isOn }), null, s_none, out _);
        Assert.Equal(sent, form.FirstOrDefault(pair => pair.Key == "CellPhone").Value);
    }

    [Fact]
    public void The_mapping_adds_what_is_known_and_nothing_blank()
    {
        var call = Calls.Of(Calls.Completed([("_custom1", "radio")])) with { Client = Calls.Client("Ana") };
        var form = CampaignForm.Build(call, null, Mapped(call, new("client.firstName", "FirstName"), new("client.lastName", "LastName"), new("case.type", "CaseType"), new("analysis._custom1", "Hear")), out _);
        Assert.EndsWith("Custom1=radio&FirstName=Ana&CaseType=Zantac&Hear=radio&Call Summary=They talked.", Text(form), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kEY")]
    [InlineData(" leadid ")]
    [InlineData("OVERRIDELEAD")]
    [InlineData("returnjson\t")]
    [InlineData("K\u200Bey")]
    [InlineData("\u212Aey")]
    [InlineData("Key\0")]
    [InlineData("status")]
    public void No_mapping_reaches_a_reserved_name_in_any_spelling(string name)
    {
        var call = Calls.Of(Calls.Completed());
        var form = CampaignForm.Build(call, null, Mapped(call, new FieldPair("case.type", name)), out var dropped);
        Assert.DoesNotContain(form, pair => pair.Value == "Zantac");
        Assert.Equal([name], dropped);
    }

    [Fact]
    public void Override_names_of_the_settings_cannot_be_reserved_ones()
    {
        var settings = new LawRulerSettings { OverrideParameters = ["Key", "operation", "overridelead"] };
        Assert.Equal("LeadID=711551&overridelead=true&Tags=Kayse&Call Summary=They talked.", Text(CampaignForm.Build(Calls.Of(Calls.Completed(), settings), null, s_none, out _)));
        Assert.Contains(LawRulerSettingsRules.Check(settings), error => error.Field == "settings.overrideParameters");
        Assert.Contains(LawRulerSettingsRules.Check(new LawRulerSettings { CallSummaryName = "lEaDiD" }), error => error.Field == "settings.callSummaryName");
    }

    [Theory]
    [InlineData("a <b> c", "a &lt;b> c")]
    [InlineData("</script>", "&lt;/script>")]
    [InlineData("<!--", "&lt;!--")]
    [InlineData("<?xml", "&lt;?xml")]
    [InlineData("&#65;", "&amp;#65;")]
    [InlineData("1 < 2 & 3 <4", "1 < 2 & 3 <4")]
    [InlineData("<<a", "<&lt;a")]
    public void What_request_validation_refuses_is_encoded_and_nothing_else(string given, string sent) => Assert.Equal(sent, CampaignForm.Encode(given));

    [Fact]
    public void Whatever_the_keys_and_values_no_parameter_is_reserved_or_comes_twice()
    {
        var names = Gen.OneOf(
            from name in Gen.Elements(s_reserved) from upper in Gen.ArrayOf(ArbMap.Default.GeneratorFor<bool>()) select Spell(name, upper),
            from id in Gen.Choose(0, 30) from form in Gen.Elements("_custom{0}", "_custom_{0}", "_Custom{0}", "Custom{0}", " Custom{0}") select string.Format(System.Globalization.CultureInfo.InvariantCulture, form, id),
            from name in Gen.Elements(s_reserved) select $"_custom{name}",
            ArbMap.Default.GeneratorFor<string>().Select(text => text ?? string.Empty));
        var pairs = Gen.ArrayOf(from name in names from value in ArbMap.Default.GeneratorFor<string>() select (Key: name, Value: value ?? string.Empty));
        Prop.ForAll(pairs.ToArbitrary(), pairs.ToArbitrary(), (custom, mapped) => IsClean(custom, mapped)).QuickCheckThrowOnFailure();
    }

    private static bool IsClean((string Key, string Value)[] custom, (string Key, string Value)[] mapped)
    {
        var call = Calls.Of(Calls.Completed(custom.Select(pair => (pair.Key, (object?)Clean(pair.Value)))));
        var set = Mapped(call, [.. mapped.Select(pair => new FieldPair("case.type", pair.Key))]);
        var form = CampaignForm.Build(call, "Approved", set, out _);
        var sample = CampaignForm.BuildMapped(call.Lead, call.Settings, set);
        var own = form.TakeWhile(pair => pair.Key != "Status").Select(pair => $"{pair.Key}={pair.Value}");
        return own.SequenceEqual(["LeadID=711551", "OverriddenLead=true", "overridelead=true", "Tags=Kayse"])
            && sample.Take(3).Select(pair => $"{pair.Key}={pair.Value}").SequenceEqual(["LeadID=711551", "OverriddenLead=true", "overridelead=true"])
            && sample.Skip(3).Concat(form.Skip(5)).All(pair => !s_reserved.Contains(pair.Key.Trim(), StringComparer.OrdinalIgnoreCase))
            && form.Select(pair => pair.Key.Trim()).Distinct(StringComparer.OrdinalIgnoreCase).Count() == form.Count;
    }

    [Fact]
    public void A_pair_that_has_a_value_takes_the_place_of_the_custom_key_and_one_that_has_none_does_not()
    {
        var call = Calls.Of(Calls.Completed([("_custom1", "raw"), ("_custom2", "raw"), ("_custom3", "raw"), ("_custom4", "typed")]));
        var fields = new CrmFieldSet([[new CrmField("Custom1", "One", "Date", null, []), new CrmField("Custom2", "Two", "Text", null, []), new CrmField("Custom3", "Three", "Text", null, [])]]);
        var mapped = new MappedSet([.. new[] { ("analysis._custom1", "custom1"), ("client.email", "Custom2"), ("analysis._custom4", "Custom3") }
            .Select(pair => MappedFields.Convert(new FieldPair(pair.Item1, pair.Item2), MappingSubject.Of(call), fields))]);

        Assert.Equal("Custom2=raw&Custom4=typed&Custom3=typed", Text(CampaignForm.Build(call, null, mapped, out _).Where(pair => pair.Key.StartsWith("Custom", StringComparison.OrdinalIgnoreCase))));
    }

    private static MappedSet Mapped(LawRulerCall call, params FieldPair[] pairs) => new([.. pairs.Select(pair => MappedFields.Convert(pair, MappingSubject.Of(call), CrmFieldSet.Unknown))]);

    private static string Clean(string text) => string.Concat(text.Where(c => !char.IsSurrogate(c)));

    private static string Spell(string name, bool[] upper) =>
        string.Concat(name.Select((c, i) => i < upper.Length && upper[i] ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c)));

    private static IReadOnlyList<KeyValuePair<string, string>> Build(IEnumerable<(string, object?)> custom) => CampaignForm.Build(Calls.Of(Calls.Completed(custom)), null, s_none, out _);

    private static string Text(IEnumerable<KeyValuePair<string, string>> form) => string.Join('&', form.Select(pair => $"{pair.Key}={pair.Value}"));
}
