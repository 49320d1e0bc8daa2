using Kayse.Core.Cases;
using Kayse.Core.Mapping;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>How a mapping did with a case and a lead of the admin's choice. It holds the client's data: for the admin who asked alone.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="LeadId">The lead.</param>
/// <param name="DryRun">True when nothing was to be sent.</param>
public sealed record SampleRecordResult(CaseId CaseId, LeadId LeadId, bool DryRun)
{
    /// <summary>The case type in Kayse, where it is linked; else as the case has it.</summary>
    public string? CaseType { get; init; }

    /// <summary>The linked case type in Law Ruler.</summary>
    public CaseTypeLink? Link { get; init; }

    /// <summary>The campaign whose overrides counted, or null.</summary>
    public string? Campaign { get; init; }

    /// <summary>True when the mapping does not apply; the warnings say why.</summary>
    public bool Blocked { get; init; }

    /// <summary>True when a request went to Law Ruler and it said that it worked.</summary>
    public bool Sent { get; init; }

    /// <summary>What Law Ruler answered; null when nothing was sent.</summary>
    public SampleAnswer? Answer { get; init; }

    /// <summary>Field by field.</summary>
    public IReadOnlyList<SampleField> Fields { get; init; } = [];

    /// <summary>What was odd.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>What Law Ruler answered.</summary>
/// <param name="Ok">True when it says that it worked.</param>
/// <param name="Message">What that means and what to do.</param>
/// <param name="Text">The beginning of its own words, or null where there were none.</param>
public sealed record SampleAnswer(bool Ok, string Message, string? Text);

/// <summary>One field.</summary>
/// <param name="From">Where the value comes from.</param>
/// <param name="To">The parameter in Law Ruler.</param>
/// <param name="Label">What people read in Law Ruler, where it is known.</param>
/// <param name="Type">How the value is converted.</param>
/// <param name="Given">What Kayse has.</param>
/// <param name="Value">What was sent, or would be.</param>
/// <param name="Before">What the field said before; null where Law Ruler does not tell.</param>
/// <param name="After">What it says now, or would say after a dry run; null where Law Ruler does not tell.</param>
/// <param name="Outcome"><c>sent</c>, <c>would_be_sent</c>, <c>differs</c> (it was sent and the field says something else), <c>not_sent</c>, <c>blank</c>, <c>rejected</c>, <c>gone</c> or <c>reserved</c>.</param>
/// <param name="Reason">Why, where that is not plain.</param>
public sealed record SampleField(string From, string To, string? Label, FieldKind Type, string? Given, string? Value, string? Before, string? After, string Outcome, string? Reason);
