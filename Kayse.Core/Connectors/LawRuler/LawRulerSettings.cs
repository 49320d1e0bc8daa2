using System.Text.Json.Serialization;
using Kayse.Core.Mapping;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Everything about a connection to Law Ruler that its public documents leave open, with the default that fits what is known.</summary>
public sealed record LawRulerSettings
{
    /// <summary>The case types whose data is sent to Law Ruler, by name; empty for all.</summary>
    public IReadOnlyList<string> OutboundCaseTypes { get; init => field = value ?? []; } = [];

    /// <summary>Where the post-call update goes.</summary>
    public string CampaignPath { get; init; } = "/api-legalrcampaign.aspx";

    /// <summary>Where a lead's status is read.</summary>
    public string StatusPath { get; init; } = "/api-legalcrmapp.aspx";

    /// <summary>Where files go with the Key API.</summary>
    public string ParsingPath { get; init; } = "/lawruler-parsing.aspx";

    /// <summary>Names that say «apply this to the existing lead»; sources disagree, so all are sent.</summary>
    public IReadOnlyList<string> OverrideParameters { get; init; } = ["OverriddenLead", "overridelead"];

    /// <summary>What the post-call update tags the lead with.</summary>
    public string Tags { get; init; } = "Kayse";

    /// <summary>The name under which the summary is sent.</summary>
    public string CallSummaryName { get; init; } = "Call Summary";

    /// <summary>The name under which the transcript is sent.</summary>
    public string CallTranscriptName { get; init; } = "Call Transcript";

    /// <summary>How true is written.</summary>
    public string Yes { get; init; } = "Yes";

    /// <summary>How false is written.</summary>
    public string No { get; init; } = "No";

    /// <summary>Which way notes are written; null until connecting has found one that works.</summary>
    public LawRulerTransport? NoteTransport { get; init; }

    /// <summary>Which way recordings are uploaded; null until connecting has found one that works.</summary>
    public LawRulerTransport? RecordingTransport { get; init; }

    /// <summary>The category of the two notes of a call.</summary>
    public string NoteCategory { get; init; } = "Client Communication";

    /// <summary>The category of the note of a message; the guide spells it so.</summary>
    public string MessageCategory { get; init; } = "Client Communications";

    /// <summary>Advanced API: adds a note. Law Ruler does not publish this path.</summary>
    public string AddNotePath { get; init; } = "/ApiNotes/AddNote";

    /// <summary>Advanced API: a lead's notes. Law Ruler does not publish this path.</summary>
    public string GetNotesPath { get; init; } = "/ApiNotes/GetNotes?leadId={leadId}&page={page}&pageSize={pageSize}";

    /// <summary>Advanced API: uploads a document. Law Ruler does not publish this path.</summary>
    public string UploadPath { get; init; } = "/ApiDocuments/Upload";

    /// <summary>Advanced API: a lead's documents. Law Ruler does not publish this path.</summary>
    public string GetDocumentsPath { get; init; } = "/ApiDocuments/GetDocuments?leadId={leadId}&page={page}&pageSize={pageSize}";

    /// <summary>Advanced API: a lead.</summary>
    public string GetLeadPath { get; init; } = "/ApiCases/GetLead?leadId={leadId}";

    /// <summary>The folder recordings and documents go to.</summary>
    public string RecordingFolder { get; init; } = "/recordings";

    /// <summary>The form name of the uploaded file.</summary>
    public string RecordingFormName { get; init; } = "Recording";

    /// <summary>Law Ruler does not take .mp3: the uploaded name ends in .wav.</summary>
    public bool RenameMp3ToWav { get; init; } = true;

    /// <summary>Writes a plain hyphen in file names where the guide has an en dash.</summary>
    public bool AsciiFileNames { get; init; }

    /// <summary>The largest recording, in megabytes.</summary>
    public int MaxRecordingMegabytes { get; init; } = 200;

    /// <summary>The form name of an uploaded document.</summary>
    public string DocumentFormName { get; init; } = "Document";

    /// <summary>The largest document, in megabytes.</summary>
    public int MaxDocumentMegabytes { get; init; } = 100;

    /// <summary>What documents are called in Law Ruler.</summary>
    public DocumentNamePolicy DocumentNames { get; init; } = new();

    /// <summary>The clock that Law Ruler writes and reads; its offsets are wrong and are dropped.</summary>
    public string TimeZone { get; init; } = "America/New_York";

    /// <summary>How long to wait for a call's analysis before sending what there is, in minutes.</summary>
    public double AnalysisWaitMinutes { get; init; } = 15;

    /// <summary>A step that still retries after so many minutes goes on beside the next ones.</summary>
    public double GoOnAfterMinutes { get; init; } = 15;

    /// <summary>Seconds before a failed step is tried again; doubled each time.</summary>
    public double RetryFirstSeconds { get; init; } = 5;

    /// <summary>The most seconds between two attempts.</summary>
    public double RetryMaxSeconds { get; init; } = 1800;

    /// <summary>Hours after which a step is given up.</summary>
    public double RetryWindowHours { get; init; } = 24;

    /// <summary>Seconds to wait before looking whether a write without an answer took effect: Law Ruler may still apply it.</summary>
    public double SettleSeconds { get; init; } = 60;

    /// <summary>Requests a minute.</summary>
    public int RequestsPerMinute { get; init; } = 30;

    /// <summary>Requests at the same time.</summary>
    public int Concurrency { get; init; } = 2;

    /// <summary>Seconds to wait after a 429 that does not say how long.</summary>
    public double RateLimitWaitSeconds { get; init; } = 10;

    /// <summary>How the hourly sync reads; the defaults for a connection that was stored before there was one.</summary>
    public LawRulerSyncSettings Sync { get; init => field = value ?? new(); } = new();

    /// <summary>How case types and fields are read, and how mapped values are written.</summary>
    public LawRulerFieldSettings Fields { get; init => field = value ?? new(); } = new();

    /// <summary>How statuses are kept in step.</summary>
    public LawRulerStatusSettings Statuses { get; init => field = value ?? new(); } = new();

    /// <summary>What the inbound webhook requires and how it reads keys.</summary>
    public LawRulerWebhookSettings Webhook { get; init; } = new();

    /// <summary>True when data of cases of a type goes out, which the setting may name as either system does; a case without a type goes with all.</summary>
    /// <param name="caseType">The case's own type, or null.</param>
    /// <param name="link">What it is linked to, or null.</param>
    public bool SendsCaseType(string? caseType, CaseTypeLink? link) =>
        OutboundCaseTypes.Count == 0 || new[] { caseType, link?.Crm, link?.Kayse }.Any(name => name is not null && OutboundCaseTypes.Contains(name.Trim(), StringComparer.OrdinalIgnoreCase));
}

/// <summary>A way to write notes and recordings.</summary>
[JsonConverter(typeof(NamesOnlyConverter<LawRulerTransport>))]
public enum LawRulerTransport
{
    /// <summary>The OAuth API. It can be asked what is there; its note and document paths are not public.</summary>
    AdvancedApi,

    /// <summary>The Key pages: the <c>Conversation</c> parameter, and a multipart file.</summary>
    KeyApi,
}
