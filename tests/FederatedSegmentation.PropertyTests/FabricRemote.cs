using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Oracle.Values;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.Fabric;
using FederatedSegmentation.Settings;
using FederatedSegmentation.Testing;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.PropertyTests;

/// <summary>Generated tables in the local Fabric warehouse. Some columns are stored as another type than the model declares, some texts under a collation that ignores letter case.</summary>
public sealed partial class FabricRemote : RemoteDatabase
{
    private const string Name = "fabric";
    private const string Password = "Reader-of-wh-1";

    private readonly WarehouseServer _server;
    private readonly string _database = $"cases {Guid.NewGuid():N}";
    private readonly string _scratch = $"{ScratchSchema} {Guid.NewGuid():N}";

    private readonly bool _isThroughADriver;

    private FabricRemote(WarehouseServer server, bool isThroughADriver) => (_server, _isThroughADriver) = (server, isThroughADriver);

    /// <summary>An empty warehouse of the shared server.</summary>
    public static async Task<RemoteDatabase> CreateAsync(CancellationToken cancellationToken)
    {
        var remote = new FabricRemote(await SharedWarehouseServer.GetAsync("fabric").WaitAsync(cancellationToken), isThroughADriver: false);
        await remote.Server.Control.VendorAsync(new JsonObject { ["scratch"] = new JsonObject { ["database"] = remote._database, ["schema"] = remote._scratch } }, cancellationToken);
        return remote;
    }

    /// <summary>The same, reached through another build of SqlClient from the folder of drivers.</summary>
    public static async Task<RemoteDatabase> CreateThroughADriverAsync(CancellationToken cancellationToken) => new FabricRemote(await SharedWarehouseServer.GetAsync("fabric").WaitAsync(cancellationToken), isThroughADriver: true);

    /// <inheritdoc />
    public override WarehouseServer Server => _server;

    /// <inheritdoc />
    public override string Mark => _scratch;

    /// <inheritdoc />
    public override SourceOptions Options => new FabricSourceOptions(Name)
    {
        Server = "localhost",
        Port = _server.Port,
        Database = _database,
        Schema = "dbo",
        Login = new FabricPasswordLogin("reader", new EnvironmentSecret("Password", "UNUSED")),
        IsStrict = true,
        ServerCertificate = _server.CertificateFile,
        Limits = new SourceLimits(2, null),
    };

    /// <inheritdoc />
    public override IDataSourceConnector Connect() => new FabricConnector(
        Name,
        new FabricOptions
        {
            Server = "localhost",
            Port = _server.Port,
            Database = _database,
            Driver = _isThroughADriver ? new DriverOptions("Microsoft.Data.SqlClient.SqlClientFactory, Microsoft.Data.SqlClient", DriverFolder.Path, () => FormattableString.Invariant($"Server=tcp:localhost,{_server.Port};Database={_database};User ID=reader;Password={Password};Encrypt=Strict;ServerCertificate={_server.CertificateFile};ConnectRetryCount=0;Connect Timeout=300")) : null,
            ScratchSchema = _scratch,
            Authentication = new FabricPassword("reader", () => Password),
            Encrypt = FabricEncryption.Strict,
            ServerCertificate = _server.CertificateFile,
            MaxConcurrent = 2,
            ConnectTimeout = TimeSpan.FromMinutes(5),
        },
        TimeProvider.System);

    /// <summary>The local server does not know how Fabric orders texts with control characters, and refuses to.</summary>
    public override bool Takes(GeneratedTable table) => !table.Rows.Any(row => row.Any(value => value is Value.Text text && text.Characters.AsSpan().IndexOfAnyInRange('\0', '\u001F') >= 0));

    /// <inheritdoc />
    public override Task LoadAsync(GeneratedTable table, int seed, CancellationToken cancellationToken)
    {
        var forms = table.Columns
            .Select((column, i) => StoredForm.Choose(column, table.Rows.Select(row => row[i]), new SeededRandom(StableHash.Of(seed, "fabric", table.EntityName, column.LogicalName))))
            .ToList();
        var columns = table.Columns.Select((column, i) => new WarehouseColumn(column.StoredName, TypeOf(column, forms[i], table.Rows.Select(row => row[i]))));
        return _server.Control.LoadAsync(
            [
                new WarehouseTable(
                    _database,
                    "dbo",
                    TableOf(table.EntityName),
                    [.. columns],
                    [.. table.Rows.Select(IReadOnlyList<string?> (row) => [.. row.Select((value, i) => value is Value.NullValue ? null : TextOf(forms[i], value))])]),
            ],
            cancellationToken);
    }

    private static string TypeOf(GeneratedColumn column, StoredForm form, IEnumerable<Value> values)
    {
        if (form.Postgres == "bytea")
        {
            return "varbinary(max)";
        }

        var type = CastType().Match(form.Parquet).Groups["type"].Value;
        return (type, form.Postgres) switch
        {
            ("VARCHAR", "text COLLATE any_case") => "varchar(8000) collate Latin1_General_100_CI_AS_KS_WS_SC_UTF8",
            ("VARCHAR", "varchar(200)") => "varchar(max)",
            ("VARCHAR", "character(60)") => "char(240)",
            ("VARCHAR", _) => "varchar(8000)",

            // A warehouse stores no NaN and no infinity.
            ("DOUBLE" or "FLOAT", _) when values.Any(value => value is Value.Float number && !double.IsFinite(number.Number)) => "varchar(50)",
            ("DOUBLE", _) => "float",
            ("FLOAT", _) => "real",
            ("BIGINT" or "UINTEGER", _) => "bigint",
            ("INTEGER", _) => "int",
            ("SMALLINT", _) => "smallint",
            ("UBIGINT", _) => "decimal(20,0)",
            ("BOOLEAN", _) => "bit",
            ("DATE", _) => "date",

            // Finer than a warehouse stores, or an instant where the model has a wall clock.
            ("TIMESTAMP_NS", _) => "varchar(50)",
            ("TIMESTAMPTZ", _) when column.Type.StartsWith("datetime", StringComparison.Ordinal) => "varchar(50)",
            ("TIMESTAMP" or "TIMESTAMPTZ", _) => "datetime2(6)",
            ("TIMESTAMP_MS", _) => "datetime2(3)",
            _ when type.StartsWith("DECIMAL", StringComparison.Ordinal) => type,
            _ => throw new InvalidOperationException($"No type of Fabric for {form.Parquet}."),
        };
    }

    private static string TextOf(StoredForm form, Value value) => form.Postgres == "bytea" ? form.Text(value)[2..] : form.Text(value);

    [GeneratedRegex(@"AS (?<type>.+)\)$")]
    private static partial Regex CastType();
}
