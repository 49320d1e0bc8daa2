namespace Kayse.Core.Connectors.LawRuler;

/// <summary>What a firm has switched on. Turning one off deletes nothing.</summary>
public sealed record LawRulerToggles
{
    /// <summary>Pause or resume all syncing without disconnecting; what arrives meanwhile waits.</summary>
    public bool EnableIntegration { get; init; } = true;

    /// <summary>Take cases, leads and messages from Law Ruler.</summary>
    public bool ReceiveData { get; init; } = true;

    /// <summary>Push data to Law Ruler; the toggles below choose which.</summary>
    public bool SendData { get; init; } = true;

    /// <summary>Send custom fields and what the firm's field mapping adds.</summary>
    public bool SendMappedFields { get; init; } = true;

    /// <summary>Send messages as notes.</summary>
    public bool SendMessages { get; init; } = true;

    /// <summary>Send the campaign API call and the notes of a call.</summary>
    public bool SendCallRecords { get; init; } = true;

    /// <summary>Send documents, a call's recording among them.</summary>
    public bool SendDocuments { get; init; } = true;

    /// <summary>Keep case statuses in step in both directions.</summary>
    public bool SyncCaseStatuses { get; init; } = true;

    /// <summary>Send a number that came from enrichment as the lead's CellPhone when a call to it succeeded.</summary>
    public bool SyncEnrichedPhones { get; init; }
}
