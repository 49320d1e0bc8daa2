namespace Kayse.Sandbox.Traffic;

/// <summary>A file of a multipart body. Its bytes were counted and hashed as they came, and not kept.</summary>
internal sealed record FilePart(string FormName, string FileName, string? ContentType, long Size, string Sha256);
