namespace Kayse.Core.Storage;

/// <summary>The store could not take a write or answer a read: it is full, read-only, or out of reach; trying again later is right. Nothing of a write happened, unless the store is behind a network that broke before it could be asked what became of it.</summary>
public sealed class StorageUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
