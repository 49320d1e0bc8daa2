using System.Text;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Paths of Lawmatics' API, with what comes from outside escaped.</summary>
public static class LawmaticsPath
{
    /// <summary>A path with its query, e.g. <c>Of("/v1/contacts", ("fields", "all"))</c>; a parameter without a value is left out.</summary>
    public static string Of(string path, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        var text = new StringBuilder(path);
        var separator = '?';
        foreach (var (name, value) in query)
        {
            if (value is not null)
            {
                text.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
                separator = '&';
            }
        }

        return text.ToString();
    }

    /// <summary>A value within a path: nothing in it leads anywhere else.</summary>
    public static string Segment(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        // A segment of dots alone would be taken for a way up, escaped or not.
        return value.All(c => c == '.') ? throw new ArgumentException("A path's segment cannot be made of dots.", nameof(value)) : Uri.EscapeDataString(value);
    }
}
