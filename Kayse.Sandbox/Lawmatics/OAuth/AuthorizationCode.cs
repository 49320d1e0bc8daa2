namespace Kayse.Sandbox.Lawmatics.OAuth;

/// <summary>A code that has been given out and not been used.</summary>
/// <param name="RedirectUri">The redirect URI that it went to, which its use must name again.</param>
/// <param name="Firm">The id of the client whose firm the admin is signed in to.</param>
/// <param name="Ends">When it can no longer be used.</param>
internal sealed record AuthorizationCode(string RedirectUri, string Firm, DateTimeOffset Ends);
