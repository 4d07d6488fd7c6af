using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Connectors.Databricks.Tests;

/// <summary>A local workspace of its own for the tests of one class, which run one after the other and leave no fault behind.</summary>
public sealed class Workspace : IAsyncLifetime
{
    internal const string WarehouseId = "0123456789abcdef";
    internal const string Token = "dapi-local-token";

    internal WarehouseServer Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (NodeInstallation.WhyMissing is null)
        {
            Server = await WarehouseServer.StartAsync("databricks", ["--engine=duckdb"], CancellationToken.None);
            await Server.Control.LoadAsync(Tables.All, CancellationToken.None);
        }
    }

    public async Task DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
    }

    internal DatabricksOptions Options => new()
    {
        Transport = new HttpTransportOptions
        {
            Endpoint = Server.Endpoint,
            LinkHosts = [string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{(int)Server.Ready["storagePort"]!}")],
            // However slow the machine, no answer of the local server counts as missing.
            SilenceTimeout = TimeSpan.FromHours(1),
        },
        WarehouseId = WarehouseId,
        Catalog = "ml",
        Schema = "scores",
    };

    internal DatabricksConnector Connect(Func<DatabricksOptions, DatabricksOptions>? change = null, string secret = Token, TimeProvider? clock = null)
        => new("src", change is null ? Options : change(Options), _ => ValueTask.FromResult(secret), clock ?? TimeProvider.System);

    /// <summary>Asks the server for misbehaviour at an operation.</summary>
    internal Task FaultAsync(string operation, string kind, params (string Name, JsonNode? Value)[] members)
    {
        var fault = new JsonObject { ["match"] = new JsonObject { ["operation"] = operation }, ["kind"] = kind };
        foreach (var (name, value) in members)
        {
            fault[name] = value;
        }

        return Server.Control.AddFaultAsync(fault, CancellationToken.None);
    }

    /// <summary>Sets the server's own settings.</summary>
    internal Task SetAsync(params (string Name, JsonNode? Value)[] settings)
    {
        var members = new JsonObject();
        foreach (var (name, value) in settings)
        {
            members[name] = value;
        }

        return Server.Control.VendorAsync(new JsonObject { ["settings"] = members }, CancellationToken.None);
    }

    /// <summary>A fragment with a statement of the test's own.</summary>
    internal static CompiledFragment Fragment(string sql, params (DataType Type, StorageType Storage)[] columns) => new(
        "F1", "src", "Databricks SQL", sql, [.. columns.Select((column, i) => new PlanColumn(i, string.Create(CultureInfo.InvariantCulture, $"column{i}"), column.Type, column.Storage))]);

    /// <summary>The statement of a fragment that reads the column n of a table.</summary>
    internal static CompiledFragment Scan(DatabricksConnector source, string table)
    {
        var entity = Entity("thing", [table], ("n", new Int64Type()));
        return source.Compile("F1", new ScanPlan(entity, entity.Columns, [new PlanColumn(1, "n", new Int64Type(), new StoredInteger())]), new Dictionary<Entity, StoredTable>());
    }

    /// <summary>All rows of a fragment as text, NULL as null.</summary>
    internal static async Task<List<string?[]>> ReadAsync(DatabricksConnector connector, CompiledFragment fragment, CancellationToken cancellationToken)
    {
        var rows = new List<string?[]>();
        await using var session = await connector.OpenSessionAsync(new SourceRun("run1", TimeSpan.FromMinutes(5)), cancellationToken);
        await using var statement = await session.SubmitAsync(fragment, cancellationToken);
        await foreach (var batch in statement.FetchAsync(cancellationToken))
        {
            using (batch)
            {
                Assert.Equal(statement.Schema, batch.Schema);
                for (var row = 0; row < batch.RowCount; row++)
                {
                    rows.Add([.. batch.Columns.Select(column => Cell(column, row))]);
                }
            }
        }

        return rows;
    }

    /// <summary>The error of a statement of the table <c>many</c>.</summary>
    internal static async Task<SourceException> FailureAsync(DatabricksConnector connector, string sql = "SELECT n FROM many")
    {
        var failure = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(connector, Fragment(sql, (new Int64Type(), new StoredInteger())), CancellationToken.None));
        Assert.DoesNotContain(Token, failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Signature", failure.ToString(), StringComparison.Ordinal);
        return failure;
    }

    internal static Entity Entity(string name, ImmutableArray<string> table, params (string Name, DataType Type)[] columns) => new()
    {
        Name = name,
        Source = "src",
        Table = table,
        Columns = [.. columns.Select(column => new Column { Name = column.Name.ToLowerInvariant().Replace(' ', '_'), Type = column.Type, SourceName = column.Name })],
        Key = [],
    };

    private static string? Cell(ArrowColumn column, int row) => column.IsNull(row) ? null : column.Type switch
    {
        Arrow.BooleanType => column.GetBoolean(row) ? "true" : "false",
        IntegerType { BitWidth: 8 } => Text(column.Values<sbyte>()[row]),
        IntegerType { BitWidth: 16 } => Text(column.Values<short>()[row]),
        IntegerType { BitWidth: 32 } => Text(column.Values<int>()[row]),
        IntegerType => Text(column.Values<long>()[row]),
        FloatingPointType { BitWidth: 32 } => column.Values<float>()[row].ToString("R", CultureInfo.InvariantCulture),
        FloatingPointType => column.Values<double>()[row].ToString("R", CultureInfo.InvariantCulture),
        Arrow.DecimalType => Text(column.Values<Int128>()[row]),
        Arrow.DateType => Text(column.Values<int>()[row]),
        Arrow.TimestampType => Text(column.Values<long>()[row]),
        Arrow.BinaryType => Convert.ToHexStringLower(column.GetBytes(row)),
        _ => column.GetString(row),
    };

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}

