using FsCheck;
using FsCheck.Fluent;

namespace Kayse.Tests.Workflows.Model;

/// <summary>Command sequences by chance, and smaller ones for a counterexample.</summary>
public static class ModelRuns
{
    private const int LongestRun = 25;

    public static IReadOnlyList<string> Ids { get; } = ["demo.m.1", "demo.m.2", "firm.m.1", "firm.m.2"];

    private static Gen<int?> Cut { get; } = Gen.Frequency((3, Gen.Constant<int?>(null)), (1, Gen.Choose(0, 3).Select(turns => (int?)turns)));

    private static Gen<bool> Hasty { get; } = Gen.Frequency((2, Gen.Constant(false)), (1, Gen.Constant(true)));

    public static Arbitrary<ModelCommand[]> Any()
    {
        var runs =
            from length in Gen.Choose(1, LongestRun)
            from names in Gen.Elements(ModelWorkflows.Names.ToArray()).ArrayOf(2)
            from parts in Gen.Frequency((7, Command(names).Select(one => new[] { one })), (1, Outage(names))).ArrayOf(length)
            select parts.SelectMany(part => part).ToArray();
        return Arb.From(runs, Smaller);
    }

    private static Gen<ModelCommand> Command(string[] names)
    {
        var id = Gen.Choose(0, Ids.Count - 1);
        var start = from one in id from name in Gen.Elements(names) from turns in Cut from isHasty in Hasty select new ModelCommand(ModelVerb.Start, one, name, Cut: turns, IsHasty: isHasty);
        var raise = id.SelectMany(one => Raise(names, one));
        var release = from which in Gen.Choose(0, 3) from times in Gen.Elements(1, 1, 1, 0) from turns in Cut select new ModelCommand(ModelVerb.Release, Number: which, Times: times, Cut: turns);
        var advance = from seconds in Gen.Elements(1, 5, 5, 10, 10, 30, 3600) from turns in Cut select new ModelCommand(ModelVerb.Advance, Number: seconds, Cut: turns);
        var whole = Gen.Elements(ModelVerb.Crash, ModelVerb.Restart, ModelVerb.Down, ModelVerb.Down, ModelVerb.Up, ModelVerb.Up, ModelVerb.Up).Select(verb => new ModelCommand(verb));
        var end = from verb in Gen.Elements(ModelVerb.Terminate, ModelVerb.Purge) from one in id select new ModelCommand(verb, one);
        var purge = Gen.Elements(-1, 0, 1, 10).Select(seconds => new ModelCommand(ModelVerb.PurgeOld, Number: seconds));
        return Gen.Frequency((7, start), (6, raise), (4, release), (4, advance), (4, whole), (2, end), (1, purge));
    }

    private static Gen<ModelCommand> Raise(string[] names, int id) =>
        from name in Gen.Elements(names.SelectMany(ModelWorkflows.Events).Append("go").ToArray())
        from payload in Gen.Choose(1, 9)
        from times in Gen.Frequency((4, Gen.Constant(1)), (1, Gen.Choose(2, 4)))
        from turns in Cut
        from isHasty in Hasty
        select new ModelCommand(ModelVerb.Raise, id, name, payload, times, turns, isHasty);

    /// <summary>One instance gets events while no process runs, and timers fall due between them.</summary>
    private static Gen<ModelCommand[]> Outage(string[] names) =>
        from id in Gen.Choose(0, Ids.Count - 1)
        from start in Gen.Elements(names).Select(name => new ModelCommand(ModelVerb.Start, id, name))
        from happened in Gen.Frequency((3, Raise(names, id)), (1, Gen.Elements(3, 5, 10, 30).Select(seconds => new ModelCommand(ModelVerb.Advance, Number: seconds)))).ArrayOf(4)
        select (ModelCommand[])[start, new ModelCommand(ModelVerb.Down), .. happened, new ModelCommand(ModelVerb.Up)];

    private static IEnumerable<ModelCommand[]> Smaller(ModelCommand[] run)
    {
        for (var length = run.Length / 2; length > 0; length /= 2)
        {
            for (var from = run.Length - length; from >= 0; from -= length)
            {
                yield return [.. run[..from], .. run[(from + length)..]];
            }
        }

        for (var i = 0; i < run.Length; i++)
        {
            foreach (var simpler in Simpler(run[i]))
            {
                yield return [.. run[..i], simpler, .. run[(i + 1)..]];
            }
        }
    }

    private static IEnumerable<ModelCommand> Simpler(ModelCommand command)
    {
        if (command.Cut is not null)
        {
            yield return command with { Cut = null };
        }

        if (command.Cut > 0)
        {
            yield return command with { Cut = command.Cut - 1 };
        }

        if (command.IsHasty)
        {
            yield return command with { IsHasty = false };
        }

        if (command.Times > 1)
        {
            yield return command with { Times = command.Times - 1 };
        }

        if (command.Id > 0)
        {
            yield return command with { Id = 0 };
        }

        if (command is { Verb: ModelVerb.Release or ModelVerb.Raise, Number: > 1 })
        {
            yield return command with { Number = 1 };
        }
    }
}
