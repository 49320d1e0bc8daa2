using System.Text.Json;
using Kayse.Sandbox.Lawmatics;
using Kayse.Sandbox.LawRuler;

namespace Kayse.Sandbox.State;

/// <summary>All that the CRMs hold. One lock: a stand-in need not be fast, it must be right.</summary>
internal sealed class SandboxState(SandboxOptions options, StateFile file)
{
    private readonly Lock _gate = new();
    private Dictionary<string, Portal> _portals = new(StringComparer.OrdinalIgnoreCase);
    private Dictionary<string, LawmaticsFirm> _firms = new(StringComparer.Ordinal);

    /// <summary>Loads the file, or seeds where there is none.</summary>
    /// <exception cref="SandboxStartException">The file cannot be read.</exception>
    public void Load()
    {
        if (file.Load() is { } saved)
        {
            _portals = saved.Portals.ToDictionary(p => p.Root, StringComparer.OrdinalIgnoreCase);
            _firms = saved.Lawmatics.ToDictionary(f => f.ClientId, StringComparer.Ordinal);
            if (_firms.Count == 0)
            {
                SeedLawmatics();
            }
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

    /// <summary>The Lawmatics firm whose OAuth client has that id.</summary>
    public LawmaticsFirm? FindFirm(string clientId)
    {
        lock (_gate)
        {
            return _firms.GetValueOrDefault(clientId);
        }
    }

    /// <summary>The first Lawmatics firm of which this is true.</summary>
    public LawmaticsFirm? FindFirm(Func<LawmaticsFirm, bool> isIt)
    {
        lock (_gate)
        {
            return _firms.Values.FirstOrDefault(isIt);
        }
    }

    /// <summary>The Lawmatics firm with an OAuth client of that id, made if it was not there.</summary>
    public (LawmaticsFirm Firm, bool Created) FindOrAddFirm(string clientId) => Change(() =>
    {
        if (_firms.TryGetValue(clientId, out var known))
        {
            return (known, false);
        }

        var settings = LawmaticsSeed.Settings(clientId, _firms.Values.Max(f => f.Settings.FirmId) + 1);
        return (_firms[clientId] = LawmaticsSeed.Firm(clientId, settings, options.Clock.GetUtcNow()), true);
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
        SeedLawmatics();
    }

    private void SeedLawmatics()
    {
        _firms.Clear();
        _firms[SandboxDefaults.LawmaticsClientId] = LawmaticsSeed.Demo(options.Clock.GetUtcNow());
    }

    private byte[] Serialize()
    {
        lock (_gate)
        {
            return JsonSerializer.SerializeToUtf8Bytes(new SavedState { Portals = [.. _portals.Values], Lawmatics = [.. _firms.Values] }, SandboxJson.Own);
        }
    }
}
