using System.Text.Json;
using Kayse.Core.Companies;

namespace Kayse.Core.Events;

/// <summary>An event of the platform's, checked.</summary>
/// <param name="Id">The sender's id; the same id is stored once.</param>
/// <param name="Type">What happened; one of <see cref="EventTypes.Known"/> or a new one.</param>
/// <param name="OccurredAt">When it happened.</param>
/// <param name="CompanyId">Whose it is.</param>
/// <param name="Case">The case it is about, if any.</param>
/// <param name="Data">What the type carries; an object.</param>
/// <param name="Json">The whole of it as compact UTF-8 JSON.</param>
public sealed record PlatformEvent(EventId Id, string Type, DateTimeOffset OccurredAt, CompanyId CompanyId, EventCase? Case, JsonElement Data, ReadOnlyMemory<byte> Json);

/// <summary>The case an event is about: by our id, or by a CRM's.</summary>
/// <param name="Id">Our id, or null.</param>
/// <param name="ExternalSource">The CRM, e.g. <c>lawruler</c>, or null.</param>
/// <param name="ExternalSourceId">The CRM's id, e.g. the Lead ID, or null.</param>
/// <param name="CaseType">The case type's name, or null.</param>
public sealed record EventCase(string? Id, string? ExternalSource, string? ExternalSourceId, string? CaseType);
