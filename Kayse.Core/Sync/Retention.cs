using Kayse.Core.Companies;

namespace Kayse.Core.Sync;

/// <summary>Deletes what has been kept as long as it shall be.</summary>
public sealed class Retention(CompanyRegister companies, InboundLog inbound)
{
    /// <summary>How often to run it.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>Purges every firm.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var company in companies.AllAsync(cancellationToken))
        {
            await inbound.PurgeUnauthorizedAsync(company, cancellationToken);
        }
    }
}
