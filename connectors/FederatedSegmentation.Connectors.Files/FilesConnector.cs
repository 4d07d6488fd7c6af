using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Sql.Dialects;

namespace FederatedSegmentation.Connectors.Files;

/// <summary>A folder of Parquet, CSV and JSON Lines files, read by the embedded engine where they are joined. Safe for concurrent use.</summary>
public sealed class FilesConnector : IEngineSource, IFileTableReader
{
    private const char DefaultDelimiter = ',';

    private readonly string _root;
    private readonly Lazy<DuckDbInstance> _metadata = new(OpenMetadata);

    // By the description that a run holds, for as long as it does; and what was described last under each name, for messages.
    private readonly ConditionalWeakTable<StoredTable, Described> _tables = [];
    private readonly ConcurrentDictionary<string, Described> _latest = new(StringComparer.Ordinal);
    private readonly FileTableCache _known;

    /// <summary>A source over a folder.</summary>
    /// <param name="source">The name in the settings.</param>
    /// <param name="root">The absolute path of the folder.</param>
    /// <param name="clock">Tells how old files are.</param>
    /// <exception cref="FederatedSegmentationException">CFG111: there is no such folder.</exception>
    public FilesConnector(string source, string root, TimeProvider clock)
    {
        Source = source;
        _known = new FileTableCache(clock);
        _root = Directory.Exists(root)
            ? FileSet.RealPath(Path.GetFullPath(root).TrimEnd(Path.DirectorySeparatorChar))
            : throw new FederatedSegmentationException(new Problem
            {
                Code = "CFG111",
                Stage = Stage.Settings,
                Source = source,
                Pointer = $"Sources:{source}:Root",
                Message = File.Exists(root) ? "The Root is a file." : "The Root does not exist.",
                Hint = "Name an existing folder; a relative path is relative to the settings file.",
            });
    }

    /// <inheritdoc />
    public string Source { get; }

    /// <inheritdoc />
    public string Kind => "files";

    /// <inheritdoc />
    public Capabilities Capabilities => DuckDbDialect.Instance.Capabilities;

    /// <inheritdoc />
    public ImmutableArray<string> AllowedDirectories => [_root];

    /// <inheritdoc />
    public async Task<ImmutableArray<StoredTable>> DescribeAsync(ImmutableArray<Entity> entities, CancellationToken cancellationToken)
    {
        var tables = ImmutableArray.CreateBuilder<StoredTable>(entities.Length);
        foreach (var entity in entities)
        {
            var pattern = entity.Table is [var path] ? path : throw Fail("SRC101", $"The table of {entity} has {entity.Table.Length} name parts.", "Name one path or glob, relative to the Root.");
            var files = FileSet.Expand(Source, _root, pattern);
            ImmutableArray<string> wanted = [.. entity.Columns.Select(column => column.SourceName)];
            var delimiter = entity.CsvDelimiter ?? DefaultDelimiter;
            var key = entity.Key is [var single] ? single.SourceName : null;
            var (table, stamps) = await _known.GetAsync(files, delimiter, wanted, key, this, cancellationToken).ConfigureAwait(false);
            var (stored, engine) = table.As(entity, Source);
            var described = new Described(entity, files, table, stamps, engine);
            _tables.Add(stored, described);
            _latest[entity.Name] = described;
            tables.Add(stored);
        }

        return tables.MoveToImmutable();
    }

    /// <inheritdoc />
    public EngineTable TableOf(StoredTable table) => Find(table).Engine;

    /// <inheritdoc />
    public Problem? FindChange(StoredTable table)
    {
        var known = Find(table);
        return known.Engine.Key is not { IsUnique: true } || known.Stamps.AreSame(FileStamps.Of(known.Files)) ? null : new Problem
        {
            Code = "SRC107",
            Stage = Stage.Execute,
            Source = Source,
            Message = $"A file of '{known.Files.Pattern}' was written while the run read it.",
            Hint = "Run again; to replace a file, write the new one beside it and rename it.",
            IsTransient = true,
        };
    }

    /// <inheritdoc />
    public async Task<Problem?> FindTruncationAsync(StoredTable table, CancellationToken cancellationToken)
    {
        foreach (var path in Find(table).Files.Paths.Where(CompressedFile.IsOne))
        {
            try
            {
                if (!await CompressedFile.IsWholeAsync(path, cancellationToken).ConfigureAwait(false))
                {
                    return FilesErrors.Of(Source, _root, path, TextDefects.Damaged);
                }
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                return FilesErrors.Of(Source, _root, path, TextDefects.Unreadable);
            }
        }

        return null;
    }

    /// <inheritdoc />
    public MisfitQueries? FindMisfits(string entity, string column)
    {
        if (_latest.GetValueOrDefault(entity) is not { } known || known.Entity.FindColumn(column) is not { } declared)
        {
            return null;
        }

        var misfits = $"FROM {known.Table.Relation} WHERE {known.Table.DoesNotFit(declared)}";
        var value = $"CAST({DuckDbDialect.Instance.QuoteIdentifier(declared.SourceName)} AS VARCHAR)";
        return new MisfitQueries(declared.Type, $"SELECT count(*) {misfits}", $"SELECT {value} {misfits} LIMIT {MisfitQueries.MostValues}");
    }

    /// <inheritdoc />
    public async Task<Problem?> ExplainAsync(Exception failure, CancellationToken cancellationToken) => failure is DuckDbException engine
        ? await FilesErrors.ExplainAsync(Source, _root, engine, [.. _latest.Values.Select(known => (known.Files, known.Entity.CsvDelimiter ?? DefaultDelimiter))], cancellationToken).ConfigureAwait(false)
        : null;

