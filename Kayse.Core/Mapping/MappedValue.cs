namespace Kayse.Core.Mapping;

/// <summary>What becomes of one pair of a mapping. It holds a client's data: for the CRM, an admin's answer and the audit log alone.</summary>
/// <param name="From">Where the value comes from.</param>
/// <param name="To">The CRM's parameter.</param>
/// <param name="Outcome">One of <see cref="MappedOutcomes"/>.</param>
public sealed record MappedValue(string From, string To, string Outcome)
{
    /// <summary>What people read in the CRM for it, where it is known.</summary>
    public string? Label { get; init; }

    /// <summary>How it was converted.</summary>
    public FieldKind Kind { get; init; }

    /// <summary>What Kayse has.</summary>
    public string? Given { get; init; }

    /// <summary>What is sent; null for nothing.</summary>
    public string? Text { get; init; }

    /// <summary>Why nothing is sent.</summary>
    public string? Reason { get; init; }
}

/// <summary>What may become of a pair.</summary>
public static class MappedOutcomes
{
    /// <summary>It is sent.</summary>
    public const string Sent = "sent";

    /// <summary>Kayse has no value for it.</summary>
    public const string Blank = "blank";

    /// <summary>The value does not fit the field.</summary>
    public const string Rejected = "rejected";

    /// <summary>The CRM has no such field any more.</summary>
    public const string Gone = "gone";

    /// <summary>The parameter's name is reserved.</summary>
    public const string Reserved = "reserved";
}
