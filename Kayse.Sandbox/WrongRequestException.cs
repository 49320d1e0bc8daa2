namespace Kayse.Sandbox;

/// <summary>A caller of <c>/_sandbox</c> asked for something that cannot be. The message is for the caller.</summary>
internal sealed class WrongRequestException(string message) : Exception(message);