    /// <inheritdoc />
    public async IAsyncEnumerable<ConnectionCheck> TestAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new ConnectionCheck("root", CheckOutcome.Passed, $"{_root} is a folder.");
        var tables = FileGroups.Of(_root);
        if (tables.IsEmpty)
        {
            yield return new ConnectionCheck("list", CheckOutcome.Warning, "There is no Parquet, CSV or JSON Lines file in it.");
        }
        else
        {
            yield return new ConnectionCheck("list", CheckOutcome.Passed, $"{tables.Length} tables of files.");
            yield return await TryReadAsync(tables[0], cancellationToken).ConfigureAwait(false);
        }

        yield return CanWrite()
            ? new ConnectionCheck("write", CheckOutcome.Warning, "The gateway could write here. It never does; read-only permissions are enough.")
            : new ConnectionCheck("write", CheckOutcome.Passed, "The gateway cannot write here.");
    }

    /// <inheritdoc />
    public async Task<ImmutableArray<DiscoveredTable>> DiscoverAsync(CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<DiscoveredTable>();
        foreach (var pattern in FileGroups.Of(_root))
        {
            var (table, delimiter) = await SniffAsync(FileSet.Expand(Source, _root, pattern), cancellationToken).ConfigureAwait(false);
            found.Add(new DiscoveredTable(
                [pattern], [.. table.Columns.Select(column => new DiscoveredColumn(column.Name, column.EngineType, FileGroups.Suggest(column.EngineType)))], [], [], table.Rows, table.Bytes)
            {
                CsvDelimiter = delimiter == DefaultDelimiter ? null : delimiter,
            });
        }

        return found.ToImmutable();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_metadata.IsValueCreated)
        {
            await _metadata.Value.DisposeAsync().ConfigureAwait(false);
        }
    }

    async Task<bool> IFileTableReader.IsUniqueAsync(FileTable table, CancellationToken cancellationToken)
    {
        var connection = _metadata.Value.CreateConnection();
        await using var closing = connection.ConfigureAwait(false);
        return await connection.QueryInt64Async(table.IsUnique(), cancellationToken).ConfigureAwait(false) == 1;
    }

    Task<FileTable> IFileTableReader.ReadAsync(FileSet files, char delimiter, IReadOnlyCollection<string> wanted, string? key, CancellationToken cancellationToken)
        => ReadAsync(files, delimiter, wanted, key, cancellationToken);

    private static DuckDbInstance OpenMetadata()
    {
        try
        {
            return DuckDbInstance.Open(new DuckDbOptions { Threads = 1 });
        }
        catch (DuckDbException failure) when (failure.Kind == DuckDbErrorKind.Library)
        {
            throw new FederatedSegmentationException(
                new Problem
                {
                    Code = "CFG021",
                    Stage = Stage.Execute,
                    Message = "The embedded engine cannot be loaded on this machine.",
                    Hint = "Build again on this machine, so that the library of its platform is fetched.",
                },
                failure);
        }
    }

    private Described Find(StoredTable table) => _tables.TryGetValue(table, out var known) ? known : throw new KeyNotFoundException("The table was not described by this source.");

    private Task<FileTable> ReadAsync(FileSet files, char delimiter, IReadOnlyCollection<string> wanted, string? key, CancellationToken cancellationToken)
        => GuardedAsync(files, delimiter, reader => reader.ReadAsync(files, delimiter, wanted, key, cancellationToken), cancellationToken);

    // Files of which no model says how they are read.
    private async Task<(FileTable Table, char Delimiter)> SniffAsync(FileSet files, CancellationToken cancellationToken)
    {
        var delimiter = await GuardedAsync(files, DefaultDelimiter, reader => reader.SniffAsync(files, cancellationToken), cancellationToken).ConfigureAwait(false);
        return (await ReadAsync(files, delimiter, [], key: null, cancellationToken).ConfigureAwait(false), delimiter);
    }

    private async Task<T> GuardedAsync<T>(FileSet files, char delimiter, Func<FileTableReader, Task<T>> read, CancellationToken cancellationToken)
    {
        var connection = _metadata.Value.CreateConnection();
        await using var closing = connection.ConfigureAwait(false);
        try
        {
            return await read(new FileTableReader(Source, _root, connection)).ConfigureAwait(false);
        }
        catch (DuckDbException failure)
        {
            if (await FilesErrors.ExplainAsync(Source, _root, failure, [(files, delimiter)], cancellationToken).ConfigureAwait(false) is { } problem)
            {
                throw new SourceException(problem, failure);
            }

            throw;
        }
    }

    private async Task<ConnectionCheck> TryReadAsync(string pattern, CancellationToken cancellationToken)
    {
        try
        {
            var (table, _) = await SniffAsync(FileSet.Expand(Source, _root, pattern), cancellationToken).ConfigureAwait(false);
            return new ConnectionCheck("read", CheckOutcome.Passed, $"'{pattern}' has {table.Columns.Length} columns.");
        }
        catch (FederatedSegmentationException failure)
        {
            return new ConnectionCheck("read", CheckOutcome.Failed, failure.Problems[0].ToString());
        }
    }

    private bool CanWrite()
    {
        try
        {
            using var probe = new FileStream(
                Path.Combine(_root, $".fedseg-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private SourceException Fail(string code, string message, string hint) => new(new Problem { Code = code, Stage = Stage.Execute, Source = Source, Message = message, Hint = hint });

    // The files of an entity, as they were found last.
    private sealed record Described(Entity Entity, FileSet Files, FileTable Table, FileStamps Stamps, EngineTable Engine);
}
