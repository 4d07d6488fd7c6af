using System.Collections.Immutable;
using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Sql.Dialects;

namespace FederatedSegmentation.Connectors.Files;

/// <summary>Finds out how the engine reads the files of a table: their columns, and the table function with every option written out, so that nothing is guessed per run.</summary>
internal sealed class FileTableReader(string source, string root, DuckDbConnection connection)
{
    /// <summary>Reads the schema of a set of files.</summary>
    /// <param name="files">The files.</param>
    /// <param name="delimiter">The delimiter of CSV files.</param>
    /// <param name="wanted">The stored names of the columns that the model declares.</param>
    /// <param name="key">The stored name of the column that is the whole key, or null.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public async Task<FileTable> ReadAsync(FileSet files, char delimiter, IReadOnlyCollection<string> wanted, string? key, CancellationToken cancellationToken)
    {
        var bytes = files.Paths.Sum(path => new FileInfo(path).Length);
        switch (files.Format)
        {
            case FileFormat.Parquet:
                var (relation, columns) = await ParquetAsync(files, wanted, cancellationToken).ConfigureAwait(false);
                var range = columns.Any(column => column.Name == key && FileTable.StorageOf(column.EngineType) is StoredInteger)
                    ? await KeyRangeAsync(files, key!, cancellationToken).ConfigureAwait(false)
                    : null;
                var rows = range?.Rows
                    ?? await connection.QueryInt64Async($"SELECT CAST(sum(num_rows) AS BIGINT) FROM parquet_file_metadata({List(files.Paths)})", cancellationToken).ConfigureAwait(false);
                return new FileTable(relation, columns, rows, bytes) { Key = range };

            case FileFormat.Csv:
                var csv = await CsvAsync(files, delimiter, wanted, cancellationToken).ConfigureAwait(false);
                return new FileTable(csv, await DescribeAsync(csv, cancellationToken).ConfigureAwait(false), Rows: null, bytes);

            case FileFormat.JsonLines:
                return await JsonAsync(files, wanted, bytes, cancellationToken).ConfigureAwait(false);

            default:
                throw new ArgumentOutOfRangeException(nameof(files), files.Format, "Unknown format.");
        }
    }

    /// <summary>The delimiter that the files most likely have; a comma for what is not CSV.</summary>
    public async Task<char> SniffAsync(FileSet files, CancellationToken cancellationToken)
        => CsvHeader.Sniff(files.Format == FileFormat.Csv ? await FirstLineAsync(files.Paths[0], cancellationToken).ConfigureAwait(false) ?? string.Empty : string.Empty);

    private async Task<(string Relation, ImmutableArray<(string Name, string EngineType)> Columns)> ParquetAsync(
        FileSet files, IReadOnlyCollection<string> wanted, CancellationToken cancellationToken)
    {
        var union = files.Paths.Length > 1 ? ", union_by_name = true" : string.Empty;
        var plain = $"read_parquet({List(files.Paths)}, hive_partitioning = false{union})";
        var columns = await DescribeAsync(plain, cancellationToken).ConfigureAwait(false);
        var missing = Missing(wanted, columns);
        if (missing.Count == 0 || !IsHive(files, missing))
        {
            return (plain, columns);
        }

        var hive = $"read_parquet({List(files.Paths)}, hive_partitioning = true, hive_types_autocast = false{union})";
        return (hive, await DescribeAsync(hive, cancellationToken).ConfigureAwait(false));
    }

    // From the statistics of the row groups; null where one of them has none.
    private async Task<KeyRange?> KeyRangeAsync(FileSet files, string key, CancellationToken cancellationToken)
    {
        var reader = await connection.QueryAsync(
            $"""
            SELECT CAST(sum(row_group_num_rows) AS BIGINT), min(TRY_CAST(stats_min_value AS BIGINT)), max(TRY_CAST(stats_max_value AS BIGINT))
            FROM parquet_metadata({List(files.Paths)}) WHERE path_in_schema = {LiteralText.Quote(key)}
            HAVING count(*) = count(TRY_CAST(stats_min_value AS BIGINT)) AND count(*) = count(TRY_CAST(stats_max_value AS BIGINT)) AND count(*) > 0
            """,
            cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            using var batch = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            return batch is { RowCount: > 0 } ? new KeyRange(key, batch.Columns[1].Values<long>()[0], batch.Columns[2].Values<long>()[0], batch.Columns[0].Values<long>()[0]) : null;
        }
    }

    private async Task<string> CsvAsync(FileSet files, char delimiter, IReadOnlyCollection<string> wanted, CancellationToken cancellationToken)
    {
        var byHeader = new List<(ImmutableArray<string> Header, List<string> Paths)>();
        foreach (var path in files.Paths)
        {
            var header = await HeaderAsync(path, delimiter, cancellationToken).ConfigureAwait(false);
            if (byHeader.Find(group => group.Header.SequenceEqual(header, StringComparer.Ordinal)) is { Paths: not null } known)
            {
                known.Paths.Add(path);
            }
            else
            {
                byHeader.Add((header, [path]));
            }
        }

        var names = byHeader.SelectMany(group => group.Header).Distinct(StringComparer.Ordinal).Select(name => (name, "VARCHAR")).ToImmutableArray();
        var missing = Missing(wanted, names);
        var hive = missing.Count > 0 && IsHive(files, missing) ? "true, hive_types_autocast = false" : "false";
        var reads = byHeader.Select(group =>
        {
            var columns = string.Join(", ", group.Header.Select(name => $"{LiteralText.Quote(name)}: 'VARCHAR'"));
            return $"read_csv({List([.. group.Paths])}, header = true, auto_detect = false, columns = {{{columns}}}, delim = {LiteralText.Quote(delimiter.ToString())}, quote = '\"', escape = '\"', "
                + $"nullstr = '', allow_quoted_nulls = false, null_padding = false, strict_mode = true, ignore_errors = false, encoding = 'utf-8', max_line_size = 16000000, buffer_size = 33554432, hive_partitioning = {hive})";
        }).ToList();
        return reads.Count == 1 ? reads[0] : $"({string.Join(" UNION ALL BY NAME ", reads.Select(read => $"SELECT * FROM {read}"))})";
    }

