using System.Text;

namespace Kayse.Tests.StoreWriter;

/// <summary>Says each outcome on stdout, a line in one piece: what is said is in the pipe, whatever happens to the process then.</summary>
internal sealed class Report : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stream _output = Console.OpenStandardOutput();

    public void Say(StoreLine line)
    {
        lock (_gate)
        {
            _output.Write(Encoding.ASCII.GetBytes($"{line}\n"));
        }
    }

    public void Dispose() => _output.Dispose();
}
