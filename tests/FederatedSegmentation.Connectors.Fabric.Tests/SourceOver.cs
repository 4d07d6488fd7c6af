using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.Connectors.Fabric.Tests;

/// <summary>Short ways to a connector over the local server, and through it.</summary>
internal static class SourceOver
{
    public const string Name = "wh";
    public const string Password = "Reader-of-wh-1";

    private static int _databases;

    public static Task<WarehouseServer> ServerAsync() => SharedWarehouseServer.GetAsync("fabric");

    /// <summary>A warehouse of its own for a test on the shared server.</summary>
    public static string NewDatabase() => FormattableString.Invariant($"wh {Interlocked.Increment(ref _databases)}");

    public static FabricOptions Options(WarehouseServer server, string database = "wh") => new()
    {
        Server = "localhost",
        Port = server.Port,
        Database = database,
        Authentication = new FabricPassword("reader", () => Password),
        Encrypt = FabricEncryption.Mandatory,
        ServerCertificate = server.CertificateFile,
        // The driver's own clock is the real one.
        ConnectTimeout = TimeSpan.FromMinutes(5),
    };

    /// <summary>A connector whose time stands still where the test brings no clock: however slow the machine, no deadline passes.</summary>
    public static FabricConnector Connector(FabricOptions options, ManualClock? clock = null) => new(Name, options, clock ?? new ManualClock());

    public static Task LoadAsync(this WarehouseServer server, string database, string table, (string Name, string Type)[] columns, params string?[][] rows)
        => server.Control.LoadAsync([new WarehouseTable(database, "dbo", table, [.. columns.Select(column => new WarehouseColumn(column.Name, column.Type))], rows)], CancellationToken.None);

    public static Task FaultAsync(this WarehouseServer server, string kind, string operation, string? statement = null, params (string Name, JsonNode Value)[] members)
    {
        var match = new JsonObject { ["operation"] = operation };
        if (statement is not null)
        {
            match["statement"] = statement;
        }

        var fault = new JsonObject { ["kind"] = kind, ["match"] = match };
        foreach (var (name, value) in members)
        {
            fault[name] = value;
        }

        return server.Control.AddFaultAsync(fault, CancellationToken.None);
    }

    /// <summary>Waits until the server has met all faults that it was asked for.</summary>
    public static async Task FaultsMetAsync(this WarehouseServer server)
    {
        while (await server.Control.WaitingFaultsAsync(default) > 0)
        {
            await Task.Yield();
        }
    }

    /// <summary>Waits until the server runs its so-many-th statement.</summary>
    public static async Task StatementsRunAsync(this WarehouseServer server, int count)
    {
        while ((await server.Control.LogAsync(default)).Count(request => request.Operation == "query") < count)
        {
            await Task.Yield();
        }
    }

    public static string Token(string audience, TimeSpan lifetime)
    {
        static string Part(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var expires = (TimeProvider.System.GetUtcNow() + lifetime).ToUnixTimeSeconds();
        return $"{Part("{\"alg\":\"none\"}")}.{Part($$"""{"aud":"{{audience}}","exp":{{expires}},"appid":"an-application"}""")}.";
    }

    public static Entity Entity(string name, string[] table, params (string Name, DataType Type)[] columns)
    {
        var all = columns.Select(column => new Column { Name = column.Name, Type = column.Type, SourceName = column.Name }).ToImmutableArray();
        return new Entity { Name = name, Source = Name, Table = [.. table], Columns = all, Key = [all[0]] };
    }

    /// <summary>A statement with the columns that it is said to have.</summary>
    public static CompiledFragment Fragment(string sql, params (string Name, DataType Type, StorageType Storage)[] columns)
        => new("F1", Name, "fabric", sql, [.. columns.Select((column, i) => new PlanColumn(i + 1, column.Name, column.Type, column.Storage))]);

    /// <summary>The statement of a fragment that reads the column id of a table.</summary>
    public static CompiledFragment Scan(FabricConnector source, string table)
    {
        var entity = Entity("thing", [table], ("id", DataTypes.Int64));
        return source.Compile("F1", new ScanPlan(entity, entity.Columns, [new PlanColumn(1, "id", DataTypes.Int64, new StoredInteger())]), new Dictionary<Entity, StoredTable>());
    }

    /// <summary>A statement of one integer column.</summary>
    public static CompiledFragment Numbers(string sql) => Fragment(sql, ("id", DataTypes.Int64, new StoredInteger()));

    /// <summary>Runs a statement to its end and reads its first column.</summary>
    public static async Task<List<long>> NumbersAsync(this IRemoteSource source, CompiledFragment fragment, TimeSpan? remaining = null, CancellationToken cancellationToken = default)
    {
        var numbers = new List<long>();
        await foreach (var batch in source.BatchesAsync(fragment, remaining, cancellationToken))
        {
            using (batch)
            {
                numbers.AddRange(batch.Columns[0].Values<long>());
            }
        }

        return numbers;
    }

    public static async IAsyncEnumerable<RecordBatch> BatchesAsync(
        this IRemoteSource source, CompiledFragment fragment, TimeSpan? remaining = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var session = await source.OpenSessionAsync(new SourceRun("run1", remaining ?? TimeSpan.FromMinutes(2)), cancellationToken);
        await using var statement = await session.SubmitAsync(fragment, cancellationToken);
        await foreach (var batch in statement.FetchAsync(cancellationToken))
        {
            yield return batch;
        }
    }

    /// <summary>Asserts that the source fails with one problem whose line holds the parts.</summary>
    public static async Task<SourceException> FailsAsync(Func<Task> work, string code, params string[] parts)
    {
        var failure = await Assert.ThrowsAsync<SourceException>(work);
        var problem = Assert.Single(failure.Problems);
        Assert.True(code == problem.Code, problem.ToString());
        Assert.Equal(Name, problem.Source);
        Assert.All(parts, part => Assert.Contains(part, problem.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain(Password, failure.ToString(), StringComparison.Ordinal);
        return failure;
    }
}
