using System.Text.Json;
using Kayse.Core.Calls;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;

namespace Kayse.Tests.LawRuler;

/// <summary>Calls for the tests of pure functions.</summary>
internal static class Calls
{
    public static readonly DateTimeOffset Start = new(2026, 7, 4, 16, 30, 5, TimeSpan.Zero);

    public static CompletedCall Completed(IEnumerable<(string Key, object? Value)>? custom = null, params Utterance[] transcript) => new(
        CallId.Parse("call_1"), Start, Start.AddMinutes(2), true, "They talked.", "user_hangup", null, "+15055550142", true, transcript,
        [.. (custom ?? []).Select(pair => new CustomDatum(pair.Key, JsonSerializer.SerializeToElement(pair.Value)))],
        null, null, null, false, false, false);

    public static LawRulerCall Of(CompletedCall call, LawRulerSettings? settings = null, LawRulerToggles? toggles = null)
    {
        var company = new Company(CompanyId.Parse("demo"), "Demo", "America/New_York", Start);
        var session = new LawRulerSession(company.Id, new LawRulerCredentials("u", "p", "demo", "s", "k", "demo"), settings ?? new LawRulerSettings());
        return new LawRulerCall(company, session, toggles ?? new LawRulerToggles(), LeadId.Parse("711551"), call, null, null, "Zantac", "postcall.call_1");
    }

    public static Client Client(string firstName) => new() { Id = ClientId.Parse("cli_1"), ExternalSource = "lawruler", FirstName = firstName };
}
