using System.Globalization;
using System.Text;
using Kayse.Core.Cases;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>The text of the activity: that the intake is complete, with what the client answered and the link to the portal. Its last line is the marker by which it is found again.</summary>
public static class IntakeNote
{
    private const int MaxText = 30_000;

    /// <summary>What the activity tells, to tell whether it was told: the same is not written twice.</summary>
    public static string Hash(LawmaticsTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var matter = target.Matter;
        return LawmaticsWrites.Hash($"{matter.IntakeAt:O}\n{matter.AnswersHash}\n{string.Join(',', matter.Documents.Where(_ => matter.IntakeAt is not null).Select(document => document.Id).Order(StringComparer.Ordinal))}")[..12];
    }

    /// <summary>The last line.</summary>
    public static string Marker(LawmaticsTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return $"Kayse intake {target.Case.Id} ({Hash(target)})";
    }

    /// <summary>The text.</summary>
    public static string Text(LawmaticsTarget target, IReadOnlyList<ClientAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(answers);
        var (matter, text) = (target.Matter, new StringBuilder());
        text.Append(matter.IsIntakeComplete ? "Intake complete" : "Matter opened in Kayse; the intake is not complete yet");
        text.AppendLine(matter.Title is { } title ? $": {title}" : ".");
        Line(text, "Completed", (matter.IntakeAt ?? (matter.Documents.Count > 0 ? matter.Documents.Max(document => document.At) : null)) is { } at ? Local(at, target) : null);
        Line(text, "Practice area", matter.PracticeArea);
        Line(text, "Case type", target.Case.CaseType);
        // Their number alone: a document's name is the firm's, not the client's.
        Line(text, "Documents approved", matter.Documents.Count > 0 ? JsonText.Invariant(matter.Documents.Count) : null);
        Line(text, "Kayse portal", matter.PortalUrl);
        if (answers.Count > 0)
        {
            text.AppendLine().AppendLine("What the client submitted:");
            foreach (var answer in answers)
            {
                Line(text, answer.Label.TrimEnd(':'), string.Join(", ", answer.Values));
                if (text.Length > MaxText)
                {
                    text.Length = char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText;
                    text.AppendLine("…").AppendLine("The rest is in the Kayse portal.");
                    break;
                }
            }
        }

        return text.AppendLine().Append(Marker(target)).ToString().ReplaceLineEndings("\n");
    }

    private static void Line(StringBuilder text, string label, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            text.Append(label).Append(": ").AppendLine(value.Trim());
        }
    }

    private static string Local(DateTimeOffset at, LawmaticsTarget target) => TimeZoneInfo.TryFindSystemTimeZoneById(target.Company.TimeZone, out var zone)
        ? $"{TimeZoneInfo.ConvertTime(at, zone).ToString("MMMM d, yyyy h:mm tt", CultureInfo.InvariantCulture)} ({target.Company.TimeZone})"
        : at.UtcDateTime.ToString("MMMM d, yyyy h:mm tt 'UTC'", CultureInfo.InvariantCulture);
}
