using System.Text.RegularExpressions;

namespace Kayse.Core.Storage;

/// <summary>Which names and content types <see cref="IBlobStore"/> takes: those that are safe as a file path and as an Azure blob name.</summary>
public static partial class BlobNames
{
    /// <summary>Characters of a content type.</summary>
    public const int MaxContentType = 1024;

    /// <summary>Throws when a name is not allowed.</summary>
    /// <exception cref="ArgumentException">The name is not <c>segment/segment/…</c>, or is longer than 512 characters.</exception>
    public static void Check(string name)
    {
        if (name is null || name.Length > 512 || !Allowed().IsMatch(name))
        {
            throw new ArgumentException("A blob's name is segment/segment/… of letters, digits, '.', '_' and '-', 512 characters at most.", nameof(name));
        }
    }

    /// <summary>Throws when a content type is not allowed.</summary>
    /// <exception cref="ArgumentException">The content type is empty, too long, or has other than printable ASCII characters.</exception>
    public static void CheckContentType(string contentType)
    {
        if (string.IsNullOrEmpty(contentType) || contentType.Length > MaxContentType || contentType.Any(c => c is < ' ' or > '~'))
        {
            throw new ArgumentException($"A content type is 1 to {MaxContentType} printable ASCII characters.", nameof(contentType));
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Allowed();
}
