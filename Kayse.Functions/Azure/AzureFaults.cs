using System.Net.Sockets;
using Azure;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Kayse.Core.Storage;

namespace Kayse.Functions.Azure;

/// <summary>What the Azure libraries throw, as the ports say it: without any data, and without the fault itself, whose text may show what was sent.</summary>
internal static class AzureFaults
{
    /// <summary>Calls a service; a fault that says it cannot be had now becomes a <see cref="StorageUnavailableException"/>.</summary>
    public static async Task<T> GuardAsync<T>(string service, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (Exception fault) when (Unavailable(service, fault, cancellationToken) is not null)
        {
            throw Unavailable(service, fault, cancellationToken)!;
        }
    }

    /// <summary>As the other, for a call without an answer.</summary>
    public static Task GuardAsync(string service, Func<Task> call, CancellationToken cancellationToken) => GuardAsync(
        service,
        async () =>
        {
            await call();
            return true;
        },
        cancellationToken);

    /// <summary>True for a fault that may be over at the next try. What was asked for may have been done all the same, and only the answer been lost.</summary>
    public static bool MayPass(Exception fault, CancellationToken cancellationToken) => fault switch
    {
        RequestFailedException { Status: 0 or 408 or 429 or >= 500 } => true,
        // The libraries' own time-outs.
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        IOException => true,
        AggregateException { InnerExceptions: [.., var last] } => MayPass(last, cancellationToken),
        _ => false,
    };

    private static StorageUnavailableException? Unavailable(string service, Exception fault, CancellationToken cancellationToken) => fault switch
    {
        // The libraries' retries put all of their faults into one.
        AggregateException { InnerExceptions: [.., var last] } => Unavailable(service, last, cancellationToken),
        RequestFailedException { Status: 401 or 403 } refused => Refused(service, Answer(refused)),
        RequestFailedException { Status: 429 or 503 } busy => new($"{service} is busy ({Answer(busy)}). Try again later."),
        RequestFailedException { Status: 408 or 409 or >= 500 } failed => new($"{service} could not do it ({Answer(failed)}). Try again later."),
        RequestFailedException { Status: 0 } or IOException or SocketException or TimeoutException => Unreachable(service, fault),
        OperationCanceledException when !cancellationToken.IsCancellationRequested => new($"{service} did not answer in time. Try again later."),
        AuthenticationFailedException => new($"There is no token for {service} ({Cause(fault)}). Check that the app has the managed identity that AZURE_CLIENT_ID names."),
        UnauthorizedAccessException => Refused(service, "401"),
        ServiceBusException { Reason: ServiceBusFailureReason.MessagingEntityNotFound or ServiceBusFailureReason.MessagingEntityDisabled } missing =>
            new($"{service} has not the queue, or it is disabled ({missing.Reason}). Provision the installation again."),
        ServiceBusException { Reason: ServiceBusFailureReason.ServiceCommunicationProblem } => Unreachable(service, fault),
        ServiceBusException other => new($"{service} could not do it ({other.Reason}). Try again later."),
        _ => null,
    };

    private static StorageUnavailableException Refused(string service, string answer) =>
        new($"{service} refuses access ({answer}). Give the app's managed identity its role there, and let the network rules pass the app.");

    private static StorageUnavailableException Unreachable(string service, Exception fault) =>
        new($"{service} cannot be reached ({Cause(fault)}). Check its address in the settings and the network.");

    private static string Answer(RequestFailedException fault) =>
        fault.ErrorCode is { Length: > 0 and <= 64 } code && code.All(char.IsAsciiLetterOrDigit) ? $"{fault.Status} {code}" : $"{fault.Status}";

    private static string Cause(Exception fault) => fault.GetBaseException() switch
    {
        SocketException socket => $"{socket.SocketErrorCode}",
        var other => other.GetType().Name,
    };
}
