using Kayse.Core.Storage;

namespace Kayse.Tests.StoreWriter;

/// <summary>Handles a message by saying so.</summary>
internal sealed class ReportingHandler(Report report) : IQueueHandler
{
    public string Queue => StoreModel.Queue;

    public Task HandleAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        report.Say(StoreModel.Handled(message.Id));
        return Task.CompletedTask;
    }
}
