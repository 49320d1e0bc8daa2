using System.Text.Json.Serialization;

namespace Kayse.Core.Mapping;

/// <summary>A field of a case type as the CRM tells it.</summary>
/// <param name="Key">The name that it is written by, e.g. <c>Custom1234</c>.</param>
/// <param name="Label">What people read.</param>
/// <param name="InputType">The CRM's own word for its type.</param>
/// <param name="Section">The section of the form that it stands in, or null.</param>
/// <param name="Options">The values it takes, where it takes only some.</param>
public sealed record CrmField(string Key, string Label, string? InputType, string? Section, IReadOnlyList<string> Options);

/// <summary>A case type as the CRM tells it, or another thing of which it tells an id and a name: a practice area, a sub status.</summary>
/// <param name="Id">Its id, or null where the CRM tells none that can stand in a key.</param>
/// <param name="Name">Its name.</param>
public sealed record CrmCaseType(string? Id, string Name);

/// <summary>How a field's value is converted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FieldKind>))]
public enum FieldKind
{
    /// <summary>As it is.</summary>
    [JsonStringEnumMemberName("text")]
    Text,

    /// <summary>A date.</summary>
    [JsonStringEnumMemberName("date")]
    Date,

    /// <summary>Yes or no.</summary>
    [JsonStringEnumMemberName("yesNo")]
    YesNo,

    /// <summary>One of the options.</summary>
    [JsonStringEnumMemberName("singleSelect")]
    SingleSelect,

    /// <summary>Some of the options.</summary>
    [JsonStringEnumMemberName("multiSelect")]
    MultiSelect,

    /// <summary>A whole number.</summary>
    [JsonStringEnumMemberName("integer")]
    Integer,

    /// <summary>An amount of money.</summary>
    [JsonStringEnumMemberName("currency")]
    Currency,

    /// <summary>A time of day.</summary>
    [JsonStringEnumMemberName("time")]
    Time,

    /// <summary>A time of a day.</summary>
    [JsonStringEnumMemberName("dateTime")]
    DateTime,

    /// <summary>Another record of the CRM's, by its id: nothing of Kayse's can be sent there.</summary>
    [JsonStringEnumMemberName("lookup")]
    Lookup,
}
