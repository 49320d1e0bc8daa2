using System.Text.Json.Nodes;
using Kayse.Core.Cases;
using Kayse.Core.Storage;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// The client's contact: the one with the same e-mail address is linked, else one is made. A contact's making is taken under the hash of the e-mail address, so that two
/// matters of one new client that come at the same moment make one.
/// </summary>
public sealed class ContactStep(LawmaticsClient client, LawmaticsContacts contacts, LawmaticsLinks links, LawmaticsFields fields, CrmEffects effects, OnceInCrm once, TimeProvider clock)
{
    /// <summary>The step's name.</summary>
    public const string Name = "contact";

    private const int MaxEmail = 320;

    // An attempt takes no longer: the searches, the lists and the write each have a time-out of half a minute.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_mostBusy = TimeSpan.FromSeconds(15);

    // Lawmatics' clock may be another than ours.
    private static readonly TimeSpan s_clocks = TimeSpan.FromMinutes(10);

    private static readonly StepOutcome s_nobody = StepOutcome.Refused("The client has neither a name nor an e-mail address nor a phone number: there is nothing to make a contact of. Complete the client, then sync again.");

    private static readonly StepOutcome s_unknown = StepOutcome.Refused("Lawmatics did not confirm that it made the contact, and does not let Kayse look. It is not made again, so that it cannot be there twice: look in Lawmatics, then sync again.");

    /// <summary>Makes one attempt.</summary>
    public async Task<StepOutcome> RunAsync(LawmaticsTarget target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (await links.FindContactAsync(target.Company.Id, target.Firm, target.Client.Id, cancellationToken) is { } link)
        {
            var (isThere, _, instead) = await ReadAsync(target, link.ContactId, cancellationToken);
            if (isThere || instead is not null)
            {
                return instead ?? await UpdateAsync(target, link, null, cancellationToken);
            }

            // Deleted there, or merged into another: it is searched for anew.
            await links.RemoveContactAsync(target.Company.Id, target.Firm, target.Client.Id, cancellationToken);
            await effects.ReopenAsync(target.Company.Id, Identity(target).Key, Name, link.ContactId, cancellationToken);
        }

        return Person(target.Client).Count == 0 ? s_nobody : await TakeAsync(target, cancellationToken);
    }

