using System.Text.RegularExpressions;
using Kayse.Core.Cases;
using Kayse.Core.Mapping;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>The parameters of the campaign API call.</summary>
public static partial class CampaignForm
{
    private static readonly string[] s_reserved =
        ["Key", "Operation", "LeadID", "overridelead", "OverriddenLead", "ReturnJSON", "ReturnXML", "dupcheck", "Tags", "Status"];

    private static readonly string[] s_override = ["overridelead", "OverriddenLead"];

    /// <summary>Builds the form for a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="status">The status in Law Ruler's words, or null for none.</param>
    /// <param name="mapped">What the firm's mapping adds.</param>
    /// <param name="dropped">Keys that could not be sent, for the audit log.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Build(LawRulerCall call, string? status, MappedSet mapped, out IReadOnlyList<string> dropped)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(mapped);
        var form = new OrderedForm();
        var refused = new List<string>();
        dropped = refused;
        form.Set("LeadID", call.Lead.ToString());
        foreach (var name in call.Settings.OverrideParameters.Where(IsOverrideName))
        {
            form.Set(name, "true");
        }

        form.Set("Tags", call.Settings.Tags);
        form.Set("Status", status);
        form.Set("CellPhone", CellPhone(call));
        if (call.Toggles.SendMappedFields && mapped.IsSent)
        {
            AddCustomData(call, mapped, form, refused);
            AddMapped(mapped, form, refused);
        }

        if (call.Toggles.SendCallRecords)
        {
            form.Set(call.Settings.CallSummaryName, call.Call.Summary);
            form.Set(call.Settings.CallTranscriptName, CallTexts.CampaignTranscript(call.Call, call.Client?.FirstName ?? call.Call.ClientFirstName));
        }

        return form.Fields;
    }

    /// <summary>
    /// A text that classic ASP.NET lets through: it refuses a whole request in which <c>&lt;</c> stands before a letter, <c>!</c>, <c>/</c> or <c>?</c>,
    /// or <c>&amp;</c> before <c>#</c> (HttpRequest validation).
    /// </summary>
    public static string Encode(string text) => Dangerous().Replace(text, static match => match.Value == "<" ? "&lt;" : "&amp;");

    /// <summary>The parameter for a key of the analysis (<c>_custom1234</c>, <c>_custom_1234</c>), or null when it is none.</summary>
    public static string? CustomParameter(string key) => CustomKey().Match(key) is { Success: true } match ? $"Custom{match.Groups["id"].Value}" : null;

    /// <summary>
    /// True for a name that a mapping must never set: a reserved one in any spelling, and any that is not of printable ASCII. ASP.NET compares names by
    /// culture, where invisible characters and look-alikes such as the Kelvin sign do not count.
    /// </summary>
    public static bool IsReserved(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var trimmed = name.Trim();
        return trimmed.Length == 0 || trimmed.Any(c => c is < ' ' or > '~') || s_reserved.Contains(trimmed, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>True for a name that may say «apply this to the existing lead»: a known one of them, or one that means nothing else.</summary>
    public static bool IsOverrideName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return s_override.Contains(name.Trim(), StringComparer.OrdinalIgnoreCase) || !IsReserved(name);
    }

    private static string? CellPhone(LawRulerCall call) =>
        call.Toggles.SyncEnrichedPhones && call.Call.Successful && call.Call.ToNumberIsEnriched ? PhoneNumber.ForLawRuler(call.Call.ToNumber) : null;

    /// <summary>Only what a mapping is about: the lead and the mapped values, for trying a mapping out.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> BuildMapped(LeadId lead, LawRulerSettings settings, MappedSet mapped)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(mapped);
        var form = new OrderedForm();
        form.Set("LeadID", lead.ToString());
        foreach (var name in settings.OverrideParameters.Where(IsOverrideName))
        {
            form.Set(name, "true");
        }

        AddMapped(mapped, form, []);
        return form.Fields;
    }

    private static void AddCustomData(LawRulerCall call, MappedSet mapped, OrderedForm form, List<string> refused)
    {
        // A pair of the mapping that knows a value is the firm's own word on that parameter, even where it was rejected.
        var spoken = mapped.Values.Where(value => value.Outcome is MappedOutcomes.Sent or MappedOutcomes.Rejected).Select(value => value.To.Trim()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var datum in call.Call.CustomData)
        {
            if (CustomParameter(datum.Key) is { } name)
            {
                form.Set(name, spoken.Contains(name) ? null : datum.Text(call.Settings.Yes, call.Settings.No));
            }
            else if (!mapped.Values.Any(value => value.From == FieldMapping.AnalysisPrefix + datum.Key))
            {
                refused.Add(datum.Key);
            }
        }
    }

    private static void AddMapped(MappedSet mapped, OrderedForm form, List<string> refused)
    {
        foreach (var value in mapped.Values)
        {
            if (IsReserved(value.To))
            {
                refused.Add(value.To);
            }
            else if (value.Outcome == MappedOutcomes.Sent)
            {
                form.Set(value.To, value.Text);
            }
        }
    }

    [GeneratedRegex(@"<(?=[A-Za-z!/?])|&(?=#)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Dangerous();

    [GeneratedRegex(@"\A_custom_?(?<id>[0-9]+)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CustomKey();

    /// <summary>Parameters in order; a name that differs only in case is the same parameter, and the first value stays.</summary>
    private sealed class OrderedForm
    {
        private readonly List<KeyValuePair<string, string>> _fields = [];
        private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

        public IReadOnlyList<KeyValuePair<string, string>> Fields => _fields;

        public void Set(string name, string? value)
        {
            var trimmed = name.Trim();
            if (!string.IsNullOrWhiteSpace(value) && _names.Add(trimmed))
            {
                _fields.Add(KeyValuePair.Create(trimmed, Encode(value)));
            }
        }
    }
}
