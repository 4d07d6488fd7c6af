using FederatedSegmentation.DuckDb;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>The example's hand-written SQL, run on a DuckDB that knows nothing of segments.</summary>
internal sealed class CdnowSql : IAsyncDisposable
{
    private readonly DuckDbInstance _instance;
    private readonly DuckDbConnection _connection;

    private CdnowSql(DuckDbInstance instance)
    {
        _instance = instance;
        _connection = instance.CreateConnection();
    }

    /// <summary>Opens the example's tables.</summary>
    public static async Task<CdnowSql> OpenAsync()
    {
        var sql = new CdnowSql(DuckDbInstance.Open(new DuckDbOptions()));
        await sql._connection.ExecuteAsync(await ReadAsync("checks/tables.sql"), CancellationToken.None);
        return sql;
    }

    /// <summary>The keys of one of the checks in order, each followed by a line feed.</summary>
    public async Task<string> KeysAsync(string segment)
    {
        var select = (await ReadAsync($"checks/{segment}.sql")).TrimEnd().TrimEnd(';');
        return await _connection.QueryStringAsync($"SELECT string_agg(customer_id || chr(10), '' ORDER BY customer_id) FROM ({select}\n)", CancellationToken.None) ?? "";
    }

    /// <summary>Makes the customers anew into the given file.</summary>
    public async Task DeriveCustomersAsync(string file)
    {
        var copy = await ReadAsync("derive-customers.sql");
        await _connection.ExecuteAsync(copy.Replace(InPlace("'data/customers.csv'"), $"'{file}'", StringComparison.Ordinal), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _instance.DisposeAsync();
    }

    private static async Task<string> ReadAsync(string file) => InPlace(await File.ReadAllTextAsync(Path.Combine(CdnowExample.Folder, file)));

    /// <summary>The files name their data relative to the example, as a reader runs them there.</summary>
    private static string InPlace(string sql)
        => sql.Replace("'data/", $"'{CdnowExample.Folder}/data/", StringComparison.Ordinal).Replace("'segments/", $"'{CdnowExample.Folder}/segments/", StringComparison.Ordinal);
}
