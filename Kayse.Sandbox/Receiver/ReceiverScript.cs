namespace Kayse.Sandbox.Receiver;

/// <summary>A receiver's answers: first those of the sequence, one a request, then its own for ever.</summary>
internal sealed record ReceiverScript : ReceiverAnswer
{
    public IReadOnlyList<ReceiverAnswer> Sequence { get; init; } = [];
}
