using System.Text.Json;
using Kayse.Sandbox.Webhooks;

namespace Kayse.Sandbox.LawRuler.Webhooks;

/// <summary>A webhook row of Setup &gt; Webhooks, and the unkindnesses to send it with.</summary>
internal sealed record WebhookSettings
{
    /// <summary>Where to send; only this machine's own addresses are allowed.</summary>
    public required string Url { get; init; }

    public bool Active { get; init; } = true;

    public WebhookEncoding Encoding { get; init; } = WebhookEncoding.Multipart;

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names or ids; none means all.</summary>
    public IReadOnlyList<JsonElement> CaseTypes { get; init; } = [];

    /// <summary>Names or ids; none means all.</summary>
    public IReadOnlyList<JsonElement> Statuses { get; init; } = [];

    /// <summary>The keys posted, each with a token or a hardcoded value.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = WebhookTokens.DefaultFields;

    /// <summary>Keys to leave out.</summary>
    public IReadOnlyList<string> Omit { get; init; } = [];

    /// <summary>Values to send instead of the real ones, such as an empty text, <c>null</c> or <c>N/A</c>.</summary>
    public IReadOnlyDictionary<string, string> Blanks { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Files sent along.</summary>
    public IReadOnlyList<WebhookFile> Files { get; init; } = [];

    /// <summary>How often each change is sent.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>The repeats are sent at one moment, and changes do not wait for one another.</summary>
    public bool Concurrent { get; init; }

    /// <summary>A change is held back until the next one has been sent.</summary>
    public bool OutOfOrder { get; init; }

    /// <summary>How often a refused post is tried again; Law Ruler itself is not known to.</summary>
    public int Retries { get; init; }

    public int RetryDelayMs { get; init; } = 1000;

    public int TimeoutMs { get; init; } = 30_000;

    /// <summary>Whether a lead's change into its present status is one that this webhook was set up for.</summary>
    public bool Selects(Lead lead) =>
        Active && Has(Statuses, lead.Status) && (CaseTypes.Count == 0 || (lead.CaseType is { } type && Has(CaseTypes, type)));

    /// <exception cref="WrongRequestException">The destination is not on this machine, or a number makes no sense.</exception>
    public void Check()
    {
        if (!LoopbackHandler.Allows(Url))
        {
            throw new WrongRequestException("url must be http or https on localhost, 127.0.0.1 or [::1]: the sandbox calls nobody else.");
        }

        if (Repeats is < 1 or > 1000 || Retries is < 0 or > 100 || RetryDelayMs < 0 || TimeoutMs < 1)
        {
            throw new WrongRequestException("repeats must be from 1 to 1000, retries from 0 to 100, retryDelayMs 0 or more, timeoutMs 1 or more.");
        }

        if (Files.Any(f => f.Size is < 0 or > 200_000_000))
        {
            throw new WrongRequestException("A file's size must be from 0 to 200000000 bytes.");
        }
    }

    private static bool Has(IReadOnlyList<JsonElement> wanted, NamedId actual) =>
        wanted.Count == 0 || wanted.Any(w => w.ToString() == actual.Id.ToString()
            || Portal.Plain(w.ToString()).Equals(Portal.Plain(actual.Name), StringComparison.OrdinalIgnoreCase));
}

/// <summary>How a webhook's values are sent.</summary>
internal enum WebhookEncoding
{
    /// <summary>As Law Ruler does.</summary>
    Multipart,

    /// <summary>An urlencoded body.</summary>
    Form,

    /// <summary>A JSON object.</summary>
    Json,

    /// <summary>The query string.</summary>
    Query,
}

/// <summary>A file part; <c>{LeadID}</c> in its name becomes the lead's id, and its bytes are made up.</summary>
internal sealed record WebhookFile
{
    public string Name { get; init; } = "File";

    public string FileName { get; init; } = "{LeadID}-retainer.pdf";

    public string ContentType { get; init; } = "application/pdf";

    public int Size { get; init; } = 1024;
}
