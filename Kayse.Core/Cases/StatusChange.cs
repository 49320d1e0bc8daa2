namespace Kayse.Core.Cases;

/// <summary>One change of a case's status.</summary>
/// <param name="Number">The how-manieth change of the case it was.</param>
/// <param name="Status">The new status.</param>
/// <param name="Origin">Who set it: <c>lawruler</c>, <c>lawmatics</c> or <c>kayse</c>.</param>
/// <param name="At">When Kayse learned of it.</param>
public sealed record StatusChange(int Number, string Status, string Origin, DateTimeOffset At);
