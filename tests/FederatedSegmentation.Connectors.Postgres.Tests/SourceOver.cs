using System.Collections.Immutable;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Testing.Postgres;

namespace FederatedSegmentation.Connectors.Postgres.Tests;

/// <summary>Short ways to a connector over a test database, and through it.</summary>
internal static class SourceOver
{
    public const string Name = "ops";

    /// <summary>The settings of the database's superuser.</summary>
    public static PostgresOptions Options(PostgresDatabase database) => new()
    {
        Host = PostgresServer.Host,
        Port = database.Server.Port,
        Database = database.Name,
        User = PostgresServer.AdminUser,
        SslMode = PostgresSslMode.Disable,
    };

    public static PostgresConnector Connector(PostgresOptions options, string password, TimeProvider? clock = null) => new(Name, options, _ => ValueTask.FromResult(password), clock ?? TimeProvider.System);

    public static PostgresConnector Connector(PostgresDatabase database, Func<PostgresOptions, PostgresOptions>? change = null, TimeProvider? clock = null)
        => Connector(change is null ? Options(database) : change(Options(database)), database.Server.AdminPassword, clock);

    public static async Task<PostgresDatabase> DatabaseAsync(string? setup = null)
    {
        var database = await SharedPostgresServer.CreateDatabaseAsync(CancellationToken.None);
        if (setup is not null)
        {
            await database.ExecuteAsync(setup, CancellationToken.None);
        }

        return database;
    }

    public static Entity Entity(string name, string[] table, params (string Name, DataType Type)[] columns)
    {
        var all = columns.Select(column => new Column { Name = column.Name, Type = column.Type, SourceName = column.Name }).ToImmutableArray();
        return new Entity { Name = name, Source = Name, Table = [.. table], Columns = all, Key = [all[0]] };
    }

    /// <summary>A statement with the columns that it is said to have.</summary>
    public static CompiledFragment Fragment(string sql, params (string Name, DataType Type, StorageType Storage)[] columns)
        => new("F1", Name, "postgres", sql, [.. columns.Select((column, i) => new PlanColumn(i + 1, column.Name, column.Type, column.Storage))]);

    /// <summary>A statement of one integer column.</summary>
    public static CompiledFragment Numbers(string sql) => Fragment(sql, ("id", DataTypes.Int64, new StoredInteger()));

    /// <summary>Runs a statement to its end and reads its first column.</summary>
    public static async Task<List<long>> NumbersAsync(this IRemoteSource source, CompiledFragment fragment, TimeSpan? remaining = null, CancellationToken cancellationToken = default)
    {
        await using var session = await source.OpenSessionAsync(new SourceRun("run1", remaining ?? TimeSpan.FromMinutes(2)), cancellationToken);
        return await session.NumbersAsync(fragment, cancellationToken);
    }

    /// <summary>Runs a statement to its end and reads its first column.</summary>
    public static async Task<List<long>> NumbersAsync(this ISourceSession session, CompiledFragment fragment, CancellationToken cancellationToken = default)
    {
        var numbers = new List<long>();
        await using var statement = await session.SubmitAsync(fragment, cancellationToken);
        await foreach (var batch in statement.FetchAsync(cancellationToken))
        {
            using (batch)
            {
                numbers.AddRange(batch.Columns[0].Values<long>());
            }
        }

        return numbers;
    }

    /// <summary>Asserts that the source fails with one problem whose line holds the parts.</summary>
    public static async Task<SourceException> FailsAsync(Func<Task> work, string code, params string[] parts)
    {
        var failure = await Assert.ThrowsAsync<SourceException>(work);
        var problem = Assert.Single(failure.Problems);
        Assert.Equal((code, Name), (problem.Code, problem.Source));
        Assert.All(parts, part => Assert.Contains(part, problem.ToString(), StringComparison.Ordinal));
        return failure;
    }
}
