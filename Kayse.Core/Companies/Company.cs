namespace Kayse.Core.Companies;

/// <summary>A firm.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What it is called.</param>
/// <param name="TimeZone">Its IANA time zone, e.g. <c>America/New_York</c>.</param>
/// <param name="CreatedAt">When it was opened.</param>
/// <param name="TenantId">The Microsoft Entra tenant whose people may sign in for it, or null.</param>
public sealed record Company(CompanyId Id, string Name, string TimeZone, DateTimeOffset CreatedAt, Guid? TenantId = null);

/// <summary>A firm's row in the directory of all firms.</summary>
/// <param name="Id">The firm.</param>
public sealed record CompanyEntry(CompanyId Id);

/// <summary>A Microsoft Entra tenant's row: whose people may sign in for which firm.</summary>
/// <param name="Company">The firm.</param>
public sealed record TenantEntry(CompanyId Company);
