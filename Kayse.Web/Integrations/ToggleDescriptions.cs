namespace Kayse.Web.Integrations;

/// <summary>What each toggle of a connection to a CRM controls, for an admin.</summary>
public static class ToggleDescriptions
{
    /// <summary>Lawmatics', by the toggle's name in the API.</summary>
    public static IReadOnlyDictionary<string, string> Lawmatics { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["enableIntegration"] = "Pauses or resumes all work with Lawmatics without disconnecting. What arrives while it is off is kept and processed when it is on again.",
        ["autoSync"] = "Sends contact, matter and activity to Lawmatics by itself when a matter is created, a document approved or an intake complete. Off: only by hand.",
        ["receiveData"] = "Takes what Lawmatics' webhooks and its stages say into Kayse.",
    };

    /// <summary>Law Ruler's, by the toggle's name in the API.</summary>
    public static IReadOnlyDictionary<string, string> LawRuler { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["enableIntegration"] = "Pauses or resumes all syncing without disconnecting. What arrives while it is off is kept and processed when it is on again.",
        ["receiveData"] = "Takes new cases, leads and messages from Law Ruler into Kayse.",
        ["sendData"] = "Sends data from Kayse to Law Ruler; the toggles below choose which, and settings.outboundCaseTypes for which case types.",
        ["sendMappedFields"] = "Sends custom fields and what the field mappings name.",
        ["sendMessages"] = "Sends e-mails, text messages and in-app messages; each becomes a note in Law Ruler.",
        ["sendCallRecords"] = "Sends a call's status, its summary and its transcript; the texts become notes too.",
        ["sendDocuments"] = "Sends documents and call recordings to Law Ruler's document storage. It fetches none from there.",
        ["syncCaseStatuses"] = "Keeps statuses in step: a change in either system updates the other.",
        ["syncEnrichedPhones"] = "Sends a phone number that enrichment found as the lead's CellPhone once a call to it succeeded.",
    };
}
