using System.Text;

namespace Kayse.Standalone.Workflows;

/// <summary>Writes a turn as one blob: a row a turn is what lets the engine keep up. Payloads stand in it as they are.</summary>
internal static class TurnCodec
{
    private const byte Version = 1;

    public static byte[] Encode(IReadOnlyList<TurnEvent> events, IReadOnlyList<OperationRecord> operations)
    {
        var stream = new MemoryStream(128);
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Version);
        writer.Write7BitEncodedInt(events.Count);
        foreach (var item in events)
        {
            writer.Write((byte)item.Kind);
            writer.Write7BitEncodedInt(item.Step);
            writer.Write(item.Name);
            writer.Write7BitEncodedInt64(item.Sequence);
            writer.Write7BitEncodedInt(item.Payload.Length);
            writer.Write(item.Payload.Span);
        }

        writer.Write7BitEncodedInt(operations.Count);
        foreach (var operation in operations)
        {
            writer.Write((byte)operation.Kind);
            writer.Write(operation.Name);
            writer.Write7BitEncodedInt64(operation.Due);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">The blob is of another version of this program.</exception>
    public static TurnRecord Decode(long at, byte[] record)
    {
        using var reader = new BinaryReader(new MemoryStream(record, writable: false), Encoding.UTF8);
        if (reader.ReadByte() != Version)
        {
            throw new InvalidDataException("A turn of a workflow was written by another version of this program.");
        }

        var events = new TurnEvent[reader.Read7BitEncodedInt()];
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = ReadEvent(reader);
        }

        var operations = new OperationRecord[reader.Read7BitEncodedInt()];
        for (var i = 0; i < operations.Length; i++)
        {
            operations[i] = new OperationRecord((OperationKind)reader.ReadByte(), reader.ReadString(), reader.Read7BitEncodedInt64());
        }

        return new TurnRecord(at, events, operations);
    }

    private static TurnEvent ReadEvent(BinaryReader reader)
    {
        var kind = (TurnEventKind)reader.ReadByte();
        var step = reader.Read7BitEncodedInt();
        var name = reader.ReadString();
        var sequence = reader.Read7BitEncodedInt64();
        return new TurnEvent(kind, step, name, reader.ReadBytes(reader.Read7BitEncodedInt()), sequence);
    }
}
