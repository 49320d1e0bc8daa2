namespace Kayse.Core.Sync;

/// <summary>What a status that the CRM tells of means.</summary>
public enum StatusVerdict
{
    /// <summary>It was so before something that is known already.</summary>
    Old,

    /// <summary>Both sides have the same.</summary>
    Agrees,

    /// <summary>The case keeps its own, which is on its way to the CRM.</summary>
    Keep,

    /// <summary>The case takes the CRM's.</summary>
    Take,
}
