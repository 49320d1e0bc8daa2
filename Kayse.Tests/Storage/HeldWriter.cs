using Kayse.Standalone.Storage;

namespace Kayse.Tests.Storage;

/// <summary>Keeps the writer thread in a group of its own until it is released, so that what is written meanwhile is one group.</summary>
public sealed class HeldWriter : IDisposable
{
    private readonly ManualResetEventSlim _release = new();
    private readonly Task<bool> _work;

    public HeldWriter(SqliteDatabase database)
    {
        using var entered = new ManualResetEventSlim();
        _work = database.WriteAsync(_ =>
        {
            entered.Set();
            _release.Wait();
            return true;
        });
        entered.Wait();
    }

    public void Release() => _release.Set();

    public void Dispose()
    {
        _release.Set();
        _work.Wait();
        _release.Dispose();
    }
}
