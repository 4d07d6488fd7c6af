using System.Collections.Frozen;

namespace FederatedSegmentation.Sql;

/// <summary>A table as the embedded engine (DuckDB) reads it.</summary>
/// <param name="Relation">The text behind FROM, for instance <c>read_parquet(['/data/a.parquet'])</c>, written by the connector with the dialect's literal writer.</param>
/// <param name="Expressions">
/// By logical column name: an expression over the relation's own columns that yields the natural storage of the declared type and raises a data error
/// for a value that does not fit. A plain quoted name where nothing has to be converted, so that filters reach the file's statistics.
/// </param>
public sealed record EngineTable(string Relation, FrozenDictionary<string, string> Expressions);
