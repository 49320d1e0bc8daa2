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
    /// <param name="mapping">What the firm's mapping adds.</param>
    /// <param name="dropped">Keys that could not be sent, for the audit log.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Build(LawRulerCall call, string? status, FieldMapping mapping, out IReadOnlyList<string> dropped)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(mapping);
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
        if (call.Toggles.SendMappedFields)
        {
            AddCustomData(call, form, refused);
            AddMapped(call, mapping, form, refused);
        }

        form.Set(call.Settings.CallSummaryName, call.Call.Summary);
        form.Set(call.Settings.CallTranscriptName, CallTexts.CampaignTranscript(call.Call, call.Client?.FirstName ?? call.Call.ClientFirstName));
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

    private static void AddCustomData(LawRulerCall call, OrderedForm form, List<string> refused)
    {
        foreach (var datum in call.Call.CustomData)
        {
            if (CustomParameter(datum.Key) is { } name)
            {
                form.Set(name, datum.Text(call.Settings.Yes, call.Settings.No));
            }
            else
            {
                refused.Add(datum.Key);
            }
        }
    }

    private static void AddMapped(LawRulerCall call, FieldMapping mapping, OrderedForm form, List<string> refused)
    {
        foreach (var pair in mapping.Fields)
        {
            if (IsReserved(pair.To))
            {
                refused.Add(pair.To);
            }
            else
            {
                form.Set(pair.To, Source(call, pair.From));
            }
        }
    }

    private static string? Source(LawRulerCall call, string from) => from switch
    {
        "client.firstName" => call.Client?.FirstName ?? call.Call.ClientFirstName,
        "client.lastName" => call.Client?.LastName,
        "client.fullName" => call.Client?.FullName,
        "client.email" => call.Client?.Email,
        "client.phone" => PhoneNumber.ForLawRuler(call.Client?.Phone),
        "client.address" => call.Client?.Address,
        "client.city" => call.Client?.City,
        "client.state" => call.Client?.State,
        "client.zip" => call.Client?.Zip,
        "case.name" => call.Case?.Name,
        "case.type" => call.CaseType,
        "case.description" => call.Case?.Description,
        "call.id" => call.Call.Id.ToString(),
        "call.disconnectionReason" => call.Call.DisconnectionReason,
        "campaign.id" => call.Call.Campaign?.Id,
        "campaign.name" => call.CampaignName,
        _ when from.StartsWith("analysis.", StringComparison.Ordinal) =>
            call.Call.CustomData.FirstOrDefault(datum => datum.Key == from["analysis.".Length..])?.Text(call.Settings.Yes, call.Settings.No),
        _ => null,
    };

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
