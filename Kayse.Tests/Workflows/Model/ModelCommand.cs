namespace Kayse.Tests.Workflows.Model;

public enum ModelVerb
{
    Start,
    Raise,
    Release,
    Advance,
    Crash,
    Restart,
    Down,
    Up,
    Terminate,
    Purge,
    PurgeOld,
}

/// <summary>What is done to engine and model alike.</summary>
/// <param name="Verb">What.</param>
/// <param name="Id">The instance, by its place among <see cref="ModelRuns.Ids"/>.</param>
/// <param name="Name">The workflow to be started or the event to be raised.</param>
/// <param name="Number">The event's payload, the activity to be released, or seconds.</param>
/// <param name="Times">How often an event is raised in a row; 0 with a release lets the activity fail.</param>
/// <param name="Cut">After how many turns the store takes no more of them, which ends in a crash; null for a store that goes on.</param>
/// <param name="IsHasty">The next start or event does not wait until this has come to rest.</param>
public sealed record ModelCommand(ModelVerb Verb, int Id = 0, string Name = "", int Number = 0, int Times = 1, int? Cut = null, bool IsHasty = false)
{
    public override string ToString() => (Verb switch
    {
        ModelVerb.Start => $"start {ModelRuns.Ids[Id]} {Name}",
        ModelVerb.Raise => $"raise {ModelRuns.Ids[Id]} {Name} {Number}{(Times > 1 ? $" {Times} times" : string.Empty)}",
        ModelVerb.Release => $"{(Times > 0 ? "release" : "fail")} activity {Number}",
        ModelVerb.Advance => $"advance {Number} s",
        ModelVerb.Terminate => $"terminate {ModelRuns.Ids[Id]}",
        ModelVerb.Purge => $"purge {ModelRuns.Ids[Id]}",
        ModelVerb.PurgeOld => $"purge what ended {Number} s ago",
        _ => Verb.ToString().ToLowerInvariant(),
    }) + (Cut is { } turns ? $", crash after {turns} turns" : IsHasty ? ", at once" : string.Empty);
}