    /// <summary>A client's e-mail address as Lawmatics may take it, or null.</summary>
    public static string? EmailOf(Client client)
    {
        ArgumentNullException.ThrowIfNull(client);
        var email = client.Email?.Trim();
        return email is { Length: > 2 and <= MaxEmail } && email.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < email.Length - 1 && !email.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) ? email : null;
    }

    private async Task<StepOutcome> TakeAsync(LawmaticsTarget target, CancellationToken cancellationToken)
    {
        var (own, email, phone) = Identity(target);
        // One whose making was begun when the client had another address comes to its end first.
        var making = await links.MakingAsync(target.Company.Id, target.Firm, target.Client.Id, cancellationToken);
        var key = making ?? own;
        var hold = await effects.HoldAsync(target.Company.Id, key, Name, target.Case.Id.ToString(), s_patience, cancellationToken);
        if (hold.Resource is { } known)
        {
            var (isThere, contact, instead) = await ReadAsync(target, known, cancellationToken);
            if (instead is not null)
            {
                return instead;
            }

            if (isThere && (email is null || hold.IsMaker || LawmaticsContacts.IsSame(contact!.Text("email"), email)))
            {
                return await LinkAsync(target, known, hold.IsMaker, null, "The client's contact was linked.", cancellationToken);
            }

            await effects.ReopenAsync(target.Company.Id, key, Name, known, cancellationToken);
            hold = await effects.HoldAsync(target.Company.Id, key, Name, target.Case.Id.ToString(), s_patience, cancellationToken);
        }

        if (!hold.IsOurs)
        {
            return StepOutcome.Postpone("Another matter of the same client is being sent; its contact is waited for.", hold.BusyUntil is { } until && until < clock.GetUtcNow() + s_mostBusy ? until : clock.GetUtcNow() + s_mostBusy);
        }

        if (making is null)
        {
            await links.SetMakingAsync(target.Company.Id, target.Firm, target.Client.Id, key, cancellationToken);
        }

        return await SearchOrCreateAsync(target, key, cancellationToken);
    }

    private async Task<StepOutcome> SearchOrCreateAsync(LawmaticsTarget target, string key, CancellationToken cancellationToken)
    {
        var (custom, instead) = await fields.ForAsync(target, LawmaticsFields.Contact, Name, cancellationToken);
        var body = Person(target.Client);
        var sent = Fingerprint(name => body[name]?.ToString());
        AddTo(body, custom);
        var (wasThere, isFresh) = (false, false);
        var outcome = instead ?? await once.RunAsync(
            new CrmWrite(target.Company.Id, key, Name)
            {
                CrmName = "Lawmatics",
                SettleSeconds = target.Settings.SettleSeconds,
                Sent = sent,
                Look = () => LookAsync(target, key, cancellationToken),
                Prepare = async () =>
                {
                    var prepared = await PrepareAsync(target, key, cancellationToken);
                    wasThere = prepared?.Kind == StepKind.Done;
                    return prepared;
                },
                Send = SendAsync,
                WhenUnknown = s_unknown,
            },
            cancellationToken);
        if (outcome.Kind != StepKind.Done && (await effects.FindAsync(target.Company.Id, key, Name, cancellationToken))?.State == EffectState.Held)
        {
            // Nothing was sent: another may make it meanwhile.
            await effects.SettleAsync(target.Company.Id, key, Name, EffectState.NotSent, null, cancellationToken);
        }

        return outcome is { Kind: StepKind.Done, Resource: { } contact }
            ? await LinkAsync(target, contact, !wasThere, isFresh ? LawmaticsWrites.Hash(body.ToJsonString()) : null, wasThere ? "The contact was there and was linked." : outcome.Reason ?? "The contact was made.", cancellationToken)
            : outcome;

        async Task<(StepOutcome Outcome, EffectState State)> SendAsync()
        {
            var result = LawmaticsWrites.Sent(await client.PostAsync(target.Session, LawmaticsPath.Of("/v1/contacts", ("fields", "email")), body, cancellationToken), clock.GetUtcNow());
            isFresh = result.State == EffectState.Done;
            return result;
        }
    }

    /// <summary>The contact that is there, or what becomes of the attempt without making one; null where one is to be made.</summary>
    private async Task<StepOutcome?> PrepareAsync(LawmaticsTarget target, string key, CancellationToken cancellationToken)
    {
        var (own, email, phone) = Identity(target);
        if (key != own)
        {
            // What was begun under another address has come to nothing: another matter may be making one under the address of now.
            await effects.SettleAsync(target.Company.Id, key, Name, EffectState.NotSent, null, cancellationToken);
            await links.RemoveMakingAsync(target.Company.Id, target.Firm, target.Client.Id, cancellationToken);
            return StepOutcome.Postpone("The client's address has changed; the contact is searched for by the new one.", clock.GetUtcNow());
        }

        var look = await SearchAsync(target, email, phone, cancellationToken);
        if (look is not { Kind: LookKind.Found, Resource: { } found })
        {
            return look.Instead;
        }

        // What is known under the hash is what Kayse has made; what was there is found by whoever looks.
        await effects.SettleAsync(target.Company.Id, key, Name, EffectState.NotSent, null, cancellationToken);
        return StepOutcome.Done(found);
    }

    /// <summary>The contact that a create whose answer was lost has made: of what was sent then, since the first try. Nobody else's namesake, and none that a person has made meanwhile.</summary>
    private async Task<CrmLook> LookAsync(LawmaticsTarget target, string key, CancellationToken cancellationToken)
    {
        if (await effects.FindAsync(target.Company.Id, key, Name, cancellationToken) is not { Sent: { } sent } announced)
        {
            // Nothing was ever sent.
            return CrmLook.Absent;
        }

        var look = await contacts.NewestAsync(target.Session, announced.AnnouncedAt - s_clocks, contact => Fingerprint(contact.Text) == sent, cancellationToken);
        var (own, email, phone) = Identity(target);
        return look.Kind == LookKind.CannotLook && key == own && (email ?? phone) is not null ? await SearchAsync(target, email, phone, cancellationToken) : look;
    }

    private async Task<CrmLook> SearchAsync(LawmaticsTarget target, string? email, string? phone, CancellationToken cancellationToken) =>
        email is not null ? await contacts.ByEmailAsync(target.Session, email, cancellationToken)
        : phone is not null ? await contacts.ByPhoneAsync(target.Session, phone, cancellationToken) ?? CrmLook.Absent
        // Without an address nobody can tell a namesake's.
        : CrmLook.Absent;

    private async Task<StepOutcome> LinkAsync(LawmaticsTarget target, string contact, bool isOurs, string? sentHash, string note, CancellationToken cancellationToken)
    {
        if (!Ids.IsValid(contact))
        {
            return StepOutcome.Retry("Lawmatics' answer names no contact.");
        }

        var link = new LawmaticsContactLink(contact, clock.GetUtcNow(), isOurs, sentHash);
        await links.SetContactAsync(target.Company.Id, target.Firm, target.Client.Id, link, cancellationToken);
        await links.RemoveMakingAsync(target.Company.Id, target.Firm, target.Client.Id, cancellationToken);
        return sentHash is null ? await UpdateAsync(target, link, note, cancellationToken) : StepOutcome.Done(contact, note);
    }

    /// <summary>Sends what has changed of a linked contact.</summary>
    private async Task<StepOutcome> UpdateAsync(LawmaticsTarget target, LawmaticsContactLink link, string? note, CancellationToken cancellationToken)
    {
        var (custom, instead) = await fields.ForAsync(target, LawmaticsFields.Contact, Name, cancellationToken);
        var body = link.IsOurs ? Person(target.Client) : new JsonObject();
        AddTo(body, custom);
        var hash = LawmaticsWrites.Hash(body.ToJsonString());
        if (instead is not null || body.Count == 0 || (hash == link.SentHash && !target.IsByHand))
        {
            return instead ?? StepOutcome.Done(link.ContactId, note ?? "Nothing of the contact has changed.");
        }

        var reply = await client.PutAsync(target.Session, LawmaticsPath.Of($"/v1/contacts/{link.ContactId}", ("fields", "email")), body, cancellationToken);
        if (!reply.IsSuccess)
        {
            return reply.Answer?.Kind == LawmaticsKind.NotFound ? StepOutcome.Retry("The contact is not in Lawmatics any more; it is searched for anew.") : LawmaticsOutcomes.Of(reply, clock.GetUtcNow());
        }

        await links.SetContactAsync(target.Company.Id, target.Firm, target.Client.Id, link with { SentHash = hash }, cancellationToken);
        return StepOutcome.Done(link.ContactId, note ?? "The contact was updated.");
    }

    private async Task<(bool IsThere, LawmaticsRecord? Contact, StepOutcome? Instead)> ReadAsync(LawmaticsTarget target, string contact, CancellationToken cancellationToken)
    {
        var reply = await client.GetAsync(target.Session, LawmaticsPath.Of($"/v1/contacts/{LawmaticsPath.Segment(contact)}", ("fields", "email")), cancellationToken);
        return reply.Answer?.Kind switch
        {
            LawmaticsKind.Success => (reply.Answer.Record is not null, reply.Answer.Record, null),
            LawmaticsKind.NotFound => (false, null, null),
            _ => (false, null, LawmaticsOutcomes.Of(reply, clock.GetUtcNow())),
        };
    }

    /// <summary>By what a contact is known: the e-mail address, with the setting the phone number, else the client.</summary>
    private static (string Key, string? Email, string? Phone) Identity(LawmaticsTarget target)
    {
        var email = EmailOf(target.Client);
        var phone = email is null && target.Settings.Sync.MatchByPhone ? LawmaticsContacts.Digits(target.Client.Phone) : null;
        var id = email is not null ? LawmaticsWrites.Hash(email.ToLowerInvariant()) : phone is not null ? $"p{LawmaticsWrites.Hash(phone)}" : target.Client.Id.ToString();
        return ($"lawmatics-contact-{target.Firm}-{id}", email, phone);
    }

    private static JsonObject Person(Client client)
    {
        var body = new JsonObject();
        var full = client.FirstName is null && client.LastName is null ? client.FullName?.Trim() : null;
        var cut = full?.LastIndexOf(' ') ?? -1;
        foreach (var (name, value) in new[]
        {
            ("first_name", client.FirstName ?? (cut > 0 ? full![..cut] : full)), ("last_name", client.LastName ?? (cut > 0 ? full![(cut + 1)..] : null)), ("email", EmailOf(client)), ("phone", client.Phone),
        })
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                body[name] = value.Trim();
            }
        }

        return body;
    }

    private static void AddTo(JsonObject body, JsonArray? custom)
    {
        if (custom is not null)
        {
            body["custom_fields"] = custom;
        }
    }

    /// <summary>A hash of who a contact is.</summary>
    private static string Fingerprint(Func<string, string?> value) => LawmaticsWrites.Hash(
        $"{value("first_name")?.Trim()}\n{value("last_name")?.Trim()}\n{value("email")?.Trim()}\n{LawmaticsContacts.Digits(value("phone"))}".ToLowerInvariant());
}
