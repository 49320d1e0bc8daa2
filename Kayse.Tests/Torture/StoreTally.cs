using System.Globalization;
using Kayse.Tests.StoreWriter;
using Xunit.Sdk;

namespace Kayse.Tests.Torture;

/// <summary>What the writers' processes said, over all rounds.</summary>
internal sealed class StoreTally(int seed)
{
    /// <summary>What the writers write follows from it.</summary>
    public int Seed => seed;

    /// <summary>How many outcomes there were.</summary>
    public int Lines { get; private set; }

    /// <summary>How many batches were refused.</summary>
    public int RefusedBatches { get; private set; }

    /// <summary>How many blobs were refused.</summary>
    public int RefusedBlobs { get; private set; }

    /// <summary>Each writer's last acknowledged step.</summary>
    public int[] Steps { get; } = new int[StoreModel.Writers];

    /// <summary>The blobs that were acknowledged and not deleted.</summary>
    public HashSet<(int Writer, int Step)> Blobs { get; } = [];

    /// <summary>The blobs whose deletion was acknowledged.</summary>
    public HashSet<(int Writer, int Step)> BlobsGone { get; } = [];

    /// <summary>The messages that were acknowledged.</summary>
    public HashSet<(int Writer, int Step)> Sent { get; } = [];

    /// <summary>The messages that were handled.</summary>
    public HashSet<(int Writer, int Step)> Handled { get; } = [];

    /// <summary>A tally for a seed that <c>KAYSE_TORTURE_SEED</c> sets.</summary>
    public static StoreTally New() => new(Setting("KAYSE_TORTURE_SEED") ?? Random.Shared.Next());

    /// <summary>A number from the environment, or null.</summary>
    public static int? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>Runs a part of a test whose failure shall name the seed.</summary>
    public async Task NamingSeedAsync(string part, Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (Exception fault)
        {
            throw new XunitException($"{part}, KAYSE_TORTURE_SEED={Seed}: {fault.Message}", fault);
        }
    }

    /// <summary>Notes an outcome.</summary>
    public void Take(StoreLine line)
    {
        Lines++;
        var what = (line.Writer, line.Step);
        switch (line)
        {
            case { Taken: false }:
                RefusedBatches += line.Act == StoreAct.Batch ? 1 : 0;
                RefusedBlobs += line.Act == StoreAct.BlobMade ? 1 : 0;
                break;
            case { Act: StoreAct.Batch }:
                Assert.Equal(Steps[line.Writer] + 1, line.Step);
                Steps[line.Writer] = line.Step;
                break;
            case { Act: StoreAct.BlobMade }:
                Blobs.Add(what);
                break;
            case { Act: StoreAct.BlobGone }:
                Blobs.Remove(what);
                BlobsGone.Add(what);
                break;
            case { Act: StoreAct.Sent }:
                Sent.Add(what);
                break;
            default:
                Handled.Add(what);
                break;
        }
    }
}
