using System.Collections.Concurrent;
using System.Reflection;

namespace Kayse.Standalone.Workflows;

/// <summary>
/// Finds where an async method is suspended, by looking into the boxes that the runtime keeps state machines in. It knows
/// their inner names, and where these are not as expected it says that it does not know.
/// </summary>
internal static class SuspendedAwait
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private const int MaxDepth = 64;
    private static readonly ConcurrentDictionary<Type, Shape?> Shapes = new();

    /// <summary>Follows the chain of awaits from a task to its end: the last place with a known line or name, and the task awaited there.</summary>
    public static (string? Place, Task? Leaf) Follow(Task root)
    {
        string? place = null;
        var task = root;
        for (var depth = 0; depth < MaxDepth && IsSuspended(task, out var machine, out var shape, out var state); depth++)
        {
            if (IsOfTheFramework(shape.Machine))
            {
                break;
            }

            place = PlaceOf(shape.Machine, state) ?? place;
            if (shape.AwaitedBy(machine) is not { } inner)
            {
                return (place, null);
            }

            task = inner;
        }

        return (place, task);
    }

    /// <summary>Where the async method stands whose continuation was posted, or null.</summary>
    public static string? OfContinuation(object? posted) =>
        posted is Delegate { Target: Task box } && IsSuspended(box, out _, out var shape, out var state) ? PlaceOf(shape.Machine, state) : null;

    /// <summary>True when a task certainly is not made of a context's operations: a plain task, a delay, or one of the framework's methods.</summary>
    public static bool IsCertainlyForeign(Task task)
    {
        var type = task.GetType();
        return type == typeof(Task)
            || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>))
            || type.Name.StartsWith("DelayPromise", StringComparison.Ordinal)
            || (ShapeOf(type) is { } shape && IsOfTheFramework(shape.Machine));
    }

    private static bool IsSuspended(Task task, out object machine, out Shape shape, out int state)
    {
        machine = null!;
        shape = null!;
        state = -1;
        if (ShapeOf(task.GetType()) is not { } found || found.Box.GetValue(task) is not { } value)
        {
            return false;
        }

        machine = value;
        shape = found;
        state = (int)found.State.GetValue(value)!;
        return state >= 0;
    }

    private static string? PlaceOf(Type machine, int state) => SourceLines.OfAwait(machine, state) ?? MethodName(machine);

    // A state machine is named after its method: <RunAsync>d__3, or for a local function <<Run>g__LoopAsync|0>d.
    private static string? MethodName(Type machine)
    {
        var name = machine.Name.TrimStart('<');
        var end = name.IndexOf('>', StringComparison.Ordinal);
        return end <= 0 ? null : $"{machine.DeclaringType?.Name}.{name[..end]}";
    }

    private static bool IsOfTheFramework(Type machine) =>
        machine.Assembly.GetName().Name is { } name
        && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal));

    private static Shape? ShapeOf(Type box) => Shapes.GetOrAdd(box, static type =>
    {
        var field = AllFields(type).FirstOrDefault(candidate => candidate.Name == "StateMachine");
        var state = field?.FieldType.GetField("<>1__state", Fields);
        return field is null || state is null
            ? null
            : new Shape(field, state, [.. AllFields(field.FieldType).Where(candidate => candidate.Name.StartsWith("<>u__", StringComparison.Ordinal))]);
    });

    private static IEnumerable<FieldInfo> AllFields(Type type)
    {
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            foreach (var field in level.GetFields(Fields))
            {
                yield return field;
            }
        }
    }

    private sealed record Shape(FieldInfo Box, FieldInfo State, FieldInfo[] Awaiters)
    {
        public Type Machine => Box.FieldType;

        /// <summary>The task in the awaiter that is in use: the compiler clears the others.</summary>
        public Task? AwaitedBy(object machine) => Awaiters.Select(field => TaskIn(field.GetValue(machine), 3)).FirstOrDefault(task => task is not null);

        private static Task? TaskIn(object? value, int depth)
        {
            if (value is null or Task || depth == 0)
            {
                return value as Task;
            }

            return AllFields(value.GetType())
                .Where(field => !field.FieldType.IsPrimitive)
                .Select(field => TaskIn(field.GetValue(value), depth - 1))
                .FirstOrDefault(task => task is not null);
        }
    }
}
