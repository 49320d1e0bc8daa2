using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Web.Access;

/// <summary>The installation's own key: the given one, or the one in the secret store.</summary>
/// <param name="secrets">Where it is kept, under <see cref="SecretName"/>.</param>
/// <param name="given">The key from the host's environment (<c>KAYSE_ADMIN_KEY</c>); null for the stored one.</param>
public sealed class OperatorKey(ISecretStore secrets, string? given = null)
{
    /// <summary>The secret's name.</summary>
    public const string SecretName = "kayse--operator--key";

    /// <summary>Characters that a key has at least, but for one on a developer's machine.</summary>
    public const int MinLength = 16;

    /// <summary>True for the operator's key. Where there is none, nothing is.</summary>
    public async ValueTask<bool> IsAsync(string text, CancellationToken cancellationToken) =>
        (given ?? (await secrets.GetAsync(SecretName, null, cancellationToken))?.Value) is { Length: > 0 } key && ApiKeys.Same(key, text);
}
