using Kayse.Core.Cases;
using Kayse.Core.Mapping;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>What a custom field of Lawmatics' may take its value from: the client, the matter, and what the client answered. Notes, descriptions, a call's analysis and a CRM's own fields are none of it.</summary>
public static class LawmaticsSources
{
    /// <summary>Before the key of an answer of the client's.</summary>
    public const string AnswerPrefix = "answers.";

    private const int MaxFrom = 120;

    /// <summary>What there is, besides <c>answers.{key}</c>, with the kind that its values are of.</summary>
    public static IReadOnlyDictionary<string, FieldKind> All { get; } = new Dictionary<string, FieldKind>(StringComparer.Ordinal)
    {
        ["client.firstName"] = FieldKind.Text,
        ["client.lastName"] = FieldKind.Text,
        ["client.fullName"] = FieldKind.Text,
        ["client.email"] = FieldKind.Text,
        ["client.phone"] = FieldKind.Text,
        ["client.address"] = FieldKind.Text,
        ["client.city"] = FieldKind.Text,
        ["client.state"] = FieldKind.Text,
        ["client.zip"] = FieldKind.Text,
        ["client.dateOfBirth"] = FieldKind.Date,
        ["case.type"] = FieldKind.Text,
        ["matter.id"] = FieldKind.Text,
        ["matter.title"] = FieldKind.Text,
        ["matter.practiceArea"] = FieldKind.Text,
        ["matter.portalUrl"] = FieldKind.Text,
        ["intake.completedAt"] = FieldKind.DateTime,
    };

    /// <summary>True for what a pair may take its value from.</summary>
    public static bool IsSource(string? from) =>
        from is { Length: <= MaxFrom } && (All.ContainsKey(from) || (from.Length > AnswerPrefix.Length && from.StartsWith(AnswerPrefix, StringComparison.Ordinal) && !from.Any(char.IsControl)));

    /// <summary>True when a source's values can fit a field of a kind; of an answer nobody knows before it is there.</summary>
    public static bool Fits(string from, FieldKind kind)
    {
        ArgumentNullException.ThrowIfNull(from);
        return kind != FieldKind.Lookup && (!All.TryGetValue(from, out var own) || kind switch
        {
            FieldKind.Text => true,
            FieldKind.SingleSelect or FieldKind.MultiSelect => own == FieldKind.Text,
            FieldKind.Date => own is FieldKind.Date or FieldKind.DateTime,
            FieldKind.DateTime => own == FieldKind.DateTime,
            _ => false,
        });
    }

    /// <summary>The value of a source, or null.</summary>
    public static GivenValue? Value(LawmaticsTarget target, IReadOnlyList<ClientAnswer> answers, string from)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(from);
        return from.StartsWith(AnswerPrefix, StringComparison.Ordinal)
            ? answers.FirstOrDefault(answer => answer.Key == from[AnswerPrefix.Length..]) is { } answer ? new GivenValue(answer.Values) : null
            : from == "client.dateOfBirth" ? GivenValue.Of(target.Client.DateOfBirth)
            : GivenValue.Of(Text(target, from));
    }

    private static string? Text(LawmaticsTarget target, string from) => from switch
    {
        "client.firstName" => target.Client.FirstName,
        "client.lastName" => target.Client.LastName,
        "client.fullName" => target.Client.FullName ?? string.Join(' ', new[] { target.Client.FirstName, target.Client.LastName }.OfType<string>()),
        "client.email" => target.Client.Email,
        "client.phone" => target.Client.Phone,
        "client.address" => target.Client.Address,
        "client.city" => target.Client.City,
        "client.state" => target.Client.State,
        "client.zip" => target.Client.Zip,
        "case.type" => target.Case.CaseType,
        "matter.id" => target.Matter.MatterId,
        "matter.title" => target.Matter.Title,
        "matter.practiceArea" => target.Matter.PracticeArea,
        "matter.portalUrl" => target.Matter.PortalUrl,
        "intake.completedAt" => target.Matter.IntakeAt?.ToString("O"),
        _ => null,
    };
}
