namespace Kayse.Core.Webhooks;

/// <summary>What one exchange with a destination came to.</summary>
/// <param name="Took">How long it took.</param>
/// <param name="Status">The answer's status, or null when there was no whole answer.</param>
/// <param name="Error">What went wrong, for the firm's admin; null when the destination took it.</param>
/// <param name="Answer">The first 4 kB of the answer's body, or null.</param>
/// <param name="AnswerCut">True when the body was longer.</param>
/// <param name="RetryAfter">When the destination asked to be called again, or null.</param>
public sealed record AttemptResult(TimeSpan Took, int? Status, string? Error, string? Answer = null, bool AnswerCut = false, DateTimeOffset? RetryAfter = null)
{
    /// <summary>True when the destination took the delivery.</summary>
    public bool IsDelivered => Error is null;

    /// <summary>True when the destination is not there or in trouble, whatever it is sent.</summary>
    public bool IsDown => Status is null or >= 500;

    /// <summary>True when the destination said that it is gone for good (Standard Webhooks: 410 disables).</summary>
    public bool IsGone => Status == 410;

    /// <summary>True when the destination asked for less.</summary>
    public bool IsTooMuch => Status is 429 or 503;
}
