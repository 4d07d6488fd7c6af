using System.Globalization;
using FederatedSegmentation.DuckDb;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>An example's hand-written SQL, run on a DuckDB that knows nothing of segments.</summary>
internal sealed class ExampleSql : IAsyncDisposable
{
    private static readonly string[] Folders = ["data", "database", "segments"];

    private readonly ExampleFolder _example;
    private readonly DuckDbInstance _instance;
    private readonly DuckDbConnection _connection;

    private ExampleSql(ExampleFolder example)
    {
        _example = example;
        _instance = DuckDbInstance.Open(new DuckDbOptions());
        _connection = _instance.CreateConnection();
    }

    /// <summary>Opens a database without tables.</summary>
    public static ExampleSql OpenEmpty(ExampleFolder example) => new(example);

    /// <summary>Opens the example's tables.</summary>
    public static async Task<ExampleSql> OpenAsync(ExampleFolder example)
    {
        var sql = OpenEmpty(example);
        await sql.RunAsync("checks/tables.sql", example.Path);
        return sql;
    }

    /// <summary>The rows of one of the checks in the order of their first column, the fields with commas between them, each row followed by a line feed.</summary>
    /// <param name="segment">The segment whose check it is.</param>
    /// <param name="change">Changes the check's text before it is run.</param>
    public async Task<string> LinesAsync(string segment, Func<string, string> change)
    {
        var select = change(await ReadAsync($"checks/{segment}.sql", _example.Path)).TrimEnd().TrimEnd(';');
        return await _connection.QueryStringAsync($"SELECT string_agg(concat_ws(',', *COLUMNS(*)) || chr(10), '' ORDER BY first_column) FROM ({select}\n) AS t(first_column)", CancellationToken.None) ?? "";
    }

    /// <summary>Writes the rows of a query to a CSV file without a header.</summary>
    public static async Task CopyAsync(string query, string file)
    {
        await using var instance = DuckDbInstance.Open(new DuckDbOptions());
        await using var connection = instance.CreateConnection();
        await connection.ExecuteAsync($"COPY ({query}) TO '{file}' (FORMAT csv, HEADER false)", CancellationToken.None);
    }

    /// <summary>A number that a query gives as text.</summary>
    public async Task<long> NumberAsync(string query)
        => long.Parse((await _connection.QueryStringAsync($"SELECT ({query})::VARCHAR", CancellationToken.None))!, CultureInfo.InvariantCulture);

    /// <summary>Runs one of the example's files of SQL, with all that it reads and writes in another root.</summary>
    public async Task RunAsync(string file, string root) => await _connection.ExecuteAsync(await ReadAsync(file, root), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _instance.DisposeAsync();
    }

    /// <summary>The files name their data relative to the example, as a reader runs them there.</summary>
    private async Task<string> ReadAsync(string file, string root)
        => Folders.Aggregate(await File.ReadAllTextAsync(Path.Combine(_example.Path, file)), (sql, folder) => sql.Replace($"'{folder}/", $"'{root}/{folder}/", StringComparison.Ordinal));
}
