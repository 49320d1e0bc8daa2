namespace Kayse.Core.Sync;

/// <summary>A status as a CRM tells it.</summary>
/// <param name="Status">Its name there.</param>
/// <param name="StatusId">Its id there, or null where the CRM does not tell it.</param>
/// <param name="SetAt">When it was set, as far as the CRM tells: no later than when it was seen.</param>
/// <param name="SeenAt">When it was asked for, or came by itself.</param>
public sealed record CrmStatus(string Status, string? StatusId, DateTimeOffset SetAt, DateTimeOffset SeenAt);
