using System.Text.RegularExpressions;

namespace Kayse.Sandbox.LawRuler.KeyApi;

/// <summary>Creates and updates leads from Key API parameters. All is checked before anything is written.</summary>
internal sealed partial class LeadWriter(Portal portal, KeyApiRequest request, DateTimeOffset now)
{
    private static readonly string[] Documents = ["File", "Recording"];

    private static readonly HashSet<string> NotFields = new(StringComparer.OrdinalIgnoreCase)
    {
        "Key", "Operation", "LeadID", "overridelead", "OverriddenLead", "ReturnJSON", "ReturnXML", "dupcheck",
        "Status", "CaseType", "Tags", "Conversation",
    };

    private PortalOptions Options => portal.Options;

    /// <summary>The lead whose status the write changed, to be told to the webhook; null if none did.</summary>
    public Lead? StatusChanged { get; private set; }

    public KeyApiResult Write()
    {
        if (request.Has("Status") && portal.StatusNamed(request["Status"]) is null && Options.UnknownStatus == UnknownName.Error)
        {
            return KeyApiResult.Failed("Error: Invalid Status.");
        }

        if (request.Has("CaseType") && portal.CaseTypeNamed(request["CaseType"]) is null && Options.UnknownCaseType == UnknownName.Error)
        {
            return KeyApiResult.Failed("Error: Invalid CaseType.");
        }

        return request.Has("LeadID") ? Update() : Create();
    }

    public KeyApiResult Read() => portal.FindLead(request["LeadID"]) is { } lead
        ? new KeyApiResult { LeadId = lead.Id, Status = Portal.Plain(lead.Status.Name) }
        : KeyApiResult.Failed("Error: Lead not found.");

    private KeyApiResult Update()
    {
        if (portal.FindLead(request["LeadID"]) is not { } lead)
        {
            return KeyApiResult.Failed("Error: Lead not found.");
        }

        var meant = Options.WithoutOverride == MissingOverride.Accept || Options.OverrideFlags.Any(request.IsTrue);
        if (!meant)
        {
            return Options.WithoutOverride == MissingOverride.Ignore ? Success(lead) : Duplicate(lead);
        }

        Apply(lead, isNew: false);
        return Success(lead);
    }

    private KeyApiResult Create()
    {
        if (Options.RequireContactFields && Missing() is { } missing)
        {
            return KeyApiResult.Failed($"Error: {missing} is required.");
        }

        var sameContact = FindDuplicate();
        if (sameContact is not null && request["dupcheck"] != "0")
        {
            return Duplicate(sameContact);
        }

        var lead = new Lead
        {
            Id = portal.NextLeadId(),
            ContactId = sameContact?.ContactId ?? portal.NextContactId(),
            Status = portal.StatusNamed(SandboxDefaults.NewLeadStatus) ?? portal.Statuses[0],
            CreatedAt = now,
            UpdatedAt = now,
        };
        portal.Put(lead);
        Apply(lead, isNew: true);
        return Success(lead);
    }

    private string? Missing()
    {
        if (!request.Has("FirstName") && !request.Has("LastName") && !request.Has("FullName"))
        {
            return "Name";
        }

        return Array.Find(["CellPhone", "Email1"], f => !request.Has(f));
    }

    private Lead? FindDuplicate()
    {
        var phone = Digits(request["CellPhone"]);
        var email = request["Email1"];
        return portal.Leads.Values.FirstOrDefault(l => phone.Length > 0 && Digits(l.Field("CellPhone")) == phone)
            ?? portal.Leads.Values.FirstOrDefault(l => email.Length > 0 && l.Field("Email1").Equals(email, StringComparison.OrdinalIgnoreCase));
    }

    private static string Digits(string phone) => string.Concat(phone.Where(char.IsAsciiDigit));

    private KeyApiResult Duplicate(Lead lead) =>
        KeyApiResult.Failed(Options.DuplicateText, Options.DuplicateEchoesLeadId ? lead.Id : null);

    private static KeyApiResult Success(Lead lead) => new() { LeadId = lead.Id };

    private void Apply(Lead lead, bool isNew)
    {
        var before = lead.Status;
        lead.Status = portal.StatusNamed(request["Status"]) ?? before;
        lead.CaseType = portal.CaseTypeNamed(request["CaseType"]) ?? lead.CaseType;
        lead.AddTags(request["Tags"].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        foreach (var (name, value) in request.Values)
        {
            ApplyField(lead, name, value);
        }

        if (request.Has("Conversation"))
        {
            portal.AddNote(lead, "Conversation", "", request.Values["Conversation"], now, now);
        }

        foreach (var file in request.Files.Where(f => Documents.Contains(f.FormName, StringComparer.OrdinalIgnoreCase)))
        {
            portal.AddDocument(lead, "/", file, new Dictionary<string, string>(StringComparer.Ordinal), now);
        }

        lead.UpdatedAt = now;
        StatusChanged = isNew || lead.Status.Id != before.Id ? lead : null;
    }

    private void ApplyField(Lead lead, string name, string value)
    {
        if (NotFields.Contains(name) || Options.OverrideFlags.Contains(name, StringComparer.OrdinalIgnoreCase) || name.Length == 0)
        {
            return;
        }

        if (CustomField().IsMatch(name))
        {
            var key = "Custom" + name["Custom".Length..];
            if (Options.UnknownField == UnknownField.Keep || portal.Settings.Fields.Any(f => f.Key == key))
            {
                lead.CustomFields[key] = value;
            }
        }
        else
        {
            lead.Fields[name] = value;
        }
    }

    [GeneratedRegex("^custom[0-9]+$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CustomField();
}