/// <summary>The tables of the workspace.</summary>
internal static class Tables
{
    internal const int Many = 5000;

    internal static IReadOnlyList<WarehouseTable> All { get; } =
    [
        new(
            "ml",
            "scores",
            "All Types",
            [
                new("b", "BOOLEAN"), new("i8", "TINYINT"), new("i16", "SMALLINT"), new("i32", "INT"), new("i64", "BIGINT"), new("f", "FLOAT"), new("d", "DOUBLE"), new("dec", "DECIMAL(38,10)"), new("s", "STRING"),
                new("v", "VARCHAR(20)"), new("c", "CHAR(5)"), new("ci", "STRING COLLATE UTF8_LCASE"), new("x", "BINARY"), new("day", "DATE"), new("at", "TIMESTAMP"), new("clock", "TIMESTAMP_NTZ"), new("tags", "ARRAY<STRING>"),
            ],
            [
                ["true", "-128", "-32768", "-2147483648", "-9223372036854775808", "-3.4028235e38", "-Infinity", "-" + new string('9', 28) + "." + new string('9', 10), "", "a", "b    ", "C", "", "0001-01-01", "0001-01-01 00:00:00+00", "0001-01-01 00:00:00", null],
                ["false", "127", "32767", "2147483647", "9223372036854775807", "1.1754944e-38", "NaN", new string('9', 28) + "." + new string('9', 10), "é\u0000'\\\n😀", "z", "y    ", "d", "00ff", "9999-12-31", "9999-12-31 23:59:59.999999+00", "9999-12-31 23:59:59.999999", null],
                [null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null],
            ]),
        new("ml", "scores", "many", [new("n", "BIGINT"), new("t", "STRING")], [.. Enumerable.Range(0, Many).Select(i => new[] { i.ToString(CultureInfo.InvariantCulture), $"text {i}" })]),
        new("ml", "scores", "none", [new("n", "BIGINT")], []),
        new("ml", "other schema", "odd `name`.x", [new("select", "BIGINT"), new("a.b `c`", "STRING"), new("Ünï", "DATE")], [["1", "x", "2026-01-01"]]),
    ];
}
