using System.Text.Json.Nodes;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Works out what a case's matter is to be in Lawmatics.</summary>
public sealed class MatterPlans(LawmaticsStages stages, LawmaticsCatalog catalog, LawmaticsFields fields, TimeProvider clock)
{
    private const int MaxTitle = 250;

    /// <summary>The plan, or what becomes of the attempt without one.</summary>
    public async Task<(MatterPlan? Plan, StepOutcome? Instead)> MakeAsync(LawmaticsTarget target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        var (known, noStages) = await catalog.StagesAsync(target, cancellationToken);
        if (known.Items is null)
        {
            return (null, LawmaticsOutcomes.Of(noStages!, clock.GetUtcNow()));
        }

        var (areas, noAreas) = await catalog.PracticeAreasAsync(target, cancellationToken);
        if (areas.Items is null)
        {
            return (null, LawmaticsOutcomes.Of(noAreas!, clock.GetUtcNow()));
        }

        var saved = await stages.SavedAsync(target.Company.Id, target.Firm, cancellationToken);
        var choice = LawmaticsStages.Choose(saved, target.CaseType, target.Matter.PracticeArea, known.Items, areas.Items);
        if (choice.IsStageGone || choice.IsAreaGone)
        {
            return (null, StepOutcome.Refused($"The {(choice.IsStageGone ? "stage" : "practice area")} that is mapped for this case type is not in Lawmatics any more. Choose another in the stage mapping, then sync again."));
        }

        var (custom, instead) = await fields.ForAsync(target, LawmaticsFields.Matter, MatterStep.Name, cancellationToken);
        return instead is not null ? (null, instead) : (new MatterPlan(TitleOf(target))
        {
            StageId = choice.Stage?.Id,
            Stage = choice.Stage?.Name,
            AreaId = choice.Area?.Id,
            IsAreaUnknown = choice.IsAreaUnknown,
            CustomFields = custom,
        }, null);
    }

    /// <summary>A matter's title: the one that it has in Kayse, else the client's name and the case type. Never the name of the case in another CRM: that is the firm's.</summary>
    private static string TitleOf(LawmaticsTarget target)
    {
        var person = target.Client.FullName ?? string.Join(' ', new[] { target.Client.FirstName, target.Client.LastName }.Where(part => !string.IsNullOrWhiteSpace(part)));
        var made = string.Join(" – ", new[] { person, target.CaseType }.Where(part => !string.IsNullOrWhiteSpace(part)));
        var title = (target.Matter.Title ?? (made.Length > 0 ? made : "Kayse matter")).Trim();
        return title.Length <= MaxTitle ? title : title[..(char.IsHighSurrogate(title[MaxTitle - 1]) ? MaxTitle - 1 : MaxTitle)];
    }
}

/// <summary>What a matter is to be.</summary>
/// <param name="Title">Its title.</param>
public sealed record MatterPlan(string Title)
{
    /// <summary>The stage's id; null for none.</summary>
    public string? StageId { get; init; }

    /// <summary>The stage's name.</summary>
    public string? Stage { get; init; }

    /// <summary>The practice area's id; null for none.</summary>
    public string? AreaId { get; init; }

    /// <summary>True when Lawmatics has no practice area of the name that the case bears.</summary>
    public bool IsAreaUnknown { get; init; }

    /// <summary>The values of custom fields; null for none.</summary>
    public JsonArray? CustomFields { get; init; }

    /// <summary>The body to send; null is never in it, since that would clear.</summary>
    public JsonObject Body(bool withStage)
    {
        var body = new JsonObject { ["case_title"] = Title };
        foreach (var (name, id) in new[] { ("practice_area_id", AreaId), ("stage_id", withStage ? StageId : null) })
        {
            if (id is not null)
            {
                body[name] = long.TryParse(id, out var number) ? number : id;
            }
        }

        if (CustomFields is not null)
        {
            body["custom_fields"] = CustomFields.DeepClone();
        }

        return body;
    }

    /// <summary>A hash that is another when an update would send anything else.</summary>
    public string Hash(string contact) => LawmaticsWrites.Hash($"{contact}\n{Body(withStage: false).ToJsonString()}");

    /// <summary>What there is to say of a write that worked.</summary>
    public string Note(string done) => IsAreaUnknown ? $"{done} Lawmatics has no practice area of the name that the matter bears: none was sent. Add it there, or choose one in the stage mapping." : done;

    /// <summary>Never the contents.</summary>
    public override string ToString() => "MatterPlan { *** }";
}
