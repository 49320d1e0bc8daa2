using Kayse.Core;
using Microsoft.AspNetCore.Http;

namespace Kayse.Web;

/// <summary>Errors as problem details (RFC 9457) that name the field and what was expected.</summary>
public static class Problems
{
    /// <summary>400 with what is wrong, field by field.</summary>
    public static IResult Invalid(params IReadOnlyList<FieldError> errors) => WithErrors(StatusCodes.Status400BadRequest, "The request is not valid.", errors);

    /// <summary>Any status with what is wrong, field by field.</summary>
    public static IResult WithErrors(int status, string title, IReadOnlyList<FieldError> errors) =>
        Results.Problem(statusCode: status, title: title, extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["errors"] = errors });

    /// <summary>401: no key, or a wrong one.</summary>
    public static IResult Unauthorized() =>
        Results.Problem(statusCode: StatusCodes.Status401Unauthorized, title: "No valid key was sent.", detail: $"Send your API key in the {Access.Callers.Header} header.");

    /// <summary>403: a key that may not do this.</summary>
    public static IResult Forbidden(string detail) => Results.Problem(statusCode: StatusCodes.Status403Forbidden, title: "Not allowed.", detail: detail);

    /// <summary>404.</summary>
    public static IResult NotFound(string detail) => Results.Problem(statusCode: StatusCodes.Status404NotFound, title: "Not found.", detail: detail);

    /// <summary>409.</summary>
    public static IResult Conflict(string field, string message) => WithErrors(StatusCodes.Status409Conflict, "This conflicts with what is there.", [new FieldError(field, message)]);

    /// <summary>413: more than is read.</summary>
    public static IResult TooLarge(long maxBytes) =>
        WithErrors(StatusCodes.Status413PayloadTooLarge, "The request is too large.", [new FieldError("body", $"Expected at most {maxBytes} bytes.")]);
}
