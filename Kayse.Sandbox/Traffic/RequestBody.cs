using System.Text;

namespace Kayse.Sandbox.Traffic;

/// <summary>What a request carried: the form's fields and files, or the text.</summary>
internal sealed record RequestBody
{
    public static RequestBody Empty { get; } = new();

    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];

    public IReadOnlyList<FilePart> Files { get; init; } = [];

    /// <summary>The body as it came; empty for multipart.</summary>
    public string Text { get; init; } = "";

    public bool IsMultipart { get; init; }

    /// <summary>The body as the request log shows it. A multipart body is shown one part a line, files as their sizes.</summary>
    public string ForLog(int max)
    {
        var text = IsMultipart ? Parts() : Text;
        return text.Length <= max ? text : text[..max];
    }

    private string Parts()
    {
        var lines = new StringBuilder();
        foreach (var (name, value) in Fields)
        {
            lines.Append(name).Append('=').Append(value).Append('\n');
        }

        foreach (var file in Files)
        {
            lines.Append($"{file.FormName}=(file \"{file.FileName}\", {file.ContentType}, {file.Size} bytes, sha256 {file.Sha256})\n");
        }

        return lines.ToString();
    }
}
