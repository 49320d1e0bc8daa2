namespace Kayse.Core;

/// <summary>One thing that is wrong with what a caller sent.</summary>
/// <param name="Field">The field as the caller named it, e.g. <c>Lead ID</c> or <c>events[3].type</c>.</param>
/// <param name="Message">What was expected; ends with a full stop.</param>
public sealed record FieldError(string Field, string Message);
