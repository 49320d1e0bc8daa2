using Kayse.Core.Companies;

namespace Kayse.Core.Sync;

/// <summary>A CRM whose connections are watched for failures.</summary>
/// <param name="Crm">Its name in routes and rows.</param>
/// <param name="Name">What people call it.</param>
/// <param name="ConditionAsync">How a firm's connection stands; null when there is none, or it is paused.</param>
public sealed record WatchedCrm(string Crm, string Name, Func<CompanyId, CancellationToken, Task<CrmCondition?>> ConditionAsync);

/// <summary>How a firm's connection to a CRM stands.</summary>
/// <param name="IsSynced">True when something is fetched from it by itself, so that a sync which fails is a failure.</param>
/// <param name="RefusedSince">Since when the CRM refuses the firm's credentials, where the connection itself knows it; null otherwise.</param>
/// <param name="RefusedMessage">What a refusal of the credentials means and what to do.</param>
public sealed record CrmCondition(bool IsSynced, DateTimeOffset? RefusedSince, string RefusedMessage);
