namespace Kayse.Core.Storage;

/// <summary>The tables' names (letters and digits, as Azure Tables wants them).</summary>
public static class Tables
{
    /// <summary>Firms; and the directory of all firms under the one partition that is no company id.</summary>
    public const string Companies = "companies";

    /// <summary>API keys, hashed.</summary>
    public const string ApiKeys = "apikeys";

    /// <summary>CRM connections: settings and state, never a secret.</summary>
    public const string Integrations = "integrations";

    /// <summary>Rate budgets and token leases.</summary>
    public const string Limits = "limits";

    /// <summary>Cases.</summary>
    public const string Cases = "cases";

    /// <summary>Clients.</summary>
    public const string Clients = "clients";

    /// <summary>The notes of cases.</summary>
    public const string Notes = "notes";

    /// <summary>The documents of cases.</summary>
    public const string Documents = "documents";

    /// <summary>A CRM's ids to ours.</summary>
    public const string Links = "links";

    /// <summary>Case lists and their members.</summary>
    public const string Lists = "lists";

    /// <summary>Imports of files.</summary>
    public const string Imports = "imports";

    /// <summary>Campaigns.</summary>
    public const string Campaigns = "campaigns";

    /// <summary>Platform events.</summary>
    public const string Events = "events";

    /// <summary>What was accepted and is not finished.</summary>
    public const string Pending = "pending";

    /// <summary>Raw inbound requests with their outcome.</summary>
    public const string Inbound = "inbound";

    /// <summary>The audit log.</summary>
    public const string Audit = "audit";

    /// <summary>Workflows and their steps, as the API shows them.</summary>
    public const string Workflows = "workflows";

    /// <summary>CRM writes that were announced.</summary>
    public const string Effects = "effects";

    /// <summary>Status and field mappings.</summary>
    public const string Mappings = "mappings";

    /// <summary>Statuses that were set in Kayse while they are not synchronised.</summary>
    public const string StatusQueue = "statusqueue";

    /// <summary>Webhook subscriptions, never a secret.</summary>
    public const string Subscriptions = "subscriptions";

    /// <summary>The delivery log.</summary>
    public const string Deliveries = "deliveries";

    /// <summary>All of them, for erasing a firm.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Companies, ApiKeys, Integrations, Limits, Cases, Clients, Notes, Documents, Links, Lists, Imports, Campaigns, Events, Pending, Inbound, Audit, Workflows, Effects, Mappings, StatusQueue, Subscriptions, Deliveries];
}
