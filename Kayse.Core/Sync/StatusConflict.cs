using System.Text.Json.Serialization;

namespace Kayse.Core.Sync;

/// <summary>Whose status stays when both sides have changed it since they last agreed.</summary>
[JsonConverter(typeof(NamesOnlyConverter<StatusConflict>))]
public enum StatusConflict
{
    /// <summary>Law Ruler's.</summary>
    LawRulerWins,

    /// <summary>Kayse's.</summary>
    KayseWins,

    /// <summary>The one that was set last; Law Ruler's when nobody can tell.</summary>
    Newest,
}
