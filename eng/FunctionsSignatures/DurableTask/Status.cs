// Checked against Grpc.Core.Api 2.80.0.
namespace Grpc.Core;

public struct Status
{
    public Status(StatusCode statusCode, string detail)
    {
        StatusCode = statusCode;
        Detail = detail;
    }

    public StatusCode StatusCode { get; }

    public string Detail { get; }
}
