using System.Collections.Immutable;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Model.Entities;

/// <summary>One entity of the model: a table of a source under a logical name. Identity is the reference: one instance per entity and model.</summary>
public sealed class Entity
{
    /// <summary>The logical name, unique in the model.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the data source in the settings.</summary>
    public required string Source { get; init; }

    /// <summary>Name parts exactly as the source spells them, never quoted; for files one path or glob relative to the root.</summary>
    public required ImmutableArray<string> Table { get; init; }

    /// <summary>The columns in model order.</summary>
    public required ImmutableArray<Column> Columns { get; init; }

    /// <summary>The identity of a row; empty where the entity has none. A promise, repaired by <see cref="Dedupe"/> where it is broken.</summary>
    public required ImmutableArray<Column> Key { get; init; }

    /// <summary>The event-time column, or null.</summary>
    public Column? Time { get; init; }

    /// <summary>The order in which the first row of each key stays; null where rows are taken as they are.</summary>
    public ImmutableArray<SortColumn>? Dedupe { get; init; }

    /// <summary>The delimiter of CSV files of this entity; null where the model says nothing (then a comma).</summary>
    public char? CsvDelimiter { get; init; }

    /// <summary>The column of this logical name, or null.</summary>
    public Column? FindColumn(string name) => Columns.FirstOrDefault(column => string.Equals(column.Name, name, StringComparison.Ordinal));

    /// <inheritdoc />
    public override string ToString() => Name;
}

/// <summary>One column of an entity. Identity is the reference.</summary>
public sealed class Column
{
    /// <summary>The logical name, unique in the entity.</summary>
    public required string Name { get; init; }

    /// <summary>The declared type.</summary>
    public required DataType Type { get; init; }

    /// <summary>The name as the source spells it.</summary>
    public required string SourceName { get; init; }

    /// <inheritdoc />
    public override string ToString() => Name;
}

/// <summary>A column to order by, NULLs last in both directions.</summary>
public sealed record SortColumn(Column Column, bool Descending);
