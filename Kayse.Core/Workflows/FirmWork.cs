using Kayse.Core.Companies;

namespace Kayse.Core.Workflows;

/// <summary>Work that a timer has done for one firm after another, each in a workflow of its own.</summary>
/// <param name="Name">Its name, which stands in the workflow's id: lower-case letters and hyphens.</param>
/// <param name="Timer">The timer that starts it, one of <see cref="FirmTimers"/>'.</param>
/// <param name="Firms">For which firms there is something to do.</param>
/// <param name="RunAsync">Does it for one firm. It may be repeated, and one that throws is done again at the timer's next turn.</param>
public sealed record FirmWork(string Name, string Timer, Func<CancellationToken, IAsyncEnumerable<CompanyId>> Firms, Func<CompanyId, CancellationToken, Task> RunAsync);
