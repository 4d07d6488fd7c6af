using FederatedSegmentation.Connectors.Postgres;
using FederatedSegmentation.DuckDb;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Sql.Compilation;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Testing.Postgres;
using Xunit;

namespace FederatedSegmentation.Sql.Tests;

/// <summary>Runs plans on a real engine; rows come as text, columns joined by bars, in ordinal order.</summary>
public abstract class PlanEngine : IAsyncLifetime
{
    /// <summary>The dialect.</summary>
    public abstract SqlDialect Dialect { get; }

    /// <summary>What statements may name.</summary>
    public abstract CompileContext Context { get; }

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();

    /// <summary>The first column of the first row.</summary>
    public abstract Task<string?> TextAsync(string sql);

    /// <summary>The rows of a plan.</summary>
    public async Task<string[]> RowsAsync(LogicalPlan plan)
    {
        var names = plan.Columns.Select((_, i) => $"c{i}").ToArray();
        var sql = PlanCompiler.Compile(plan, Dialect, Context, [.. names], ordered: false);
        var line = string.Join(" || '|' || ", names.Select(name => $"coalesce(CAST({name} AS varchar), 'NULL')"));
        var text = await TextAsync($"SELECT string_agg({line}, chr(10)) FROM (\n{sql}\n) AS result");
        return text is null ? [] : [.. text.Split('\n').Order(StringComparer.Ordinal)];
    }
}

/// <summary>The embedded engine.</summary>
public sealed class DuckDbEngine : PlanEngine
{
    private readonly DuckDbInstance _instance = DuckDbInstance.Open(new DuckDbOptions());
    private DuckDbConnection? _connection;

    public override SqlDialect Dialect => DuckDbDialect.Instance;

    public override CompileContext Context { get; } = new() { EngineTables = NamedTables.Instance };

    public DuckDbConnection Connection => _connection!;

    public override async Task InitializeAsync()
    {
        _connection = _instance.CreateConnection();
        foreach (var sql in SampleTables.Create("double", "blob", hex => $"from_hex('{hex}')"))
        {
            await _connection.ExecuteAsync(sql, CancellationToken.None);
        }

        // Stand-ins for the engine's own functions: Berlin is one hour ahead.
        await _connection.ExecuteAsync("CREATE MACRO fedseg_wall_clock(utc, zone) AS utc + INTERVAL 1 HOUR", CancellationToken.None);
        await _connection.ExecuteAsync("CREATE MACRO fedseg_convert_wall_clock(clock, f, t) AS clock - INTERVAL 1 HOUR", CancellationToken.None);
    }

    public override async Task DisposeAsync() => await _instance.DisposeAsync();

    public override Task<string?> TextAsync(string sql) => Connection.QueryStringAsync(sql, CancellationToken.None);
}

/// <summary>A PostgreSQL server.</summary>
public sealed class PostgresEngine : PlanEngine
{
    private PostgresDatabase? _database;

    public override SqlDialect Dialect => PostgresDialect.Instance;

    public override CompileContext Context { get; } = new();

    public override async Task InitializeAsync()
    {
        if (PostgresInstallation.WhyMissing is not null)
        {
            return;
        }

        _database = await SharedPostgresServer.CreateDatabaseAsync(CancellationToken.None);
        foreach (var sql in SampleTables.Create("double precision", "bytea", hex => $"decode('{hex}', 'hex')"))
        {
            await _database.ExecuteAsync(sql, CancellationToken.None);
        }
    }

    public override Task DisposeAsync() => Task.CompletedTask;

    public override async Task<string?> TextAsync(string sql) => await _database!.ScalarAsync(sql, CancellationToken.None) as string;
}
