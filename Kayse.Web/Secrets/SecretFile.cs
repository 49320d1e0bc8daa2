using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kayse.Web.Secrets;

/// <summary>The file of the secrets: their names in the clear, their values protected.</summary>
internal sealed record SecretFile
{
    /// <summary>The format's version.</summary>
    public int Format { get; init; } = 1;

    /// <summary>The secrets by name.</summary>
    public required IReadOnlyDictionary<string, SecretFileEntry> Secrets { get; init; }

    /// <summary>Reads the file, or an empty one where there is none.</summary>
    /// <exception cref="DataFolderException">It cannot be read, or is none of ours.</exception>
    public static SecretFile Load(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                return new SecretFile { Secrets = new Dictionary<string, SecretFileEntry>() };
            }

            using var file = File.OpenRead(path);
            var loaded = JsonSerializer.Deserialize(file, SecretFileJson.Default.SecretFile);
            return loaded is { Format: 1 } ? loaded : throw new DataFolderException($"The secrets in {path} were written by another version of Kayse. Start that one.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new DataFolderException($"The secrets in {path} cannot be read: {fault.Message} Restore the file, or move it away and connect the firms again.", fault);
        }
    }

    /// <summary>Replaces the file, durably.</summary>
    /// <exception cref="IOException">It was not replaced.</exception>
    public Task SaveAsync(string path) => DurableFiles.ReplaceAsync(path, JsonSerializer.SerializeToUtf8Bytes(this, SecretFileJson.Default.SecretFile));
}

/// <summary>A name's versions, oldest first.</summary>
internal sealed record SecretFileEntry(bool Deleted, IReadOnlyList<SecretFileVersion> Versions);

/// <summary>A version, its value protected.</summary>
internal sealed record SecretFileVersion(string Version, DateTimeOffset CreatedAt, string Protected);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(SecretFile))]
internal sealed partial class SecretFileJson : JsonSerializerContext;
