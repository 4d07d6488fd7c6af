using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Testing.Postgres;

namespace FederatedSegmentation.Connectors.Tests.AdoNet;

/// <summary>Short ways through drivers.</summary>
internal static class Through
{
    internal const string Source = "wh";

    internal static DriverOptions Sqlite(string connectionString = "Data Source=:memory:") => new("Microsoft.Data.Sqlite.SqliteFactory, Microsoft.Data.Sqlite", DriverFolder.Path, () => connectionString);

    internal static DriverOptions Npgsql(PostgresDatabase database) => new("Npgsql.NpgsqlFactory, Npgsql", DriverFolder.Path, () => database.ConnectionString);

    internal static DriverOptions Odbc(PostgresDatabase database) => new(
        "System.Data.Odbc.OdbcFactory, System.Data.Odbc",
        DriverFolder.Path,
        () => FormattableString.Invariant($"Driver={{{OdbcFactAttribute.Driver}}};Server={PostgresServer.Host};Port={database.Server.Port};Database={database.Name};Uid={PostgresServer.AdminUser};Pwd={{{database.Server.AdminPassword}}};SSLmode=disable;BoolsAsChar=0;MaxVarcharSize=8000;UnknownSizes=2"));

    internal static DriverTransport Open(DriverOptions driver, DriverVendor? vendor = null, TimeProvider? clock = null, TimeSpan? statementTimeout = null)
        => new(Source, driver, vendor ?? new DriverVendor(), 2, statementTimeout, clock ?? TimeProvider.System);

    internal static CompiledFragment Fragment(string sql, params StorageType[] storages)
        => new("F1", Source, "any", sql, [.. storages.Select((storage, i) => new PlanColumn(i + 1, $"c{i}", DataTypes.String, storage))]);

    internal static async Task<List<RecordBatch>> BatchesAsync(this DriverTransport transport, CompiledFragment fragment, TimeSpan? remaining = null, CancellationToken cancellationToken = default)
    {
        await using var session = transport.OpenSession(new SourceRun("run1", remaining ?? TimeSpan.FromMinutes(5)));
        await using var statement = await session.SubmitAsync(fragment, cancellationToken);
        return await statement.FetchAsync(cancellationToken).ToListAsync(cancellationToken);
    }

    /// <summary>The only batch of a result.</summary>
    internal static async Task<RecordBatch> BatchAsync(this DriverTransport transport, CompiledFragment fragment) => Assert.Single(await transport.BatchesAsync(fragment));
}
