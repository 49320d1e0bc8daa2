namespace Kayse.Sandbox.LawRuler.AdvancedApi;

/// <summary>The wrapping of every Advanced API answer. A 200 with <c>IsSuccess</c> false is a failure.</summary>
internal sealed record Envelope(int Count, object? Data, bool IsSuccess, string? ErrorMessage)
{
    public static Envelope Of(object data, int count = 1) => new(count, data, IsSuccess: true, null);

    public static Envelope List<T>(IReadOnlyCollection<T> all) => new(all.Count, all, IsSuccess: true, null);

    /// <summary>One page of a list; the count is that of the whole.</summary>
    public static Envelope Page<T>(IReadOnlyCollection<T> all, int page, int pageSize) =>
        new(all.Count, all.Skip((page - 1) * pageSize).Take(pageSize).ToList(), IsSuccess: true, null);

    public static Envelope Failed(string message) => new(0, null, IsSuccess: false, message);
}
