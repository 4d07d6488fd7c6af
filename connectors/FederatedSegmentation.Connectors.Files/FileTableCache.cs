using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace FederatedSegmentation.Connectors.Files;

/// <summary>
/// What was found out about tables whose files have not changed since: a run over the same files need not open them twice, and from the second on it is
/// worth knowing whether their key is unique. Files are the same when there are the same ones, of the same lengths and the same times of writing. Safe
/// for concurrent use.
/// </summary>
/// <param name="clock">Tells how old a file is.</param>
internal sealed class FileTableCache(TimeProvider clock)
{
    // A file that is written again within one step of its file system's clock (2 s for the coarsest) may keep its time.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<(string Pattern, char Delimiter), Entry> _entries = new();

    /// <summary>The table as it was read before, or as it is read now.</summary>
    /// <param name="files">The files.</param>
    /// <param name="delimiter">The delimiter of CSV files.</param>
    /// <param name="wanted">The stored names of the columns that the model declares.</param>
    /// <param name="key">The stored name of the column that is the whole key, or null.</param>
    /// <param name="reader">Reads them.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The table, and the files as they were when it was read.</returns>
    public async Task<(FileTable Table, FileStamps Stamps)> GetAsync(
        FileSet files, char delimiter, ImmutableArray<string> wanted, string? key, IFileTableReader reader, CancellationToken cancellationToken)
    {
        // The stamps come first: a file that changes while it is read is read again the next time.
        var now = clock.GetUtcNow().UtcDateTime;
        var stamps = FileStamps.Of(files);
        var name = (files.Pattern, delimiter);
        if (_entries.TryGetValue(name, out var known) && known.Key == key && known.Stamps.AreSame(stamps) && known.Wanted.SequenceEqual(wanted, StringComparer.Ordinal))
        {
            if (!known.IsMeasured)
            {
                known = known with { IsMeasured = true };
                if (known.Table.Key is { MayBeUnique: true } range && await reader.IsUniqueAsync(known.Table, cancellationToken).ConfigureAwait(false))
                {
                    known = known with { Table = known.Table with { Key = range with { IsUnique = true } } };
                }

                _entries[name] = known;
            }

            return (known.Table, stamps);
        }

        var table = await reader.ReadAsync(files, delimiter, wanted, key, cancellationToken).ConfigureAwait(false);
        if (stamps.AreOlderThan(now - Settled))
        {
            _entries[name] = new Entry(stamps, wanted, key, table, IsMeasured: false);
        }

        return (table, stamps);
    }

    private sealed record Entry(FileStamps Stamps, ImmutableArray<string> Wanted, string? Key, FileTable Table, bool IsMeasured);
}

/// <summary>Finds out about tables of files.</summary>
internal interface IFileTableReader
{
    /// <summary>Opens the files and reads what they say of themselves.</summary>
    Task<FileTable> ReadAsync(FileSet files, char delimiter, IReadOnlyCollection<string> wanted, string? key, CancellationToken cancellationToken);

    /// <summary>Reads the key of a table with a range of it: whether every row has one, and none has that of another.</summary>
    Task<bool> IsUniqueAsync(FileTable table, CancellationToken cancellationToken);
}
