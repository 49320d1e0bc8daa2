using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>The lead that a step is about, in whose Law Ruler, and what the firm has switched on.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Session">Its Law Ruler.</param>
/// <param name="Toggles">What it has switched on.</param>
/// <param name="Lead">The lead that everything is tied to.</param>
/// <param name="Case">The case, where Kayse knows it.</param>
/// <param name="Client">The client, where Kayse knows them.</param>
/// <param name="CaseType">The case type's name, or null.</param>
/// <param name="Workflow">The id that the workflow's effects are announced under; a rerun shares it with the first run.</param>
public record LawRulerTarget(
    Company Company,
    LawRulerSession Session,
    LawRulerToggles Toggles,
    LeadId Lead,
    Case? Case,
    Client? Client,
    string? CaseType,
    string Workflow)
{
    /// <summary>What there is to say of a case whose type is not chosen.</summary>
    public const string OtherCaseType = "The case's type is not among those whose data goes to Law Ruler (setting outboundCaseTypes).";

    private static readonly TimeSpan s_pauseCheck = TimeSpan.FromMinutes(1);

    /// <summary>The settings.</summary>
    public LawRulerSettings Settings => Session.Settings;

    /// <summary>True when data of the case's type goes out.</summary>
    public bool SendsCaseType { get; init; } = true;

    /// <summary>What becomes of an attempt while the integration is paused; null when it is not.</summary>
    public StepOutcome? WhilePaused(DateTimeOffset now) => Toggles.EnableIntegration ? null : StepOutcome.Postpone("The integration is paused.", now + s_pauseCheck);

    /// <summary>What becomes of an attempt to send while nothing of the case may be sent; null when it may.</summary>
    public StepOutcome? WhyNotSent(DateTimeOffset now) =>
        WhilePaused(now)
        ?? (!Toggles.SendData ? StepOutcome.Skipped("Send data to Law Ruler is off.")
            : !SendsCaseType ? StepOutcome.Skipped(OtherCaseType)
            : null);
}
