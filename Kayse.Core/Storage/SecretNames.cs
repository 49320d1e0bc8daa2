using System.Text;
using System.Text.RegularExpressions;

namespace Kayse.Core.Storage;

/// <summary>Which names and values <see cref="ISecretStore"/> takes.</summary>
public static partial class SecretNames
{
    /// <summary>UTF-8 bytes of a value (learn.microsoft.com, "About Azure Key Vault secrets": 25 kB).</summary>
    public const int MaxValueBytes = 25_000;

    /// <summary>Throws when a name is not allowed.</summary>
    /// <exception cref="ArgumentException">The name is not <c>{company}--{crm}--{name}</c>.</exception>
    public static void Check(string name)
    {
        if (name is null || name.Length > 127 || !Allowed().IsMatch(name))
        {
            throw new ArgumentException("A secret's name is {company}--{crm}--{name}, of lower-case letters, digits and hyphens, 127 characters at most.", nameof(name));
        }
    }

    /// <summary>Throws when a value is too long.</summary>
    /// <exception cref="ArgumentException">The value has more than <see cref="MaxValueBytes"/> bytes.</exception>
    public static void CheckValue(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (Encoding.UTF8.GetByteCount(value) > MaxValueBytes)
        {
            throw new ArgumentException($"A secret's value has at most {MaxValueBytes} bytes.", nameof(value));
        }
    }

    [GeneratedRegex(@"\A[a-z0-9]{1,32}--[a-z0-9]+--[a-z0-9]+(-[a-z0-9]+)*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Allowed();
}
