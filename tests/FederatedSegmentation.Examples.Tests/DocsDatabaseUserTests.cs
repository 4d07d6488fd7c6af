using FederatedSegmentation.Testing.Postgres;
using Npgsql;
using Xunit;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>The database user that docs/configure-sources.md creates, in a real PostgreSQL.</summary>
public sealed class DocsDatabaseUserTests
{
    private const string Password = "p4ss of the page";

    [PostgresFact]
    public async Task The_user_of_the_page_reads_tables_of_today_and_tomorrow_and_writes_nothing()
    {
        var database = await SharedPostgresServer.CreateDatabaseAsync(CancellationToken.None);
        await database.ExecuteAsync("CREATE TABLE public.customer (id int); INSERT INTO public.customer VALUES (1)", CancellationToken.None);
        await CreateUserAsync(database);
        await database.ExecuteAsync("CREATE TABLE public.later (id int); INSERT INTO public.later VALUES (2)", CancellationToken.None);

        await using var user = await OpenAsync(database);
        Assert.Equal(1, await ScalarAsync(user, "SELECT id FROM public.customer"));
        Assert.Equal(2, await ScalarAsync(user, "SELECT id FROM public.later"));
        await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(user, "DELETE FROM public.customer"));
        await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(user, "CREATE TABLE public.mine (id int)"));
        await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(user, "SET default_transaction_read_only = off; DELETE FROM public.customer"));
        await database.ExecuteAsync("DROP OWNED BY segments; DROP ROLE segments", CancellationToken.None);
    }

    private static async Task CreateUserAsync(PostgresDatabase database)
    {
        var block = FencedBlock.In("docs/configure-sources.md").Single(block => block.Info == "sql");
        await database.ExecuteAsync(
            block.Text.Replace("'…'", $"'{Password}'", StringComparison.Ordinal).Replace("DATABASE crm", $"DATABASE {database.Name}", StringComparison.Ordinal),
            CancellationToken.None);
    }

    private static async Task<NpgsqlConnection> OpenAsync(PostgresDatabase database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = "segments", Password = Password }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
