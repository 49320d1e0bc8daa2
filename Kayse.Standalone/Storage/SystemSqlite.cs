using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Kayse.Standalone.Storage;

/// <summary>Uses the SQLite of the operating system, which the system keeps patched; no native library is shipped.</summary>
public static class SystemSqlite
{
    private static readonly Lock Gate = new();
    private static bool s_ready;

    /// <summary>Points the provider at the system's library; calling it again does nothing.</summary>
    /// <exception cref="DllNotFoundException">The system has no SQLite; the message says what to install.</exception>
    public static void Use()
    {
        lock (Gate)
        {
            if (s_ready)
            {
                return;
            }

            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            s_ready = true;
        }
    }

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3")
        {
            return IntPtr.Zero;
        }

        foreach (var candidate in Candidates())
        {
            if (NativeLibrary.TryLoad(candidate, out var handle))
            {
                return handle;
            }
        }

        throw new DllNotFoundException("SQLite was not found on this machine. Install it: Debian and Ubuntu 'apt-get install libsqlite3-0', Fedora 'dnf install sqlite-libs', Alpine 'apk add sqlite-libs'.");
    }

    private static string[] Candidates() =>
        OperatingSystem.IsWindows() ? ["winsqlite3.dll"]
        : OperatingSystem.IsMacOS() ? ["libsqlite3.dylib", "/usr/lib/libsqlite3.dylib"]
        : ["libsqlite3.so.0", "libsqlite3.so"];
}