    // The first line as it is: a delimiter that no text holds, no quotes, no guessing.
    private async Task<ImmutableArray<string>> HeaderAsync(string path, char delimiter, CancellationToken cancellationToken)
    {
        var line = await FirstLineAsync(path, cancellationToken).ConfigureAwait(false);
        var header = line is null ? [] : CsvHeader.Split(line, delimiter);
        if (header.IsEmpty || header.Any(name => name.Length == 0))
        {
            throw Fail("SRC105", $"'{Shown(path)}' has no header, or a column without a name.", "Write a first line that names every column.");
        }

        var twice = header.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? header : throw Fail("SRC105", $"The header of '{Shown(path)}' names column '{twice.Key}' twice (names that differ only in case count as one).", "Give every column a name of its own.");
    }

    private async Task<string?> FirstLineAsync(string path, CancellationToken cancellationToken)
    {
        var reader = await connection.QueryAsync(
            $"SELECT line FROM read_csv({List([path])}, header = false, auto_detect = false, columns = {{'line': 'VARCHAR'}}, delim = '\u0001', quote = '', escape = '', strict_mode = false, "
            + "encoding = 'utf-8', max_line_size = 16000000, buffer_size = 33554432, hive_partitioning = false) LIMIT 1",
            cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            using var batch = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            return batch is { RowCount: > 0 } && !batch.Columns[0].IsNull(0) ? batch.Columns[0].GetString(0) : null;
        }
    }

    private async Task<FileTable> JsonAsync(FileSet files, IReadOnlyCollection<string> wanted, long bytes, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        var reader = await connection.QueryAsync(
            $"SELECT DISTINCT unnest(json_keys(json)) AS name FROM read_ndjson_objects({List(files.Paths)})", cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await foreach (var batch in reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                using (batch)
                {
                    names.AddRange(Enumerable.Range(0, batch.RowCount).Select(batch.Columns[0].GetString));
                }
            }
        }

        if (names.Count == 0)
        {
            // Files without a row lack no column.
            names.AddRange(wanted);
        }

        // A folder such as year=2026 is a column only where no line has one of that name.
        var folders = wanted.Where(name => !names.Contains(name, StringComparer.Ordinal) && IsHive(files, [name])).ToList();
        // The reader wants at least one name of the lines, also where the model only asks for folders.
        var kept = names.Where(name => wanted.Count == folders.Count || wanted.Contains(name, StringComparer.Ordinal)).Order(StringComparer.Ordinal).ToList();
        if (kept.Count == 0)
        {
            return new FileTable(string.Empty, [.. names.Select(name => (name, "VARCHAR"))], Rows: null, bytes);
        }

        var columns = string.Join(", ", kept.Select(name => $"{LiteralText.Quote(name)}: 'VARCHAR'"));
        var relation = $"read_ndjson({List(files.Paths)}, columns = {{{columns}}}, ignore_errors = false, maximum_object_size = 16777216, "
            + $"hive_partitioning = {(folders.Count > 0 ? "true, hive_types_autocast = false" : "false")})";
        return new FileTable(relation, [.. kept.Concat(folders).Select(name => (name, "VARCHAR"))], Rows: null, bytes, HasJsonNumbers: true);
    }

    private async Task<ImmutableArray<(string Name, string EngineType)>> DescribeAsync(string relation, CancellationToken cancellationToken)
    {
        var columns = ImmutableArray.CreateBuilder<(string, string)>();
        var reader = await connection.QueryAsync($"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {relation})", cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await foreach (var batch in reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                using (batch)
                {
                    for (var i = 0; i < batch.RowCount; i++)
                    {
                        columns.Add((batch.Columns[0].GetString(i), batch.Columns[1].GetString(i)));
                    }
                }
            }
        }

        return columns.ToImmutable();
    }

    private static List<string> Missing(IReadOnlyCollection<string> wanted, ImmutableArray<(string Name, string EngineType)> columns)
        => [.. wanted.Where(name => !columns.Any(column => string.Equals(column.Name, name, StringComparison.Ordinal)))];

    private bool IsHive(FileSet files, List<string> names)
        => names.Exists(name => files.Paths.All(path => Shown(path).Split('/').SkipLast(1).Any(part => part.StartsWith(name + "=", StringComparison.Ordinal))));

    private string Shown(string path) => Path.GetRelativePath(root, path);

    /// <summary>The paths as a list that the engine takes literally: characters of globs are escaped.</summary>
    private static string List(ImmutableArray<string> paths)
        => $"[{string.Join(", ", paths.Select(path => LiteralText.Quote(string.Concat(path.Select(character => character is '*' or '?' or '[' ? $"[{character}]" : character.ToString())))))}]";

    private SourceException Fail(string code, string message, string hint)
        => new(new Problem { Code = code, Stage = Stage.Execute, Source = source, Message = message, Hint = hint });
}
