namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary>A call that Lawmatics refuses, with the one error of its answer.</summary>
internal sealed class LawmaticsRefusal(int status, string title, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    public string Title { get; } = title;

    /// <summary>422; the wording of Lawmatics' own validations is not known.</summary>
    public static LawmaticsRefusal Invalid(string detail) => new(StatusCodes.Status422UnprocessableEntity, "Unprocessable Entity", detail);

    public static LawmaticsRefusal Missing(string title, string? id) =>
        new(StatusCodes.Status404NotFound, "Not found", $"{title} with id {id} was not found.");
}
