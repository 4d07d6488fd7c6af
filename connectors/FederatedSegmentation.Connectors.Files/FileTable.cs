using System.Collections.Frozen;
using System.Collections.Immutable;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;
using FederatedSegmentation.Sql.Dialects;
using FederatedSegmentation.Sql.Dialects.DuckDb;
using FederatedSegmentation.Sql.Tree;
using FederatedSegmentation.Sql.Writing;

namespace FederatedSegmentation.Connectors.Files;

/// <summary>A table of files as it was found: the relation that reads it, and what its columns are.</summary>
/// <param name="Relation">The text behind FROM.</param>
/// <param name="Columns">Name as stored, and how the engine reads it (its own name of the type).</param>
/// <param name="Rows">Rows, where the files say so.</param>
/// <param name="Bytes">Bytes of the files.</param>
/// <param name="HasJsonNumbers">Whether numbers came through JSON, which the engine may spell with an exponent.</param>
internal sealed record FileTable(string Relation, ImmutableArray<(string Name, string EngineType)> Columns, long? Rows, long Bytes, bool HasJsonNumbers = false)
{
    /// <summary>The range of the key, under its stored name, where the files' statistics say it.</summary>
    public KeyRange? Key { get; init; }

    /// <summary>The table as an entity sees it.</summary>
    /// <exception cref="SourceException">SRC103: a declared column is not there.</exception>
    public (StoredTable Stored, EngineTable Engine) As(Entity entity, string source)
    {
        var stored = new Dictionary<string, StorageType>(StringComparer.Ordinal);
        var expressions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var column in entity.Columns)
        {
            var found = Columns.FirstOrDefault(candidate => string.Equals(candidate.Name, column.SourceName, StringComparison.Ordinal));
            if (found.Name is null)
            {
                throw Fail("SRC103", source, $"The files of {entity} have no column '{column.SourceName}'.", $"They have: {string.Join(", ", Columns.Select(candidate => candidate.Name).Take(20))}.");
            }

            var storage = StorageOf(found.EngineType);
            var name = DuckDbDialect.Instance.QuoteIdentifier(column.SourceName);
            var (expression, flows) = Read(Plain(name, column.Type), found.EngineType, storage, column, entity);
            expressions.Add(column.Name, expression);
            stored.Add(column.Name, flows);
        }

        // Where the key is converted, statistics speak of other values.
        var range = Key is { } known && entity.Key is [var single] && single.SourceName == known.Column && DuckDbDialect.Instance.IsBareColumn(expressions[single.Name])
            ? known with { Column = single.Name }
            : null;
        return (
            new StoredTable(stored.ToFrozenDictionary(StringComparer.Ordinal), Rows, Bytes) { HasUniqueKey = range is { IsUnique: true } },
            new EngineTable(Relation, expressions.ToFrozenDictionary(StringComparer.Ordinal)) { Key = range });
    }

    /// <summary>A statement with one number: 1 where every row has a key of its own.</summary>
    public string IsUnique()
    {
        var range = Key ?? throw new InvalidOperationException("The table has no range of a key.");
        var dialect = DuckDbDialect.Instance;
        var unique = dialect.IsUnique(new SqlTemplate([dialect.QuoteIdentifier(range.Column)], []), range.Least, range.Greatest);
        return $"SELECT CAST({SqlWriter.Write(unique, dialect)} AS BIGINT) FROM {Relation}";
    }

    /// <summary>A predicate that is TRUE for the values of a column that do not fit.</summary>
    public string DoesNotFit(Column column)
    {
        var type = Columns.First(candidate => string.Equals(candidate.Name, column.SourceName, StringComparison.Ordinal)).EngineType;
        return EngineConversion.DoesNotFit(Normal(Plain(DuckDbDialect.Instance.QuoteIdentifier(column.SourceName), column.Type), type), StorageOf(type), column.Type);
    }

    // A JSON number such as 0.000001 arrives as 1e-06.
    private string Plain(string name, DataType type) => HasJsonNumbers && type is DecimalType
        ? $"CASE WHEN regexp_full_match({name}, '-?[0-9]+(\\.[0-9]+)?[eE]-[0-9]+') THEN CAST(TRY_CAST({name} AS DECIMAL(38,24)) AS VARCHAR) "
            + $"WHEN regexp_full_match({name}, '-?[0-9]+(\\.[0-9]+)?[eE]\\+?[0-9]+') THEN CAST(TRY_CAST({name} AS DECIMAL(38,0)) AS VARCHAR) ELSE {name} END"
        : name;

    // A column whose type is right stays a bare name, so that filters reach the file's statistics.
    private static (string Expression, StorageType Flows) Read(string name, string engineType, StorageType storage, Column column, Entity entity)
    {
        var value = Normal(name, engineType);
        return NaturalStorage.IsNatural(storage, column.Type)
            ? (value, storage is StoredFloat ? new StoredFloat(64) : storage)
            : (EngineConversion.Strict(value, storage, column.Type, entity.Name, column.Name), NaturalStorage.Of(column.Type));
    }

    private static string Normal(string name, string engineType) => engineType switch
    {
        "UBIGINT" => $"CAST({name} AS DECIMAL(20,0))",
        "HUGEINT" or "UHUGEINT" => $"CAST({name} AS DECIMAL(38,0))",
        "FLOAT" => $"CAST({name} AS DOUBLE)",
        "TIMESTAMP_S" or "TIMESTAMP_MS" => $"CAST({name} AS TIMESTAMP)",

        // The engine's cast goes towards 1970; the digits that are cut off make a time earlier.
        "TIMESTAMP_NS" => $"CASE WHEN epoch_ns({name}) % 1000 < 0 THEN make_timestamp(epoch_ns({name}) // 1000 - 1) ELSE CAST({name} AS TIMESTAMP) END",
        _ when StorageOf(engineType) is StoredOther => $"CAST({name} AS VARCHAR)",
        _ => name,
    };

    /// <summary>How a type of the engine is stored.</summary>
    internal static StorageType StorageOf(string engineType) => engineType switch
    {
        "BOOLEAN" => new StoredBoolean(),
        "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "UTINYINT" or "USMALLINT" or "UINTEGER" => new StoredInteger(),
        "UBIGINT" => new StoredDecimal(20, 0),
        "HUGEINT" or "UHUGEINT" => new StoredDecimal(38, 0),
        "FLOAT" or "DOUBLE" => new StoredFloat(64),
        "VARCHAR" => new StoredText(),
        "DATE" => new StoredDate(),
        "TIMESTAMP" or "TIMESTAMP_S" or "TIMESTAMP_MS" or "TIMESTAMP_NS" => new StoredWallClock(),
        "TIMESTAMP WITH TIME ZONE" => new StoredInstant(),
        "BLOB" => new StoredBinary(),
        _ when engineType.StartsWith("DECIMAL(", StringComparison.Ordinal) => Decimal(engineType),
        _ when engineType.EndsWith(']') || engineType.StartsWith("STRUCT", StringComparison.Ordinal) || engineType.StartsWith("MAP", StringComparison.Ordinal) => new StoredNested(engineType),
        _ => new StoredOther(engineType),
    };

    private static StoredDecimal Decimal(string type)
    {
        var parts = type["DECIMAL(".Length..^1].Split(',');
        return new StoredDecimal(int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static SourceException Fail(string code, string source, string message, string hint)
        => new(new Problem { Code = code, Stage = Stage.Execute, Source = source, Message = message, Hint = hint });
}
