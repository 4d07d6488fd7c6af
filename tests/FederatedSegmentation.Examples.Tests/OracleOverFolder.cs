using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Time;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Examples.Tests;

/// <summary>What the naive interpreter of the language says of a folder with a model, segments and CSV files.</summary>
internal sealed class OracleOverFolder
{
    private readonly JsonNode _model;
    private readonly ImmutableDictionary<string, OracleTable> _tables;
    private readonly ImmutableArray<JsonNode> _segments;
    private readonly ImmutableDictionary<string, string> _keyFiles;

    /// <summary>
    /// Reads the folder: <c>model.yaml</c>, <c>segments/</c>, the files under <c>data/</c>, and for a table of a database the file, or the query, under <c>database/</c> of which it was made.
    /// </summary>
    public OracleOverFolder(string folder)
    {
        _model = YamlTree.Read(Path.Combine(folder, "model.yaml"));
        var segments = Path.Combine(folder, "segments");
        _segments = [.. Directory.EnumerateFiles(segments, "*.yaml").Order(StringComparer.Ordinal).Select(YamlTree.Read)];
        _keyFiles = Directory.EnumerateFiles(segments, "*.csv", SearchOption.AllDirectories)
            .ToImmutableDictionary(file => Path.GetRelativePath(segments, file).Replace('\\', '/'), File.ReadAllText);
        _tables = _model["entities"]!.AsObject().ToImmutableDictionary(entity => entity.Key, entity => ReadTable(folder, entity.Key, entity.Value!));
    }

    /// <summary>The keys of a segment's members in order, each followed by a line feed.</summary>
    /// <exception cref="InvalidOperationException">The language leaves the answer open, or the data break a promise.</exception>
    public string Keys(string segment, string asOf) => string.Concat(Outcome(segment, asOf).Members.Select(member => member.Text + "\n"));

    /// <summary>The members of a segment in order, each as its key, tier, arm and bucket with commas between them, followed by a line feed.</summary>
    /// <exception cref="InvalidOperationException">The language leaves the answer open, or the data break a promise.</exception>
    public string Lines(string segment, string asOf) => string.Concat(Outcome(segment, asOf).Members.Select(member => string.Join(',', member.Fields) + "\n"));

    private OracleOutcome Outcome(string segment, string asOf)
    {
        var instant = IsoText.Parse(asOf);
        var outcome = SegmentOracle.Evaluate(new OracleInput(_model, _tables, _segments, segment, instant.LocalMicros!.Value - instant.OffsetMicros!.Value, _keyFiles));
        return outcome.IsExact
            ? outcome
            : throw new InvalidOperationException($"{segment}: {outcome.DataError} {string.Join(' ', outcome.PossibleDataErrors)} {string.Join(' ', outcome.Unspecified)}");
    }

    private OracleTable ReadTable(string folder, string name, JsonNode entity)
    {
        var columns = entity["columns"]!.AsObject()
            .Select(column => column.Value is JsonObject form
                ? (Logical: column.Key, Stored: (string?)form["column"] ?? column.Key, Type: DataType.Parse((string)form["type"]!))
                : (Logical: column.Key, Stored: column.Key, Type: DataType.Parse((string)column.Value!)))
            .ToList();
        var delimiter = ((string?)entity["csv"]?["delimiter"] ?? ",")[0];
        var table = (string)entity["table"]![0]!;
        var pattern = (table.Contains('.', StringComparison.Ordinal) ? $"data/{table}" : $"database/{table}.csv").Split('/');
        var rows = new List<IReadOnlyList<Value>>();
        var query = Path.Combine(folder, "database", $"{table}.sql");
        if (File.Exists(query))
        {
            return new OracleTable([.. columns.Select(column => column.Logical)], [.. RowsOf(folder, name, query, columns)]);
        }

        foreach (var file in Directory.EnumerateFiles(Path.Combine([folder, .. pattern[..^1]]), pattern[^1]))
        {
            if (file.EndsWith(".jsonl", StringComparison.Ordinal))
            {
                rows.AddRange(File.ReadLines(file).Select(line => JsonNode.Parse(line)!).Select(record => (IReadOnlyList<Value>)columns.Select(column => ValueOf(record[column.Stored]?.ToString(), column.Type)).ToList()));
                continue;
            }

            // A table with another delimiter holds no comma in its fields, so that one parser does for both.
            var records = CsvText.Parse(File.ReadAllText(file).Replace(delimiter, ','));
            var positions = columns.Select(column => records[0].ToList().IndexOf(column.Stored)).ToList();
            rows.AddRange(records.Skip(1).Select(record => (IReadOnlyList<Value>)columns.Zip(positions, (column, position) => ValueOf(record[position], column.Type)).ToList()));
        }

        return new OracleTable([.. columns.Select(column => column.Logical)], rows);
    }

    /// <summary>
    /// The rows of a query, which fill a table of a database: those that the entity of its one relationship leads to. No segment sees the others, and they are so many
    /// that an interpreter which looks at each of them would take minutes.
    /// </summary>
    private IEnumerable<IReadOnlyList<Value>> RowsOf(string folder, string entity, string query, List<(string Logical, string Stored, DataType Type)> columns)
    {
        var relationship = _model["relationships"]!.AsArray().Single(relationship => (string)relationship!["to"]! == entity)!;
        var (from, to) = relationship["on"]!.AsObject().Select(on => (on.Key, (string)on.Value!)).Single();
        var start = _model["entities"]![(string)relationship["from"]!]!;
        var reached = $"SELECT {(string?)start["columns"]![from]!["column"] ?? from} FROM read_csv('{Path.Combine(folder, "database", (string)start["table"]![0]! + ".csv")}', header = true)";
        var made = Directory.CreateTempSubdirectory("oracle-rows");
        try
        {
            var file = Path.Combine(made.FullName, "rows.csv");
            ExampleSql.CopyAsync($"SELECT {string.Join(", ", columns.Select(column => column.Stored))} FROM ({File.ReadAllText(query)}) WHERE {to} IN ({reached})", file).GetAwaiter().GetResult();
            return CsvText.Parse(File.ReadAllText(file)).Select(record => (IReadOnlyList<Value>)record.Zip(columns, (text, column) => ValueOf(text, column.Type)).ToList());
        }
        finally
        {
            made.Delete(recursive: true);
        }
    }

    private static Value ValueOf(string? text, DataType type) => text is null ? Value.Null : type.Kind switch
    {
        TypeKind.Boolean => Value.Of(text == "true"),
        TypeKind.Int64 => Value.Of(long.Parse(text, CultureInfo.InvariantCulture)),
        TypeKind.Decimal => Value.DecimalOf(text),
        TypeKind.Float64 => Value.Of(double.Parse(text, CultureInfo.InvariantCulture)),
        TypeKind.String => Value.Of(text),
        TypeKind.Date => new Value.Date(IsoText.Parse(text).Days),
        TypeKind.Timestamp => new Value.Timestamp(IsoText.Parse(text).LocalMicros!.Value),
        TypeKind.DateTime => new Value.WallClock(IsoText.Parse(text).LocalMicros!.Value),
        _ => throw new InvalidOperationException($"The examples hold no {type}."),
    };
}
