using System.Buffers.Binary;
using System.Text;
using Kayse.Core.Storage;

namespace Kayse.Standalone.Storage;

/// <summary>How a blob is a file: a path that no other name has, and a header with the content type before the bytes.</summary>
internal static class BlobFile
{
    /// <summary>Ends the last segment, so that <c>a/b</c> and <c>a/b/c</c> can both be there. No name has a plus sign.</summary>
    public const string Suffix = "+blob";

    private const int MaxSegment = 200;

    private static ReadOnlySpan<byte> Magic => "KAYB1\n"u8;

    /// <summary>The file of a blob.</summary>
    public static string PathOf(string root, string name) => FolderOf(root, name) + Suffix;

    /// <summary>The folder of the blobs whose names continue this one.</summary>
    public static string FolderOf(string root, string name)
    {
        var path = new StringBuilder(root);
        foreach (var segment in name.Split('/'))
        {
            path.Append(Path.DirectorySeparatorChar);
            // File systems take 255 bytes a segment, names may have longer ones: such a segment goes on in the folder below.
            var rest = segment.AsSpan();
            for (; rest.Length > MaxSegment; rest = rest[MaxSegment..])
            {
                path.Append(rest[..MaxSegment]).Append('+').Append(Path.DirectorySeparatorChar);
            }

            path.Append(rest);
        }

        return path.ToString();
    }

    /// <summary>The name of the blob in a file.</summary>
    public static string NameOf(string root, string path) =>
        path[(root.Length + 1)..^Suffix.Length].Replace(Path.DirectorySeparatorChar, '/').Replace("+/", "", StringComparison.Ordinal);

    /// <summary>The bytes before the blob's own.</summary>
    /// <exception cref="ArgumentException">The content type is empty, too long, or has control characters.</exception>
    public static byte[] Header(string contentType)
    {
        BlobNames.CheckContentType(contentType);
        var header = new byte[Magic.Length + sizeof(ushort) + contentType.Length];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(Magic.Length), (ushort)contentType.Length);
        Encoding.ASCII.GetBytes(contentType, header.AsSpan(Magic.Length + sizeof(ushort)));
        return header;
    }

    /// <summary>Opens a blob's file behind its header, or null where there is none.</summary>
    /// <exception cref="StorageUnavailableException">The file cannot be read or is none of ours.</exception>
    public static async Task<Blob?> OpenAsync(string path, CancellationToken cancellationToken)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
            var contentType = await ReadHeaderAsync(file, cancellationToken);
            return new Blob(contentType, file.Length - file.Position, new BlobContent(file));
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception fault)
        {
            if (file is not null)
            {
                await file.DisposeAsync();
            }

            if (fault is IOException or UnauthorizedAccessException)
            {
                throw new StorageUnavailableException($"The blob cannot be read: {fault.Message}", fault);
            }

            throw;
        }
    }

    private static async Task<string> ReadHeaderAsync(FileStream file, CancellationToken cancellationToken)
    {
        var start = new byte[Magic.Length + sizeof(ushort)];
        await file.ReadExactlyAsync(start, cancellationToken);
        var length = BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(Magic.Length));
        if (!start.AsSpan().StartsWith(Magic) || length > BlobNames.MaxContentType)
        {
            throw new IOException("The file has not the header of a blob.");
        }

        var contentType = new byte[length];
        await file.ReadExactlyAsync(contentType, cancellationToken);
        return Encoding.ASCII.GetString(contentType);
    }
}
