namespace Kayse.Standalone.Workflows;

/// <summary>
/// All that is needed to go on with an instance that is not in memory. Its run tells it from an earlier one of the same id;
/// it has work when it is marked as one to be resumed.
/// </summary>
internal sealed record StoredInstance(string Id, string Workflow, long Run, ReadOnlyMemory<byte> Input, bool HasWork, IReadOnlyList<TurnRecord> Turns);

/// <summary>An event that was raised, at a time in UTC ticks, and is not part of the history yet.</summary>
internal readonly record struct StoredEvent(long Sequence, string Name, long At, byte[] Payload);

/// <summary>A timer whose time has come.</summary>
internal readonly record struct DueTimer(long Due, string Instance, int Step);

/// <summary>An instance that has something to do, and since when, in UTC ticks.</summary>
internal readonly record struct ReadyInstance(string Id, long Since);
