namespace Kayse.Core.Cases;

/// <summary>A firm's client: a person, who may have several cases. Null is unknown.</summary>
public sealed record Client
{
    /// <summary>Our id.</summary>
    public required ClientId Id { get; init; }

    /// <summary>The CRM it came from.</summary>
    public required string ExternalSource { get; init; }

    /// <summary>The CRM's id of the contact; null while the CRM has not told it.</summary>
    public string? ExternalSourceId { get; init; }

    /// <summary>First name.</summary>
    public string? FirstName { get; init; }

    /// <summary>Last name.</summary>
    public string? LastName { get; init; }

    /// <summary>The whole name, where the CRM gives it.</summary>
    public string? FullName { get; init; }

    /// <summary>E-mail address.</summary>
    public string? Email { get; init; }

    /// <summary>Phone number in E.164, or as it came when it is no number.</summary>
    public string? Phone { get; init; }

    /// <summary>Street and number.</summary>
    public string? Address { get; init; }

    /// <summary>City.</summary>
    public string? City { get; init; }

    /// <summary>State, as a name or code.</summary>
    public string? State { get; init; }

    /// <summary>Postal code.</summary>
    public string? Zip { get; init; }

    /// <summary>Date of birth.</summary>
    public DateOnly? DateOfBirth { get; init; }

    /// <summary>The client's time zone as the CRM names it.</summary>
    public string? TimeZone { get; init; }

    /// <summary>When the newest of the CRM's data that changed this came: older data that is taken up later fills in blanks alone.</summary>
    public DateTimeOffset? FieldsPostedAt { get; init; }

    /// <summary>When the client came to Kayse.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When anything of this last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}
