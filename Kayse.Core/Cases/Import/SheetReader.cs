namespace Kayse.Core.Cases.Import;

/// <summary>Reads a table row by row in bounded memory. What is wrong with the file is a value: the rows end, and <see cref="Problem"/> says why.</summary>
public abstract class SheetReader : IDisposable
{
    /// <summary>Why no more rows come, with what to do; null when the file ended well.</summary>
    public string? Problem { get; protected set; }

    /// <summary>What was odd about the file as a whole.</summary>
    public virtual IReadOnlyList<string> Warnings => [];

    /// <summary>The next row that is not blank, or null when there is none.</summary>
    public async ValueTask<SheetRow?> NextAsync(CancellationToken cancellationToken)
    {
        while (await ReadAsync(cancellationToken) is { } row)
        {
            if (!row.IsBlank)
            {
                return row;
            }
        }

        return null;
    }

    /// <summary>The next row, blank or not; or null.</summary>
    protected abstract ValueTask<SheetRow?> ReadAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what it reads from.</summary>
    protected abstract void Dispose(bool isDisposing);
}
