using Kayse.Core.Sync;

namespace Kayse.Web.Integrations;

/// <summary>How a synchronisation is doing.</summary>
/// <param name="LastSync">When a pass of the integration sync last worked, or null.</param>
/// <param name="LastStatusPull">When the CRM's statuses were last read, or null.</param>
/// <param name="LastStatusPush">When a status was last written to the CRM, or null.</param>
/// <param name="RecordsSynced">How many records passes have created or changed.</param>
/// <param name="Errors">How many passes and polls did not work.</param>
/// <param name="Pending">What was accepted and is not finished.</param>
/// <param name="LastError">Why the last pass failed, or the last poll for statuses; or null.</param>
public sealed record SyncHealthView(DateTimeOffset? LastSync, DateTimeOffset? LastStatusPull, DateTimeOffset? LastStatusPush, long RecordsSynced, long Errors, int Pending, string? LastError)
{
    /// <summary>The view of a state.</summary>
    public static SyncHealthView Of(SyncState state, int pending)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new SyncHealthView(state.LastSync, state.LastStatusPull, state.LastStatusPush, state.RecordsSynced, state.Errors, pending, state.LastError ?? state.LastPullError);
    }
}
