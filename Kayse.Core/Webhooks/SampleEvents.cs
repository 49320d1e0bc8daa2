using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Storage;

namespace Kayse.Core.Webhooks;

/// <summary>A sample of each event type, for tests of a webhook: the files under <c>samples</c>, marked as a test.</summary>
public static class SampleEvents
{
    /// <summary>The types that there is a sample of.</summary>
    public static IReadOnlyList<string> Types { get; } = [.. EventTypes.Known, .. EventTypes.OfKayse];

    /// <summary>The file with the sample of a type.</summary>
    public static Stream Open(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var name = $"samples/{type.Replace('_', '-').Replace('.', '-')}.json";
        return typeof(SampleEvents).Assembly.GetManifestResourceStream(name) ?? throw new ArgumentException($"There is no sample of {type}.", nameof(type));
    }

    /// <summary>A sample of a type as an event of a firm's that happened now.</summary>
    public static PlatformEvent Make(CompanyId company, string type, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        using var file = Open(type);
        var sample = JsonNode.Parse(file)!.AsObject();
        sample["id"] = Ids.New("evt_test", clock);
        sample["companyId"] = company.ToString();
        sample["occurredAt"] = clock.GetUtcNow().UtcDateTime;
        sample["test"] = true;
        var json = JsonSerializer.Deserialize(sample.ToJsonString(), KayseJson.Default.JsonElement);
        return PlatformEventReader.Read(json, out var errors) is [var one] ? one : throw new InvalidOperationException($"The sample of {type} is not valid: {errors[0].Field}.");
    }
}
