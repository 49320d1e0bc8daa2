namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Which values of the settings make sense.</summary>
public static class LawRulerSettingsRules
{
    private const int MaxCaseTypes = 500;
    private const int MaxText = 200;

    private static readonly string[] s_listPlaces = ["{leadId}", "{page}", "{pageSize}"];

    /// <summary>What is wrong with settings, by the name an admin knows.</summary>
    public static IReadOnlyList<FieldError> Check(LawRulerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var errors = new List<FieldError>();
        errors.AddRange(Paths(settings).Select(path => CheckPath($"settings.{path.Name}", path.Value, path.Places)).OfType<FieldError>());
        foreach (var (name, value) in Texts(settings))
        {
            if (string.IsNullOrWhiteSpace(value) || value.Length > MaxText || value.Any(c => char.IsControl(c) || c == '"'))
            {
                errors.Add(new FieldError($"settings.{name}", "Expected a text of at most 200 characters, without quotation marks."));
            }
        }

        foreach (var (name, value, min, max) in Numbers(settings))
        {
            if (!(value >= min && value <= max))
            {
                errors.Add(new FieldError($"settings.{name}", $"Expected a number from {min} to {max}."));
            }
        }

        errors.AddRange(settings.Fields.Check());
        CheckNames(settings, errors);
        CheckWebhook(settings.Webhook, errors);
        errors.AddRange(DocumentNamePolicy.Check(settings.DocumentNames));
        errors.AddRange(LawRulerSyncSettings.Check(settings.Sync));
        errors.AddRange(LawRulerStatusSettings.Check(settings.Statuses));
        return errors;
    }

    /// <summary>True for a path at Law Ruler: it must not lead to another host.</summary>
    public static bool IsPath(string? value) =>
        value is { Length: <= 300 } && value.StartsWith('/') && !value.StartsWith("//", StringComparison.Ordinal) && !value.Any(c => char.IsControl(c) || c is ' ' or '\\');

    /// <summary>What is wrong with a path at Law Ruler; null when nothing is.</summary>
    /// <param name="field">Its name, as an admin knows it.</param>
    /// <param name="value">The path.</param>
    /// <param name="places">What must stand in it, since it is filled in for each request.</param>
    public static FieldError? CheckPath(string field, string? value, params string[] places) =>
        IsPath(value) && Array.TrueForAll(places, place => value!.Contains(place, StringComparison.Ordinal)) ? null
            : new FieldError(field, places is [] ? "Expected a path that begins with one /." : $"Expected a path that begins with one / and holds {string.Join(", ", places)}.");

