namespace Kayse.Sandbox;

/// <summary>The sandbox could not start. The message is one line, meant for the person who started it.</summary>
public sealed class SandboxStartException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public SandboxStartException()
    {
    }

    /// <summary>Creates the exception with its one-line message.</summary>
    public SandboxStartException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its one-line message and what caused it.</summary>
    public SandboxStartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
