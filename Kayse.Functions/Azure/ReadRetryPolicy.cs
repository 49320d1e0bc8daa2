using Azure.Core;
using Azure.Core.Pipeline;

namespace Kayse.Functions.Azure;

/// <summary>Repeats what only reads. A write that the library repeated could meet what its own first try wrote, and be answered as if another had been first.</summary>
internal sealed class ReadRetryPolicy() : RetryPolicy(4, DelayStrategy.CreateExponentialDelayStrategy(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5)))
{
    /// <inheritdoc/>
    protected override bool ShouldRetry(HttpMessage message, Exception? exception) => message.Request.Method == RequestMethod.Get && base.ShouldRetry(message, exception);

    /// <inheritdoc/>
    protected override ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        message.Request.Method == RequestMethod.Get ? base.ShouldRetryAsync(message, exception) : ValueTask.FromResult(false);
}
