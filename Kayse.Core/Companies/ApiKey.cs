using System.Text.Json.Serialization;

namespace Kayse.Core.Companies;

/// <summary>A key as it is stored: its hash, never itself.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Hash">SHA-256 of the secret part, base64.</param>
/// <param name="LastFour">The last four characters, for telling keys apart.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record ApiKey(string Id, string Name, KeyRole Role, string Hash, string LastFour, DateTimeOffset CreatedAt);

/// <summary>What a key may do.</summary>
[JsonConverter(typeof(NamesOnlyConverter<KeyRole>))]
public enum KeyRole
{
    /// <summary>May read a firm's data.</summary>
    [JsonStringEnumMemberName("viewer")]
    Viewer,

    /// <summary>May read and change a firm's data.</summary>
    [JsonStringEnumMemberName("admin")]
    Admin,

    /// <summary>May send a firm's platform events, and nothing else.</summary>
    [JsonStringEnumMemberName("platform")]
    Platform,
}
