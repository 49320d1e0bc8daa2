using System.Text.Json;
using Kayse.Sandbox.LawRuler;

namespace Kayse.Sandbox.State;

/// <summary>All that the CRMs hold. One lock: a stand-in need not be fast, it must be right.</summary>
internal sealed class SandboxState(SandboxOptions options, StateFile file)
{
    private readonly Lock _gate = new();
    private Dictionary<string, Portal> _portals = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Loads the file, or seeds where there is none.</summary>
    /// <exception cref="SandboxStartException">The file cannot be read.</exception>
    public void Load()
    {
        if (file.Load() is { } portals)
        {
            _portals = portals.ToDictionary(p => p.Root, StringComparer.OrdinalIgnoreCase);
        }
        else
        {
            Seed();
        }
    }

    /// <summary>Writes the file once the port is ours: a sandbox that cannot start must not touch a running one's state.</summary>
    /// <exception cref="SandboxStartException">The file cannot be written.</exception>
    public Task SaveFirstAsync(CancellationToken ct) => file.SaveFirstAsync(Serialize, ct);

    public void Reset() => Change(() =>
    {
        Seed();
        return true;
    });

    public Portal? Find(string root)
    {
        lock (_gate)
        {
            return _portals.GetValueOrDefault(root);
        }
    }

    /// <summary>The portal of that name, made if it was not there.</summary>
    public (Portal Portal, bool Created) FindOrAdd(string root) => Change(() =>
    {
        if (_portals.TryGetValue(root, out var known))
        {
            return (known, false);
        }

        var portal = new Portal { Root = root, Settings = PortalSeed.Settings(root) };
        _portals[root] = portal;
        return (portal, true);
    });

    public T Read<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }

    public T Change<T>(Func<T> change)
    {
        lock (_gate)
        {
            try
            {
                return change();
            }
            finally
            {
                file.SaveSoon(Serialize);
            }
        }
    }

    public Task SaveNowAsync() => file.SaveAsync(Serialize);

    private void Seed()
    {
        _portals.Clear();
        _portals[SandboxDefaults.Root] = PortalSeed.Demo(options.Clock.GetUtcNow());
    }

    private byte[] Serialize()
    {
        lock (_gate)
        {
            return JsonSerializer.SerializeToUtf8Bytes(new SavedState { Portals = [.. _portals.Values] }, SandboxJson.Own);
        }
    }
}
