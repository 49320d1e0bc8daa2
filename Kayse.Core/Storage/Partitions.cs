using Kayse.Core.Companies;

namespace Kayse.Core.Storage;

/// <summary>
/// Partition keys. Each begins with the company id, so that no wrong filter can reach another firm's rows. Tables that take
/// many writes spread a company over <see cref="Buckets"/> partitions by a hash of the id, since one Azure Tables partition takes
/// about 2,000 operations a second.
/// </summary>
public static class Partitions
{
    /// <summary>Partitions of a company in a spread table. Part of the schema: changing it would lose every row.</summary>
    public const int Buckets = 8;

    /// <summary>The partition for a company's few rows.</summary>
    public static string Of(CompanyId company) => company.ToString();

    /// <summary>The partition of rows that belong together under one name, such as the members of a list.</summary>
    public static string Of(CompanyId company, string part) => $"{company}.{part}";

    /// <summary>The bucket of an id in a spread table.</summary>
    public static string Spread(CompanyId company, string id) => Bucket(company, (int)(Hash(id) % Buckets));

    /// <summary>All buckets of a company, for listings and purges.</summary>
    public static IEnumerable<string> All(CompanyId company) => Enumerable.Range(0, Buckets).Select(bucket => Bucket(company, bucket));

    /// <summary>The bucket of an id among the rows that belong together under one name, such as a subscription's deliveries.</summary>
    public static string Spread(CompanyId company, string part, string id) => $"{company}.{part}.{Hash(id) % Buckets}";

    /// <summary>All buckets of what belongs together under one name.</summary>
    public static IEnumerable<string> All(CompanyId company, string part) => Enumerable.Range(0, Buckets).Select(bucket => $"{company}.{part}.{bucket}");

    /// <summary>A hash that stays the same over processes and versions (FNV-1a).</summary>
    public static uint Hash(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var hash = 2166136261u;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return hash;
    }

    private static string Bucket(CompanyId company, int bucket) => $"{company}.{bucket}";
}
