using System.Collections.Immutable;
using System.Text.Json.Nodes;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Connectors.Snowflake.Tests;

/// <summary>A local Snowflake of one class of tests, whose tests run one after the other; short ways to a connector over it.</summary>
public sealed class LocalSnowflake : IAsyncLifetime
{
    internal const string Name = "crm";

    private WarehouseServer? _server;

    internal WarehouseServer Server => _server ?? throw new InvalidOperationException("There is no server. Mark the test with [WarehouseFact].");

    internal WarehouseControl Control => Server.Control;

    /// <summary>The settings of the server's own user.</summary>
    internal SnowflakeOptions Options => new()
    {
        Endpoint = Server.Endpoint,
        Account = "LOCAL",
        Authentication = SnowflakeAuthentication.ProgrammaticAccessToken,
        Database = "DB",
        // However slow the machine, no answer of the local server counts as missing.
        SilenceTimeout = TimeSpan.FromHours(1),
    };

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        if (NodeInstallation.WhyMissing is null)
        {
            _server = await WarehouseServer.StartAsync("snowflake", [], CancellationToken.None);
        }
    }

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    internal SnowflakeConnector Connector(Func<SnowflakeOptions, SnowflakeOptions>? change = null, SnowflakeSecrets? secrets = null)
        => new(Name, change is null ? Options : change(Options), secrets ?? new SnowflakeSecrets(_ => ValueTask.FromResult((string)Server.Ready["pat"]!)), TimeProvider.System);

    internal Task LoadAsync(string name, WarehouseColumn[] columns, params string?[][] rows) => Control.LoadAsync([new WarehouseTable("DB", "PUBLIC", name, columns, rows)], CancellationToken.None);

    internal Task VendorAsync(JsonObject command) => Control.VendorAsync(command, CancellationToken.None);

    internal Task FaultAsync(string operation, string kind, params (string Name, JsonNode Value)[] members)
    {
        var fault = new JsonObject { ["match"] = new JsonObject { ["operation"] = operation }, ["kind"] = kind };
        foreach (var (name, value) in members)
        {
            fault[name] = value;
        }

        return Control.AddFaultAsync(fault, CancellationToken.None);
    }

    /// <summary>Registers a result for a statement: types by column, the rows of the first and of the later partitions.</summary>
    internal Task CannedAsync(string statement, (string Type, int Scale)[] types, params string?[][][] partitions) => Control.AddCannedAsync(
        new JsonObject
        {
            ["statement"] = statement,
            ["rowType"] = new JsonArray([.. types.Select((type, i) => new JsonObject { ["name"] = $"C{i}", ["type"] = type.Type, ["precision"] = 38, ["scale"] = type.Scale, ["nullable"] = true })]),
            ["partitions"] = new JsonArray([.. partitions.Select(rows => new JsonArray([.. rows.Select(row => new JsonArray([.. row.Select(cell => cell is null ? null : (JsonNode)cell)]))]))]),
        },
        CancellationToken.None);

    internal static Entity Entity(string name, string[] table, params (string Name, DataType Type)[] columns)
    {
        var all = columns.Select(column => new Column { Name = column.Name, Type = column.Type, SourceName = column.Name }).ToImmutableArray();
        return new Entity { Name = name, Source = Name, Table = [.. table], Columns = all, Key = [all[0]] };
    }

    /// <summary>A statement with the columns that it is said to have.</summary>
    internal static CompiledFragment Fragment(string sql, params (DataType Type, StorageType Storage)[] columns)
        => new("F1", Name, "Snowflake", sql, [.. columns.Select((column, i) => new PlanColumn(i + 1, $"c{i}", column.Type, column.Storage))]);

    /// <summary>The statement of a fragment that reads the column I of a table.</summary>
    internal static CompiledFragment Scan(SnowflakeConnector source, string table)
    {
        var entity = Entity("thing", [table], ("I", DataTypes.Int64));
        return source.Compile("F1", new ScanPlan(entity, entity.Columns, [new PlanColumn(1, "I", DataTypes.Int64, new StoredInteger())]), new Dictionary<Entity, StoredTable>());
    }

    /// <summary>A statement of one integer column.</summary>
    internal static CompiledFragment Numbers(string sql) => Fragment(sql, (DataTypes.Int64, new StoredInteger()));

    /// <summary>Runs a statement to its end; the batches are the caller's.</summary>
    internal static async Task<List<RecordBatch>> RunAsync(IRemoteSource source, CompiledFragment fragment, CancellationToken cancellationToken = default)
    {
        await using var session = await source.OpenSessionAsync(new SourceRun("run1", TimeSpan.FromMinutes(5)), cancellationToken);
        await using var statement = await session.SubmitAsync(fragment, cancellationToken);
        return await statement.FetchAsync(cancellationToken).ToListAsync(cancellationToken);
    }

    /// <summary>Runs a statement of one integer column.</summary>
    internal static async Task<List<long>> NumbersAsync(SnowflakeConnector source, string sql, CancellationToken cancellationToken = default)
    {
        var numbers = new List<long>();
        foreach (var batch in await RunAsync(source, Numbers(sql), cancellationToken))
        {
            using (batch)
            {
                numbers.AddRange(batch.Columns[0].Values<long>());
            }
        }

        return numbers;
    }

    /// <summary>Asserts that the source fails with one problem whose line holds the parts.</summary>
    internal static async Task<SourceException> FailsAsync(Func<Task> work, string code, params string[] parts)
    {
        var failure = await Assert.ThrowsAsync<SourceException>(work);
        var problem = Assert.Single(failure.Problems);
        Assert.True(code == problem.Code && problem.Source == Name, problem.ToString());
        Assert.All(parts, part => Assert.Contains(part, problem.ToString(), StringComparison.Ordinal));
        return failure;
    }
}
