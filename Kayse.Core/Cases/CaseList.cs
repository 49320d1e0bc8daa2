namespace Kayse.Core.Cases;

/// <summary>A list of cases.</summary>
/// <param name="Id">Its id, as it stands in a webhook's <c>list_id</c>.</param>
/// <param name="Name">What it is called.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record CaseList(string Id, string Name, DateTimeOffset CreatedAt);

/// <summary>A case on a list.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="AddedAt">When it was added.</param>
public sealed record ListMember(CaseId CaseId, DateTimeOffset AddedAt);
