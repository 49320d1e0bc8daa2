using System.Text.Json;
using Kayse.Core.Events;
using Kayse.Core.Webhooks;

namespace Kayse.Tests.Webhooks;

/// <summary>The events under <c>samples</c>, one a type.</summary>
public sealed class SampleEventTests
{
    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(VerifierPage.At("samples"), "*.json").Select(file => Path.GetFileName(file)!)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_sample_is_accepted_and_named_for_its_type(string file)
    {
        var read = PlatformEventReader.Read(Json(file), out var errors);

        Assert.Empty(errors);
        var sample = Assert.Single(read);
        Assert.Contains(sample.Type, SampleEvents.Types);
        Assert.Equal(FileOf(sample.Type), file);
        Assert.Equal("demo", sample.CompanyId.ToString());
        Assert.StartsWith("evt_", sample.Id.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_type_that_is_sent_has_a_sample_with_an_id_of_its_own()
    {
        var samples = SampleEvents.Types.Select(type => Assert.Single(PlatformEventReader.Read(Json(FileOf(type)), out _))).ToList();

        Assert.Equal(SampleEvents.Types, samples.Select(sample => sample.Type));
        Assert.Equal(samples.Count, samples.Select(sample => sample.Id).Distinct().Count());
        Assert.Equal(samples.Count, Files.Count);
    }

    [Fact]
    public void The_samples_tell_one_story_about_one_case_one_campaign_and_one_call()
    {
        foreach (var type in EventTypes.Known)
        {
            var json = Json(FileOf(type));
            Assert.Equal("711551", json.GetProperty("case").GetProperty("externalSourceId").GetString());
            var data = json.GetProperty("data");
            if (type.StartsWith("call_", StringComparison.Ordinal) || type.StartsWith("transfer_", StringComparison.Ordinal) || type == "transcript_updated")
            {
                Assert.Equal("call_9f2", data.GetProperty("call").GetProperty("call_id").GetString());
                Assert.Equal("42", data.GetProperty("campaign").GetProperty("id").GetString());
            }
        }
    }

    [Fact]
    public void The_documentation_shows_the_data_of_every_sample()
    {
        var page = VerifierPage.Text();
        Assert.All(SampleEvents.Types, type =>
        {
            using var shown = JsonDocument.Parse(VerifierPage.Block(page, $"### `{type}`", "json"));
            Assert.True(JsonElement.DeepEquals(Json(FileOf(type)).GetProperty("data"), shown.RootElement), type);
        });
    }

    private static string FileOf(string type) => type.Replace('_', '-').Replace('.', '-') + ".json";

    private static JsonElement Json(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(VerifierPage.At("samples", file)));
        return document.RootElement.Clone();
    }
}
