namespace Kayse.Sandbox.Faults;

/// <summary>Whether a call that is made to fail takes effect all the same.</summary>
internal enum FaultApplied
{
    /// <summary>Nothing is written.</summary>
    No,

    /// <summary>The write is made, then the answer fails.</summary>
    Before,

    /// <summary>The answer fails, and the write is made when the caller has given up.</summary>
    Late,
}
