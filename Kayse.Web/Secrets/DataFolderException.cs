namespace Kayse.Web.Secrets;

/// <summary>The data folder, or something in it, cannot be used until a person mends it. The message is one line for that person.</summary>
public sealed class DataFolderException(string message, Exception? innerException = null) : Exception(message, innerException);
