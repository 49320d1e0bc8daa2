using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Kayse.Core.Events;

/// <summary>
/// Events that the voice platform puts into the queue itself, in place of <c>POST /api/events</c>: the envelope, or for a large one
/// <c>{"blob": "{company}/incoming/{event id}"}</c>, the name of a blob that holds it. They are taken in as those that come by HTTP.
/// </summary>
public sealed partial class PlatformMessages(EventIntake intake, EventStore events, CompanyRegister companies, IBlobStore blobs, ILogger<PlatformMessages> logger)
{
    /// <summary>The most that an envelope may have, as by HTTP.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const string NoFirm = "-0";

    /// <summary>The folder of a firm's blobs that the platform writes to.</summary>
    public const string Folder = "incoming";

    /// <summary>Takes the event of a message that the platform sent.</summary>
    /// <exception cref="RefusedMessageException">It is no event, or one that cannot be taken; the message names the field.</exception>
    public async Task AcceptAsync(JsonElement message, CancellationToken cancellationToken)
    {
        if (!message.TryGetProperty("blob", out var link))
        {
            await AcceptEnvelopeAsync(message, null, cancellationToken);
            return;
        }

        if (link.ValueKind != JsonValueKind.String || Linked(link.GetString()!) is not var (company, id))
        {
            throw Refused("blob", "Expected {company}/incoming/{event id}, the name of a blob that holds the event.");
        }

        await AcceptLinkedAsync(link.GetString()!, company, id, cancellationToken);
    }

    /// <summary>Whose session a message of the platform's takes where it bears none: its firm's, or one of no firm's.</summary>
    public static string Session(string body)
    {
        try
        {
            var json = JsonSerializer.Deserialize(body, KayseJson.Default.JsonElement);
            var owner = JsonText.Text(json, "companyId") ?? JsonText.Text(json, "blob")?.Split('/')[0];
            return CompanyId.TryParse(owner, null, out var company) ? $"{company}-0" : NoFirm;
        }
        catch (JsonException)
        {
            return NoFirm;
        }
    }

    private async Task AcceptLinkedAsync(string name, CompanyId company, string id, CancellationToken cancellationToken)
    {
        await using (var blob = await blobs.OpenAsync(name, cancellationToken))
        {
            if (blob is null)
            {
                // A message may come twice, and the blob goes when its event is stored.
                if (await events.FindAsync(company, id, cancellationToken) is null)
                {
                    throw new FileNotFoundException("The blob of an event is not there.");
                }

                return;
            }

            if (blob.Length > MaxBytes)
            {
                throw Refused("blob", $"Expected at most {MaxBytes} bytes.");
            }

            await AcceptEnvelopeAsync(await ReadAsync(blob.Content, cancellationToken), (company, id), cancellationToken);
        }

        await blobs.DeleteAsync(name, cancellationToken);
    }

    private async Task AcceptEnvelopeAsync(JsonElement envelope, (CompanyId Company, string Id)? expected, CancellationToken cancellationToken)
    {
        if (envelope.ValueKind != JsonValueKind.Object)
        {
            throw Refused("body", "Expected one event, a JSON object.");
        }

        var read = PlatformEventReader.Read(envelope, out var errors);
        if (errors.Count > 0)
        {
            throw Refused(errors);
        }

        var accepted = read[0];
        if (expected is var (company, id) && (accepted.CompanyId != company || accepted.Id.ToString() != id))
        {
            throw Refused("blob", "Expected the company and the id of the event within it.");
        }

        if (await companies.FindAsync(accepted.CompanyId, cancellationToken) is null)
        {
            throw Refused("companyId", "There is no such firm.");
        }

        if ((await intake.AcceptAsync(read, cancellationToken)).Count > 0)
        {
            throw Refused("id", "This id was accepted with other content; nothing of it was changed.");
        }
    }

    private static (CompanyId Company, string Id)? Linked(string name) =>
        name.Split('/') is [var owner, Folder, var id] && CompanyId.TryParse(owner, null, out var company) && Ids.IsValid(id) ? (company, id) : null;

    private async Task<JsonElement> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(content, KayseJson.Default.JsonElement, cancellationToken);
        }
        catch (JsonException)
        {
            throw Refused("blob", "Expected JSON.");
        }
    }

    private RefusedMessageException Refused(string field, string expected) => Refused([new FieldError(field, expected)]);

    private RefusedMessageException Refused(IReadOnlyList<FieldError> errors)
    {
        var reason = string.Join(' ', errors.Take(5).Select(error => $"{error.Field}: {error.Message}"));
        Log.Refused(logger, errors[0].Field, errors.Count);
        return new RefusedMessageException(reason);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "An event that the platform sent by queue was refused: {Field} and {Count} fields in all")]
        public static partial void Refused(ILogger logger, string field, int count);
    }
}
