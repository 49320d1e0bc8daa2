namespace Kayse.Tests.Torture;

/// <summary>Tests that run by themselves: what else ran beside them would take the time that they measure by.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class KillsCollection
{
    public const string Name = "Kills";
}
