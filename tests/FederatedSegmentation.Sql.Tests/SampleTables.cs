using System.Collections.Frozen;
using System.Collections.Immutable;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql.Dialects;

namespace FederatedSegmentation.Sql.Tests;

/// <summary>Hand-made tables with NULL, NaN and extremes, as SQL for both engines and as entities.</summary>
internal static class SampleTables
{
    private static readonly Dictionary<(Entity, string), StorageType> Storages = [];
    private static int _ids = 1000;

    public static readonly Entity Thing = Make(
        "thing",
        ("id", DataTypes.Int64, new StoredInteger()),
        ("n", DataTypes.Int64, new StoredInteger()),
        ("d", new DecimalType(12, 2), new StoredDecimal(12, 2)),
        ("w", new DecimalType(38, 10), new StoredDecimal(38, 10)),
        ("e", new DecimalType(38, 2), new StoredDecimal(38, 2)),
        ("f", DataTypes.Float64, new StoredFloat(64)),
        ("s", DataTypes.String, new StoredText()),
        ("day", DataTypes.Date, new StoredDate()),
        ("ts", DataTypes.Timestamp, new StoredInstant()),
        ("tw", DataTypes.Timestamp, new StoredWallClock()),
        ("clock", new DateTimeType("Europe/Berlin"), new StoredWallClock()),
        ("flag", DataTypes.Boolean, new StoredBoolean()),
        ("bin", DataTypes.Binary, new StoredBinary()));

    /// <summary>Rows of things: thing (may be NULL), amount, text, number of the row.</summary>
    public static readonly Entity Item = Make(
        "item",
        ("thing", DataTypes.Int64, new StoredInteger()),
        ("amount", new DecimalType(10, 2), new StoredDecimal(10, 2)),
        ("score", DataTypes.Float64, new StoredFloat(64)),
        ("label", DataTypes.String, new StoredText()),
        ("row", DataTypes.Int64, new StoredInteger()));

    

    /// <summary>Statements that make the tables; <c>{…}</c> are type names.</summary>
    public static ImmutableArray<string> Create(string float64, string binary, Func<string, string> bytes) =>
    [
        $"""
        CREATE TABLE thing ("id" bigint, "n" bigint, "d" decimal(12,2), "w" decimal(38,10), "e" decimal(38,2), "f" {float64}, "s" varchar, "day" date,
          "ts" timestamptz, "tw" timestamp, "clock" timestamp, "flag" boolean, "bin" {binary})
        """,
        $"""
        INSERT INTO thing VALUES
        (1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        (2, CAST('-9223372036854775808' AS bigint), -9999999999.99, CAST('-1.0000000001' AS decimal(38,10)), -1.00, CAST('-Infinity' AS {float64}), '',
          DATE '0001-01-01', CAST('0001-01-01 00:00:00+00' AS timestamptz), TIMESTAMP '0001-01-01 00:00:00', TIMESTAMP '0001-01-01 00:00:00', FALSE, {bytes("")}),
        (3, 0, 0.00, 0, 0, CAST('-0.0' AS {float64}), 'a',
          DATE '1970-01-01', CAST('1970-01-01 00:00:00+00' AS timestamptz), TIMESTAMP '1970-01-01 00:00:00', TIMESTAMP '1970-01-01 00:00:00', TRUE, {bytes("00")}),
        (4, 5, 1.00, 1, 1.00, 1.5, 'A',
          DATE '2024-02-29', CAST('2024-02-29 23:30:00.000001+00' AS timestamptz), TIMESTAMP '2024-02-29 23:30:00.000001', TIMESTAMP '2024-02-29 23:30:00', FALSE, {bytes("00ff")}),
        (5, 9223372036854775807, 9999999999.99, CAST('1.0000000001' AS decimal(38,10)), 1.00, CAST('NaN' AS {float64}), 'aB%_''"\é--x',
          DATE '9999-12-31', CAST('9999-12-31 23:59:59.999999+00' AS timestamptz), TIMESTAMP '9999-12-31 23:59:59.999999', TIMESTAMP '9999-12-31 23:59:59', TRUE, {bytes("ff")}),
        (6, 9007199254740993, 1.01, CAST('9999999999999999999999999999.9999999999' AS decimal(38,10)), CAST('999999999999999999999999999999999999.99' AS decimal(38,2)),
          CAST('Infinity' AS {float64}), 'é',
          DATE '2024-03-01', CAST('2024-03-01 00:00:00+00' AS timestamptz), TIMESTAMP '2024-03-01 00:00:00', TIMESTAMP '2024-03-01 00:00:00', TRUE, {bytes("0102")})
        """,
        $"""CREATE TABLE item ("thing" bigint, "amount" decimal(10,2), "score" {float64}, "label" varchar, "row" bigint)""",
        """
        INSERT INTO item VALUES
        (3, 10.00, 1.5, 'x', 1), (3, 20.50, 2.5, 'y', 2), (3, NULL, NULL, NULL, 3), (3, 10.00, 'NaN', 'x', 4),
        (4, 7.25, 3, 'Y', 5), (5, NULL, 'NaN', NULL, 6),
        (NULL, 1.00, 1, 'z', 7), (NULL, 2.00, 1, 'z', 8), (99, 3.00, 1, 'x', 9)
        """,
    ];

    /// <summary>A scan with fresh columns.</summary>
    public static ScanPlan Scan(Entity entity, params string[] columns)
    {
        var sources = columns.Select(name => entity.FindColumn(name)!).ToImmutableArray();
        return new ScanPlan(entity, sources, [.. sources.Select(source => Fresh(source.Name, source.Type, Storages[(entity, source.Name)]))]);
    }

    /// <summary>A fresh column.</summary>
    public static PlanColumn Fresh(string name, DataType type, StorageType? storage = null)
        => new(Interlocked.Increment(ref _ids), name, type, storage ?? NaturalStorage.Of(type));

    /// <summary>Fresh columns like others.</summary>
    public static ImmutableArray<PlanColumn> Fresh(IEnumerable<PlanColumn> columns) => [.. columns.Select(column => Fresh(column.Name, column.Type, column.Storage))];

    private static Entity Make(string name, params (string Name, DataType Type, StorageType Storage)[] columns)
    {
        var entity = new Entity
        {
            Name = name,
            Source = "test",
            Table = [name],
            Columns = [.. columns.Select(column => new Column { Name = column.Name, Type = column.Type, SourceName = column.Name })],
            Key = [],
        };
        foreach (var column in columns)
        {
            Storages[(entity, column.Name)] = column.Storage;
        }

        return entity;
    }
}

/// <summary>Tables of the engine under the entities' names.</summary>
internal sealed class NamedTables : IEngineTables
{
    public static readonly NamedTables Instance = new();

    public EngineTable TableOf(Entity entity) => new(
        DuckDbDialect.Instance.QuoteName(entity.Table),
        entity.Columns.ToFrozenDictionary(column => column.Name, column => DuckDbDialect.Instance.QuoteIdentifier(column.SourceName), StringComparer.Ordinal));
}
