using System.Text.Json.Serialization;

namespace Kayse.Core.Cases;

/// <summary>The last status that was set in Kayse, and how far it has come on its way to the CRM.</summary>
/// <param name="Status">The status, as Kayse names it.</param>
/// <param name="Change">The id of the event that told of it.</param>
/// <param name="At">When it was set.</param>
/// <param name="State">How far it has come.</param>
public sealed record KayseStatus(string Status, string Change, DateTimeOffset At, KayseStatusState State);

/// <summary>How far a status of Kayse's has come.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KayseStatusState>))]
public enum KayseStatusState
{
    /// <summary>Nothing is left to do.</summary>
    Settled,

    /// <summary>It is to be written to the CRM.</summary>
    Due,

    /// <summary>It came while statuses are not synchronised, and waits for what an admin decides.</summary>
    Queued,
}
