namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Which values of the settings make sense.</summary>
public static class LawRulerSettingsRules
{
    /// <summary>What is wrong with settings, by the name an admin knows.</summary>
    public static IReadOnlyList<FieldError> Check(LawRulerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var errors = new List<FieldError>();
        foreach (var (name, value) in Paths(settings))
        {
            if (!IsPath(value))
            {
                errors.Add(new FieldError($"settings.{name}", "Expected a path that begins with one /."));
            }
        }

        (string Name, string? Value, string[] Places)[] listings =
        [
            ("getNotesPath", settings.GetNotesPath, ["{leadId}", "{page}"]), ("getDocumentsPath", settings.GetDocumentsPath, ["{leadId}", "{page}"]), ("getLeadPath", settings.GetLeadPath, ["{leadId}"]),
        ];
        // A list that is asked for without its page would be the same page for ever.
        errors.AddRange(listings.Where(one => one.Value is not null && !one.Places.All(place => one.Value.Contains(place, StringComparison.Ordinal)))
            .Select(one => new FieldError($"settings.{one.Name}", $"Expected a path that holds {string.Join(", ", one.Places)}.")));
        foreach (var (name, value) in Texts(settings))
        {
            if (string.IsNullOrWhiteSpace(value) || value.Length > 200 || value.Any(c => char.IsControl(c) || c == '"'))
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

    /// <summary>True for what may name the static header of the webhook.</summary>
    public static bool IsHeaderName(string? name) => name is { Length: > 0 and <= 100 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static bool IsOverrideName(string? name) =>
        name is { Length: > 0 and <= 100 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
        && CampaignForm.IsOverrideName(name);

    private static void CheckNames(LawRulerSettings settings, List<FieldError> errors)
    {
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

    private static IEnumerable<(string Name, string? Value)> Paths(LawRulerSettings settings) =>
    [
        ("campaignPath", settings.CampaignPath), ("statusPath", settings.StatusPath), ("parsingPath", settings.ParsingPath), ("addNotePath", settings.AddNotePath),
        ("getNotesPath", settings.GetNotesPath), ("uploadPath", settings.UploadPath), ("getDocumentsPath", settings.GetDocumentsPath), ("recordingFolder", settings.RecordingFolder),
        ("getLeadPath", settings.GetLeadPath),
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
