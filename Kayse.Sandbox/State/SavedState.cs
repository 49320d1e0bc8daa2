using Kayse.Sandbox.Lawmatics;
using Kayse.Sandbox.LawRuler;

namespace Kayse.Sandbox.State;

/// <summary>The content of the state file.</summary>
internal sealed record SavedState
{
    public int Version { get; init; } = 1;

    public required IReadOnlyList<Portal> Portals { get; init; }

    public IReadOnlyList<LawmaticsFirm> Lawmatics { get; init; } = [];
}
