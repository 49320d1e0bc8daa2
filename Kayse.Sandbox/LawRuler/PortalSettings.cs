using Kayse.Sandbox.LawRuler.Webhooks;

namespace Kayse.Sandbox.LawRuler;

/// <summary>A status or case type of a portal.</summary>
internal sealed record NamedId(int Id, string Name);

/// <summary>A field of a case type's intake form.</summary>
internal sealed record FormField(string Key, string Label, string InputType, string Section)
{
    /// <summary>The values it takes, where it takes only some.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>The ids of the case types whose form has it; empty for all.</summary>
    public IReadOnlyList<int> CaseTypeIds { get; init; } = [];
}

/// <summary>A portal's credentials, lists and behaviour.</summary>
internal sealed record PortalSettings
{
    public string Username { get; init; } = "";

    public string Password { get; init; } = "";

    public string ClientId { get; init; } = "";

    public string ClientSecret { get; init; } = "";

    public string Key { get; init; } = "";

    /// <summary>The statuses, spelt as the Advanced API spells them: some end in <c>**</c>.</summary>
    public IReadOnlyList<NamedId> Statuses { get; init; } = PortalSeed.Statuses;

    public IReadOnlyList<NamedId> CaseTypes { get; init; } = PortalSeed.CaseTypes;

    public IReadOnlyList<FormField> Fields { get; init; } = PortalSeed.Fields;

    /// <summary>The folders that every lead's documents have.</summary>
    public IReadOnlyList<string> Folders { get; init; } = ["/"];

    public PortalOptions Options { get; init; } = new();

    public WebhookSettings? Webhook { get; init; }
}
