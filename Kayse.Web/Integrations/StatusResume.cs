using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Core;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Sync;
using Microsoft.AspNetCore.Http;

namespace Kayse.Web.Integrations;

/// <summary>
/// Changes the settings, and asks what shall become of Kayse's queued changes when the sync of statuses is switched on for another time: 409 with
/// the two resume modes, unless <c>statusResume</c> names one.
/// </summary>
public sealed class StatusResume(LawRulerConnections connections, StatusQueue queue, StatusReplays replays, AuditLog audit, TimeProvider clock)
{
    private const string Field = "statusResume";
    private const string Action = "status_sync";

    /// <summary>Makes the change.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="body">What was sent.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The connection as it was and what became of the queue; or what is wrong.</returns>
    public async Task<(LawRulerConnection? Before, LawRulerConnection? After, StatusResumed? Resumed, IResult? Problem)> PatchAsync(CompanyId company, byte[] body, CancellationToken cancellationToken)
    {
        var (patch, mode, wrong) = TakeMode(body);
        if (wrong is not null)
        {
            return (null, null, null, Problems.Invalid(wrong));
        }

        var before = await connections.GetAsync(company, cancellationToken);
        var preview = SettingsPatch.Apply(before, patch, out var errors);
        if (errors.Count > 0)
        {
            return (null, null, null, Problems.Invalid(errors));
        }

        if (StatusSwitch.Asks(before, preview, mode))
        {
            return (null, null, null, Ask(await queue.CountAsync(company, cancellationToken)));
        }

        // Dropped while it is still off. What comes from now on counts as new, also what comes between the drop and the switch.
        var now = clock.GetUtcNow();
        var isAgain = StatusSwitch.Turn(before, preview) == StatusTurn.OnAgain;
        var dropped = isAgain && mode == StatusSwitch.NonRetroactive ? await queue.DropAsync(company, cancellationToken) : new QueueCount(0, 0);
        var replay = replays.NewId();
        var after = await connections.ChangeAsync(
            company, old => StatusSwitch.Apply(old, SettingsPatch.Apply(old, patch, out errors), mode, replay, now), cancellationToken);
        var resumed = isAgain ? await ResumeAsync(company, after, mode!, dropped, cancellationToken) : null;
        await SayAsync(company, StatusSwitch.Turn(before, after), resumed, cancellationToken);
        return (before, after, resumed, null);
    }

    private async Task<StatusResumed> ResumeAsync(CompanyId company, LawRulerConnection after, string mode, QueueCount dropped, CancellationToken cancellationToken)
    {
        if (after.StatusReplay is not { } replay)
        {
            return new StatusResumed(mode, dropped.Changes, 0, dropped.Cases, null, null);
        }

        var waiting = await queue.CountAsync(company, cancellationToken);
        await replays.StartAsync(company, replay, cancellationToken);
        return new StatusResumed(mode, 0, waiting.Changes, waiting.Cases, replay, StatusSwitch.Modes.First(one => one.Mode == mode).Warning);
    }

    private static IResult Ask(QueueCount waiting) => Results.Problem(
        statusCode: StatusCodes.Status409Conflict,
        title: "The sync of case statuses was on before. Say what shall become of the changes that were made in Kayse since.",
        detail: $"Send it again with {Field}: {StatusSwitch.NonRetroactive} (recommended) or {StatusSwitch.Retroactive}.",
        extensions: new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["errors"] = new[] { new FieldError(Field, $"Expected {StatusSwitch.NonRetroactive} or {StatusSwitch.Retroactive}.") },
            ["resumeModes"] = StatusSwitch.Modes,
            ["queued"] = waiting.Changes,
            ["queuedCases"] = waiting.Cases,
        });

    private async Task SayAsync(CompanyId company, StatusTurn turn, StatusResumed? resumed, CancellationToken cancellationToken)
    {
        var said = turn switch
        {
            StatusTurn.Off => "Sync case statuses was switched off.",
            StatusTurn.OnFirst => "Sync case statuses was switched on.",
            StatusTurn.OnAgain when resumed?.Workflow is not null => $"Sync case statuses was switched on again, retroactively: {resumed.Replayed} queued changes of {resumed.Cases} cases are replayed.",
            StatusTurn.OnAgain => $"Sync case statuses was switched on again, not retroactively: {resumed?.Dropped} queued changes of {resumed?.Cases} cases were dropped.",
            _ => null,
        };
        if (said is not null)
        {
            await audit.WriteAsync(company, LawRulerConnections.Crm, Action, "done", null, null, said, cancellationToken);
        }
    }

    // What is not JSON, or no object, is named by whoever reads the rest.
    private static (byte[] Patch, string? Mode, FieldError? Wrong) TakeMode(byte[] body)
    {
        try
        {
            if (JsonNode.Parse(body) is not JsonObject given || !given.TryGetPropertyValue(Field, out var named))
            {
                return (body, null, null);
            }

            given.Remove(Field);
            var mode = named is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
            return mode is StatusSwitch.NonRetroactive or StatusSwitch.Retroactive
                ? (JsonSerializer.SerializeToUtf8Bytes<JsonNode>(given, WebJson.Default.JsonNode), mode, null)
                : (body, null, new FieldError(Field, $"Expected {StatusSwitch.NonRetroactive} or {StatusSwitch.Retroactive}."));
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException or InvalidOperationException)
        {
            return (body, null, null);
        }
    }
}

/// <summary>What became of the changes that were queued while the sync of statuses was off.</summary>
/// <param name="Mode">The resume mode.</param>
/// <param name="Dropped">How many were dropped.</param>
/// <param name="Replayed">How many are replayed, the newest of each case.</param>
/// <param name="Cases">Of how many cases.</param>
/// <param name="Workflow">The workflow that replays them, or null.</param>
/// <param name="Warning">What to mind, or null.</param>
public sealed record StatusResumed(string Mode, int Dropped, int Replayed, int Cases, string? Workflow, string? Warning);
