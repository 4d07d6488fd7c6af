using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FederatedSegmentation.Conformance.Generation;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;
using FederatedSegmentation.Connectors;
using FederatedSegmentation.Connectors.BigQuery;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Settings;
using FederatedSegmentation.Testing.Warehouses;

namespace FederatedSegmentation.PropertyTests;

/// <summary>Generated tables in a dataset of a local BigQuery, whose SQL is Google's own evaluator's. Some columns are stored as another type than the model declares.</summary>
public sealed partial class BigQueryRemote : RemoteDatabase
{
    private const string Name = "bigquery";
    private const string Project = "p";
    private const double NaturalShare = 0.6;

    private readonly WarehouseServer _server;
    private readonly string _keyFile;
    private readonly string _dataset;

    private BigQueryRemote(WarehouseServer server, string keyFile)
    {
        _server = server;
        _keyFile = keyFile;
        _dataset = $"case_{Guid.NewGuid():N}";
    }

    /// <summary>An empty dataset of the shared server.</summary>
    public static async Task<RemoteDatabase> CreateAsync(CancellationToken cancellationToken)
    {
        var server = await SharedWarehouseServer.GetAsync("bigquery");
        var key = await server.Control.VendorAsync(new JsonObject { ["do"] = "key-file" }, cancellationToken);
        var remote = new BigQueryRemote(server, key.ToJsonString());
        // A dataset without tables is not there, and could not be asked whether it has some.
        await server.Control.LoadAsync([new WarehouseTable(Project, remote.ScratchDataset, "kept", [new WarehouseColumn("id", "INT64")], [])], cancellationToken);
        await server.Control.VendorAsync(new JsonObject { ["do"] = "scratch", ["project"] = Project, ["dataset"] = remote.ScratchDataset }, cancellationToken);
        return remote;
    }

    private string ScratchDataset => $"{_dataset}_{ScratchSchema}";

    /// <inheritdoc />
    public override WarehouseServer Server => _server;

    /// <inheritdoc />
    public override string Mark => ScratchDataset;

    /// <inheritdoc />
    public override SourceOptions Options => new BigQuerySourceOptions(Name)
    {
        Project = Project,
        Location = "EU",
        Dataset = _dataset,
        Endpoint = _server.Endpoint,
        StorageEndpoint = _server.Endpoint,
        UseStorageApi = true,
        ReadStreams = 2,
        KeyFile = new EnvironmentSecret("KeyFile", "UNUSED"),
        Proxy = null,
        CaFile = null,
        Limits = new SourceLimits(2, null),
        MaxBytesPerQuery = 50_000_000_000,
    };

    /// <inheritdoc />
    public override IDataSourceConnector Connect() => Connect(_dataset);

    /// <inheritdoc />
    protected override IDataSourceConnector ConnectToKeyTables() => Connect(ScratchDataset);

    private BigQueryConnector Connect(string dataset) => new(
        Name,
        new BigQueryOptions
        {
            Project = Project,
            Location = "EU",
            Dataset = dataset,
            ScratchSchema = ScratchDataset,
            Http = new HttpTransportOptions { Endpoint = _server.Endpoint },
            Storage = new HttpTransportOptions { Endpoint = _server.Endpoint },
            // So few that both ways of fetching are taken.
            SmallResultRows = 20,
            ReadStreams = 2,
            MaxConcurrent = 2,
        },
        _ => ValueTask.FromResult(_keyFile),
        TimeProvider.System);

    // A column of BigQuery cannot be called whatever other sources allow.
    /// <inheritdoc />
    public override bool Takes(GeneratedTable table) => table.Columns.All(column => PlainName().IsMatch(column.StoredName));

    /// <inheritdoc />
    public override Task LoadAsync(GeneratedTable table, int seed, CancellationToken cancellationToken)
    {
        var forms = table.Columns
            .Select((column, i) => Choose(column, [.. table.Rows.Select(row => row[i])], new SeededRandom(StableHash.Of(seed, "bigquery", table.EntityName, column.LogicalName))))
            .ToList();
        var columns = table.Columns.Select((column, i) => new WarehouseColumn(column.StoredName, forms[i].Type)).ToList();
        var rows = table.Rows.Select(IReadOnlyList<string?> (row) => [.. row.Select((value, i) => value is Value.NullValue ? null : forms[i].Text(value))]).ToList();
        return _server.Control.LoadAsync([new WarehouseTable(Project, _dataset, TableOf(table.EntityName), columns, rows)], cancellationToken);
    }

    private sealed record Form(string Type, Func<Value, string> Text);

    private static Form Choose(GeneratedColumn column, IReadOnlyList<Value> values, SeededRandom random)
    {
        var type = DataType.Parse(column.Type);
        var present = values.Where(value => !value.IsNull).ToList();
        Form[] forms = [Natural(type), .. Others(type, present)];
        return random.Chance(NaturalShare) ? forms[0] : random.Pick(forms);
    }

    private static Form Natural(DataType type) => type.Kind switch
    {
        TypeKind.Boolean => new("BOOL", CanonicalText.Of),
        TypeKind.Int64 => new("INT64", CanonicalText.Of),
        TypeKind.Decimal => new(DecimalType(type.Precision, type.Scale), CanonicalText.Of),
        TypeKind.Float64 => new("FLOAT64", CanonicalText.Of),
        TypeKind.String => new("STRING", CanonicalText.Of),
        TypeKind.Date => new("DATE", CanonicalText.Of),
        TypeKind.Timestamp => new("TIMESTAMP", CanonicalText.Of),
        TypeKind.DateTime => new("DATETIME", CanonicalText.Of),
        _ => new("BYTES", CanonicalText.Of),
    };

    // Other types whose values convert to the declared one.
    private static IEnumerable<Form> Others(DataType type, IReadOnlyList<Value> present)
    {
        switch (type.Kind)
        {
            case TypeKind.Int64:
                yield return new("NUMERIC", CanonicalText.Of);
                yield return new("BIGNUMERIC", CanonicalText.Of);
                yield return new("BIGNUMERIC(30, 5)", CanonicalText.Of);
                break;
            case TypeKind.Decimal:
                yield return new("BIGNUMERIC", CanonicalText.Of);
                if (type.Scale <= 9 && type.Precision - type.Scale <= 29)
                {
                    yield return new("NUMERIC", CanonicalText.Of);
                }

                break;
            case TypeKind.Timestamp:
                yield return new("DATETIME", value => CanonicalText.Of(value).TrimEnd('Z'));
                break;
            case TypeKind.String when present.All(value => long.TryParse(CanonicalText.Of(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == CanonicalText.Of(value)):
                yield return new("INT64", CanonicalText.Of);
                break;
        }

        if (type.Kind != TypeKind.String)
        {
            yield return new("STRING", CanonicalText.Of);
        }
    }

    private static string DecimalType(int precision, int scale)
        => string.Create(CultureInfo.InvariantCulture, $"{(scale <= 9 && precision - scale <= 29 ? "NUMERIC" : "BIGNUMERIC")}({precision}, {scale})");

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainName();
}