    /// <summary>True for what may name the static header of the webhook.</summary>
    public static bool IsHeaderName(string? name) => name is { Length: > 0 and <= 100 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static bool IsOverrideName(string? name) =>
        name is { Length: > 0 and <= 100 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
        && CampaignForm.IsOverrideName(name);

    private static void CheckNames(LawRulerSettings settings, List<FieldError> errors)
    {
        if (settings.OutboundCaseTypes.Count > MaxCaseTypes || settings.OutboundCaseTypes.Any(name => string.IsNullOrWhiteSpace(name) || name.Length > MaxText))
        {
            errors.Add(new FieldError("settings.outboundCaseTypes", $"Expected a list of at most {MaxCaseTypes} names of case types, of at most {MaxText} characters; an empty list means all."));
        }

        if (settings.OverrideParameters is null || settings.OverrideParameters.Count > 10 || !settings.OverrideParameters.All(IsOverrideName))
        {
            errors.Add(new FieldError("settings.overrideParameters", "Expected at most 10 parameter names of letters, digits and underscores, none of them reserved."));
        }

        if (settings.CallSummaryName is { } summary && CampaignForm.IsReserved(summary))
        {
            errors.Add(new FieldError("settings.callSummaryName", "This name is reserved."));
        }

        if (settings.CallTranscriptName is { } transcript && CampaignForm.IsReserved(transcript))
        {
            errors.Add(new FieldError("settings.callTranscriptName", "This name is reserved."));
        }

        if (settings.TimeZone is null || !TimeZoneInfo.TryFindSystemTimeZoneById(settings.TimeZone, out _))
        {
            errors.Add(new FieldError("settings.timeZone", "Expected an IANA time zone such as America/New_York."));
        }
    }

    private static void CheckWebhook(LawRulerWebhookSettings? webhook, List<FieldError> errors)
    {
        if (webhook?.RequiredFields is null || webhook.BlankValues is null || webhook.BlankValues.Any(value => value is null))
        {
            errors.Add(new FieldError("settings.webhook", "Expected requiredFields and blankValues to be lists of texts."));
            return;
        }

        var known = string.Join(", ", LawRulerWebhookSettings.DefaultAliases.Keys);
        if (webhook.Required().Any(field => field is null || !LawRulerWebhookSettings.DefaultAliases.ContainsKey(field)))
        {
            errors.Add(new FieldError("settings.webhook.requiredFields", $"Expected [\"{LawRulerWebhookSettings.LawRuler2026}\"] or some of: {known}."));
        }
        else if (!webhook.Required().Contains("Lead ID"))
        {
            errors.Add(new FieldError("settings.webhook.requiredFields", "Lead ID must be among them: without it there is no case."));
        }

        if (webhook.Aliases is null || webhook.Aliases.Any(alias => !LawRulerWebhookSettings.DefaultAliases.ContainsKey(alias.Key) || alias.Value is null || alias.Value.Any(string.IsNullOrWhiteSpace)))
        {
            errors.Add(new FieldError("settings.webhook.aliases", $"Expected lists of keys by field, the fields being some of: {known}."));
        }

        if (webhook.HeaderName is { } header && !IsHeaderName(header))
        {
            errors.Add(new FieldError("settings.webhook.headerName", "Expected a header's name: letters, digits, hyphens and underscores."));
        }

        if (!(webhook.TokenOverlapHours is >= 0 and <= 24 * 30))
        {
            errors.Add(new FieldError("settings.webhook.tokenOverlapHours", "Expected a number from 0 to 720."));
        }
    }

    private static IEnumerable<(string Name, string? Value, string[] Places)> Paths(LawRulerSettings settings) =>
    [
        ("campaignPath", settings.CampaignPath, []), ("statusPath", settings.StatusPath, []), ("parsingPath", settings.ParsingPath, []), ("addNotePath", settings.AddNotePath, []),
        ("uploadPath", settings.UploadPath, []), ("recordingFolder", settings.RecordingFolder, []), ("getLeadPath", settings.GetLeadPath, ["{leadId}"]),
        ("getNotesPath", settings.GetNotesPath, s_listPlaces), ("getDocumentsPath", settings.GetDocumentsPath, s_listPlaces),
    ];

    private static IEnumerable<(string Name, string? Value)> Texts(LawRulerSettings settings) =>
    [
        ("tags", settings.Tags), ("callSummaryName", settings.CallSummaryName), ("callTranscriptName", settings.CallTranscriptName), ("yes", settings.Yes), ("no", settings.No),
        ("noteCategory", settings.NoteCategory), ("messageCategory", settings.MessageCategory), ("recordingFormName", settings.RecordingFormName), ("documentFormName", settings.DocumentFormName),
    ];

    private static IEnumerable<(string Name, double Value, double Min, double Max)> Numbers(LawRulerSettings settings) =>
    [
        ("maxRecordingMegabytes", settings.MaxRecordingMegabytes, 1, 2000), ("maxDocumentMegabytes", settings.MaxDocumentMegabytes, 1, 2000), ("analysisWaitMinutes", settings.AnalysisWaitMinutes, 0, 1440),
        ("goOnAfterMinutes", settings.GoOnAfterMinutes, 0.01, 1440), ("retryFirstSeconds", settings.RetryFirstSeconds, 0.05, 3600),
        ("retryMaxSeconds", settings.RetryMaxSeconds, 0.05, 86_400), ("retryWindowHours", settings.RetryWindowHours, 0.01, 720), ("settleSeconds", settings.SettleSeconds, 0, 3600),
        ("requestsPerMinute", settings.RequestsPerMinute, 1, 60_000), ("concurrency", settings.Concurrency, 1, 64), ("rateLimitWaitSeconds", settings.RateLimitWaitSeconds, 0.1, 3600),
    ];
}
