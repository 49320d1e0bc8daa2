namespace Kayse.Core.Sync;

/// <summary>How long things are kept; an operator's settings.</summary>
public sealed record RetentionPeriods
{
    /// <summary>Days for which raw inbound requests are kept.</summary>
    public double InboundDays { get; init; } = 90;

    /// <summary>Days for which inbound requests with a wrong credential are kept.</summary>
    public double UnauthorizedDays { get; init; } = 7;

    /// <summary>Days for which events are kept, with the workflows that they started, after they came.</summary>
    public double EventDays { get; init; } = 30;

    /// <summary>Days for which webhook deliveries are kept.</summary>
    public double DeliveryDays { get; init; } = 30;

    /// <summary>Days for which an imported file is kept, with its report, after it came.</summary>
    public double ImportDays { get; init; } = 30;

    /// <summary>Days for which the audit log is kept.</summary>
    public double AuditDays { get; init; } = 6 * 365.25;
}
