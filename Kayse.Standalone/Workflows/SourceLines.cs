using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Kayse.Standalone.Workflows;

/// <summary>Finds source lines in the portable PDB beside an assembly or inside it; only file names, never a machine's folders.</summary>
internal static class SourceLines
{
    // Portable PDB specification: AsyncMethodSteppingInformation.
    private static readonly Guid AsyncStepping = new("54FD2AC5-E925-401A-9C2A-F94F171072F8");
    private static readonly ConcurrentDictionary<(Type StateMachine, int State), string?> Known = new();

    /// <summary><c>file:line</c> of the await at which an async method is suspended, or null when there is no PDB.</summary>
    public static string? OfAwait(Type stateMachine, int state) => Known.GetOrAdd((stateMachine, state), static key => Find(key.StateMachine, key.State));

    /// <summary><c>file:line</c> of the first frame that is not the engine's or the framework's, or null.</summary>
    public static string? OfCaller(StackTrace trace) => trace.GetFrames()
        .Where(frame => frame.GetFileLineNumber() > 0 && frame.GetMethod()?.DeclaringType is { } type && !IsOfTheEngine(type))
        .Select(frame => $"{FileName(frame.GetFileName()!)}:{frame.GetFileLineNumber()}")
        .FirstOrDefault();

    private static bool IsOfTheEngine(Type type) =>
        type.Assembly == typeof(SourceLines).Assembly && type.Namespace == typeof(SourceLines).Namespace
        || typeof(Core.Workflows.WorkflowCatalog).IsAssignableFrom(type.DeclaringType ?? type);

    private static string? Find(Type stateMachine, int state)
    {
        try
        {
            var path = stateMachine.Assembly.Location;
            var move = stateMachine.GetMethod("MoveNext", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
            if (path.Length == 0 || move is null)
            {
                return null;
            }

            using var assembly = new PEReader(File.OpenRead(path));
            if (!assembly.TryOpenAssociatedPortablePdb(path, File.OpenRead, out var provider, out _) || provider is null)
            {
                return null;
            }

            using (provider)
            {
                return Find(provider.GetMetadataReader(), MetadataTokens.MethodDefinitionHandle(move.MetadataToken), state);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or BadImageFormatException or ArgumentOutOfRangeException)
        {
            // The line helps a reader; without it the method's name has to do.
            return null;
        }
    }

    private static string? Find(MetadataReader pdb, MethodDefinitionHandle method, int state)
    {
        var yields = YieldOffsets(pdb, method);
        if (state >= yields.Count)
        {
            return null;
        }

        SequencePoint? last = null;
        foreach (var point in pdb.GetMethodDebugInformation(method.ToDebugInformationHandle()).GetSequencePoints())
        {
            if (!point.IsHidden && point.Offset <= yields[state] && (last is null || point.Offset >= last.Value.Offset))
            {
                last = point;
            }
        }

        return last is { } found ? $"{FileName(pdb.GetString(pdb.GetDocument(found.Document).Name))}:{found.StartLine}" : null;
    }

    private static List<int> YieldOffsets(MetadataReader pdb, MethodDefinitionHandle method)
    {
        var offsets = new List<int>();
        foreach (var handle in pdb.GetCustomDebugInformation(method))
        {
            var information = pdb.GetCustomDebugInformation(handle);
            if (pdb.GetGuid(information.Kind) != AsyncStepping)
            {
                continue;
            }

            var blob = pdb.GetBlobReader(information.Value);
            blob.ReadUInt32();
            while (blob.RemainingBytes > 0)
            {
                offsets.Add((int)blob.ReadUInt32());
                blob.ReadUInt32();
                blob.ReadCompressedInteger();
            }
        }

        return offsets;
    }

    private static string FileName(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
}
