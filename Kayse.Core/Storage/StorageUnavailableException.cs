namespace Kayse.Core.Storage;

/// <summary>The store could not take a write or answer a read: it is full, read-only, or out of reach. Nothing of the write happened; trying again later is right.</summary>
public sealed class StorageUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
