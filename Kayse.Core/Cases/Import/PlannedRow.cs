namespace Kayse.Core.Cases.Import;

/// <summary>What is to become of a row. It is settled before anything is written, so that a part that is done again after a crash does the same.</summary>
/// <param name="Row">The row, as a spreadsheet numbers it.</param>
/// <param name="Action"><see cref="Create"/>, <see cref="Refuse"/> or one of <see cref="DuplicateModes"/>.</param>
/// <param name="CaseId">The case that a row becomes though its Lead ID has one; or null.</param>
/// <param name="Errors">Why it is refused; or null.</param>
public sealed record PlannedRow(int Row, string Action, CaseId? CaseId, IReadOnlyList<FieldError>? Errors)
{
    /// <summary>The row becomes a case.</summary>
    public const string Create = "create";

    /// <summary>The row is not imported.</summary>
    public const string Refuse = "error";
}
