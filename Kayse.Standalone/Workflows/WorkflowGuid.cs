using System.Security.Cryptography;
using System.Text;

namespace Kayse.Standalone.Workflows;

/// <summary>Ids that a replay makes again.</summary>
internal static class WorkflowGuid
{
    public static Guid Of(string instance, long run, int number)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{instance}/{run}/{number}"), hash);
        // RFC 9562, version 8: 122 bits of our own making.
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
