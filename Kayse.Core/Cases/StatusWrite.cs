namespace Kayse.Core.Cases;

/// <summary>A status that is being written to the CRM.</summary>
/// <param name="Writer">Who writes it: a call's chain by its id, or the push of statuses.</param>
/// <param name="Status">The status, as the CRM names it.</param>
public sealed record StatusWrite(string Writer, string Status);
