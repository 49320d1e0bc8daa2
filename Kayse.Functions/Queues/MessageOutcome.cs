namespace Kayse.Functions.Queues;

/// <summary>What is to become of a message.</summary>
/// <param name="Tries">How often it has been tried.</param>
/// <param name="Again">After how long it is tried again; null when it is not.</param>
/// <param name="Error">Why it is a dead letter; null when it is none.</param>
public sealed record MessageOutcome(int Tries, TimeSpan? Again, string? Error)
{
    /// <summary>It was handled.</summary>
    public static readonly MessageOutcome Done = new(0, null, null);
}
