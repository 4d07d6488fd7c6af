using System.Collections.Frozen;

namespace FederatedSegmentation.Sql;

/// <summary>A table as the embedded engine (DuckDB) reads it.</summary>
/// <param name="Relation">The text behind FROM, for instance <c>read_parquet(['/data/a.parquet'])</c>, written by the connector with the dialect's literal writer.</param>
/// <param name="Expressions">
/// By logical column name: an expression over the relation's own columns that yields the natural storage of the declared type and raises a data error
/// for a value that does not fit. A plain quoted name where nothing has to be converted, so that filters reach the file's statistics.
/// </param>
public sealed record EngineTable(string Relation, FrozenDictionary<string, string> Expressions)
{
    /// <summary>
    /// The integer column that is the entity's whole key, with the least and the greatest value that the table's statistics name; null where it has no such
    /// key or no statistics. Statements never rely on the range, and on the key's being unique only where that was seen.
    /// </summary>
    public KeyRange? Key { get; init; }
}

/// <summary>The range of an integer key.</summary>
/// <param name="Column">The logical name of the column.</param>
/// <param name="Least">The least value.</param>
/// <param name="Greatest">The greatest value.</param>
/// <param name="Rows">The rows of the table.</param>
public sealed record KeyRange(string Column, long Least, long Greatest, long Rows)
{
    // One bit for each value of the range is what it costs to look.
    private const long MostValues = 1L << 28;
    private const int Sparsest = 64;

    /// <summary>Whether the source looked at the files as they are now, and every row has a key, and none that of another.</summary>
    public bool IsUnique { get; init; }

    /// <summary>Whether the range has room for unique keys, and is narrow enough to look.</summary>
    public bool MayBeUnique => Greatest - (Int128)Least + 1 is var span && span >= Rows && span <= Int128.Min(MostValues, Sparsest * (Int128)Rows);
}
