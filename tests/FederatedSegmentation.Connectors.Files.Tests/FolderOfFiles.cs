using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.Files.Tests;

/// <summary>A folder of real files, and an engine that reads them as a connector says.</summary>
internal sealed class FolderOfFiles : IDisposable
{
    public const string Source = "lake";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fedseg-files-");

    // The system's temporary folder may itself be a link.
    public string Root => FileSet.RealPath(_folder.FullName);

    public string this[string path] => Path.Combine(Root, path);

    public void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    public void Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);
        File.WriteAllBytes(this[path], bytes);
    }

    /// <summary>Has the engine write what a query yields.</summary>
    public async Task CopyAsync(string query, string path, string format = "FORMAT parquet")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);
        await using var instance = DuckDbInstance.Open(new DuckDbOptions { Threads = 2 });
        await using var connection = instance.CreateConnection();
        await connection.ExecuteAsync($"COPY ({query}) TO '{this[path]}' ({format})", CancellationToken.None);
    }

    public FilesConnector Connector() => new(Source, Root, TimeProvider.System);

    public static byte[] Gzip(string text) => Gzip(Encoding.UTF8.GetBytes(text));

    public static byte[] Gzip(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var zip = new GZipStream(memory, CompressionLevel.Fastest))
        {
            zip.Write(bytes);
        }

        return memory.ToArray();
    }

    public static Entity Entity(string table, params (string Name, DataType Type)[] columns) => Entity(table, null, columns);

    public static Entity Entity(string table, char? delimiter, params (string Name, DataType Type)[] columns)
    {
        var all = columns.Select(column => new Column { Name = column.Name, Type = column.Type, SourceName = column.Name }).ToImmutableArray();
        return new Entity { Name = "thing", Source = Source, Table = [table], Columns = all, Key = [all[0]], CsvDelimiter = delimiter };
    }

    /// <summary>The rows of an entity as the engine reads them: values as text, joined by bars, in the order of the text.</summary>
    public static async Task<IReadOnlyList<string>> RowsAsync(FilesConnector source, Entity entity)
    {
        var table = source.TableOf(Assert.Single(await source.DescribeAsync([entity], CancellationToken.None)));
        var line = string.Join(" || '|' || ", entity.Columns.Select(column => $"coalesce(CAST({table.Expressions[column.Name]} AS VARCHAR), 'NULL')"));
        await using var instance = DuckDbInstance.Open(new DuckDbOptions { Threads = 2 });
        await using var connection = instance.CreateConnection();
        return await connection.QueryTextsAsync($"SELECT {line} AS line FROM {table.Relation} ORDER BY line", CancellationToken.None);
    }

    /// <summary>The number that a statement yields.</summary>
    public static async Task<long?> NumberAsync(string sql)
    {
        await using var instance = DuckDbInstance.Open(new DuckDbOptions { Threads = 2 });
        await using var connection = instance.CreateConnection();
        return await connection.QueryInt64Async(sql, CancellationToken.None);
    }

    /// <summary>The one problem with which work fails, as its line.</summary>
    public static async Task<string> FailsAsync(Func<Task> work) => Assert.Single((await Assert.ThrowsAnyAsync<FederatedSegmentationException>(work)).Problems).ToString();

    public void Dispose() => _folder.Delete(recursive: true);
}
