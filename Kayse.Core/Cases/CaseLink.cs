namespace Kayse.Core.Cases;

/// <summary>A CRM's id tied to ours.</summary>
/// <param name="Id">Our id.</param>
public sealed record CaseLink(string Id);
