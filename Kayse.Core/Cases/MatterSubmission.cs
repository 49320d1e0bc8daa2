using System.Text.Json.Serialization;
using Kayse.Core.Events;
using Kayse.Core.Storage;

namespace Kayse.Core.Cases;

/// <summary>What the client answered, and which documents were approved.</summary>
/// <param name="Answers">The last word about each question.</param>
/// <param name="Documents">The documents, the oldest first.</param>
public sealed record MatterSubmission(IReadOnlyList<KeptAnswer> Answers, IReadOnlyList<ApprovedDocument> Documents)
{
    private const int MaxText = 300;
    private const int MaxUrl = 1000;
    private const int MaxDocuments = 500;

    /// <summary>Nothing.</summary>
    public static MatterSubmission None { get; } = new([], []);

    /// <summary>The answers that may leave Kayse.</summary>
    public IReadOnlyList<ClientAnswer> Current() => [.. Answers.Select(answer => answer.Answer).OfType<ClientAnswer>()];

    /// <summary>With what an event tells; what is older than what is known changes nothing of it.</summary>
    public MatterSubmission With(PlatformEvent platformEvent)
    {
        ArgumentNullException.ThrowIfNull(platformEvent);
        return new MatterSubmission(ClientAnswers.Merge(Answers, platformEvent.Data, platformEvent.OccurredAt), WithDocument(platformEvent));
    }

    /// <summary>Never the contents.</summary>
    public override string ToString() => $"MatterSubmission {{ {Answers.Count}, {Documents.Count} }}";

    private IReadOnlyList<ApprovedDocument> WithDocument(PlatformEvent platformEvent)
    {
        if (platformEvent.Type != EventTypes.DocumentApproved || JsonText.Property(platformEvent.Data, "document") is not { } document
            || JsonText.Text(document, "id") is not { } id || !Ids.IsValid(id) || Documents.Any(one => one.Id == id && one.At > platformEvent.OccurredAt))
        {
            return Documents;
        }

        var approved = new ApprovedDocument(
            id, Matters.Text(document, "name", MaxText) ?? id, Matters.Text(document, "contentType", MaxText), Matters.Text(document, "url", MaxUrl), platformEvent.OccurredAt);
        return [.. Documents.Where(one => one.Id != id).Append(approved).OrderBy(one => one.At).ThenBy(one => one.Id, StringComparer.Ordinal).TakeLast(MaxDocuments)];
    }
}

/// <summary>The last word about a question.</summary>
/// <param name="Key">The question's key.</param>
/// <param name="ToldAt">When it was told.</param>
/// <param name="Answer">The answer; null where it was withdrawn or may not leave Kayse.</param>
public sealed record KeptAnswer(string Key, DateTimeOffset ToldAt, ClientAnswer? Answer)
{
    /// <summary>How much it is, in characters.</summary>
    [JsonIgnore]
    public int Length => Answer is null ? 0 : Answer.Label.Length + Answer.Values.Sum(value => value.Length);

    /// <summary>Never the answer.</summary>
    public override string ToString() => $"KeptAnswer {{ {Key} }}";
}
