using System.Globalization;
using Npgsql;

namespace FederatedSegmentation.Testing.Postgres;

/// <summary>A database of a test server, seen by its superuser. Every call has a connection of its own; safe for concurrent use.</summary>
public sealed class PostgresDatabase
{
    internal PostgresDatabase(PostgresServer server, string name)
    {
        Server = server;
        Name = name;
    }

    /// <summary>The server.</summary>
    public PostgresServer Server { get; }

    /// <summary>The database's name.</summary>
    public string Name { get; }

    /// <summary>The superuser's connection string.</summary>
    public string ConnectionString => Server.ConnectionString(Name);

    /// <summary>An identifier in double quotes.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A name of several parts, each in double quotes.</summary>
    public static string Quote(IEnumerable<string> parts) => string.Join('.', parts.Select(Quote));

    /// <summary>Runs statements.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Runs a query and returns the first value of its first row.</summary>
    public async Task<object?> ScalarAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>A new connection of the superuser; the caller disposes of it.</summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates a role that may log in and read every table of the schema <c>public</c> that exists now or later.</summary>
    /// <returns>Its password.</returns>
    public async Task<string> CreateReaderAsync(string role, CancellationToken cancellationToken)
    {
        var password = $"p4ss-{role}";
        await ExecuteAsync(
            $"""
            CREATE ROLE {Quote(role)} LOGIN PASSWORD '{password.Replace("'", "''", StringComparison.Ordinal)}';
            GRANT USAGE ON SCHEMA public TO {Quote(role)};
            GRANT SELECT ON ALL TABLES IN SCHEMA public TO {Quote(role)};
            ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {Quote(role)};
            """,
            cancellationToken);
        return password;
    }

    /// <summary>Creates a table and fills it by COPY; its statistics are up to date afterwards.</summary>
    /// <param name="table">Name parts; a schema that is named is created where it is missing.</param>
    /// <param name="columns">Names and PostgreSQL types, with whatever may stand behind them (<c>text COLLATE "C"</c>).</param>
    /// <param name="rows">
    /// One value per column: null, bool, integers, <see cref="Int128"/>, decimal, float, double, <see cref="DateOnly"/>, <see cref="DateTime"/> (a wall clock),
    /// <see cref="DateTimeOffset"/> (an instant), <see cref="Guid"/>, byte[], or text, which may be any type's PostgreSQL form.
    /// </param>
    /// <param name="cancellationToken">Cancels the load.</param>
    /// <returns>The number of rows.</returns>
    public async Task<long> CreateTableAsync(
        IReadOnlyList<string> table,
        IReadOnlyList<(string Name, string Type)> columns,
        IEnumerable<IReadOnlyList<object?>> rows,
        CancellationToken cancellationToken)
    {
        var name = Quote(table);
        var schema = table.Count > 1 ? $"CREATE SCHEMA IF NOT EXISTS {Quote(table[^2])};" : "";
        await ExecuteAsync($"{schema} CREATE TABLE {name} ({string.Join(", ", columns.Select(column => $"{Quote(column.Name)} {column.Type}"))})", cancellationToken);
        var count = await CopyAsync(table, columns.Select(column => column.Name).ToArray(), rows, cancellationToken);
        await ExecuteAsync($"ANALYZE {name}", cancellationToken);
        return count;
    }

    /// <summary>Adds rows by COPY, all or none.</summary>
    /// <returns>The number of rows.</returns>
    public async Task<long> CopyAsync(IReadOnlyList<string> table, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<object?>> rows, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        // Instants are written in UTC with their offset and dates as ISO, whatever the server's defaults.
        await using (var pin = new NpgsqlCommand("SET DateStyle = 'ISO, YMD'; SET TimeZone = 'UTC'", connection))
        {
            await pin.ExecuteNonQueryAsync(cancellationToken);
        }

        long count = 0;
        await using var writer = await connection.BeginTextImportAsync($"COPY {Quote(table)} ({string.Join(", ", columns.Select(Quote))}) FROM STDIN", cancellationToken);
        foreach (var row in rows)
        {
            if (row.Count != columns.Count)
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Row {count} has {row.Count} values for {columns.Count} columns."), nameof(rows));
            }

            await writer.WriteAsync(CopyText.Line(row));
            count++;
        }

        return count;
    }
}
