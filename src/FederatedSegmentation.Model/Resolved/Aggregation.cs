using System.Collections.Immutable;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Model.Resolved;

/// <summary>An aggregate over related rows, and what is asked of it.</summary>
/// <param name="Function">The function.</param>
/// <param name="Input">The aggregated value; null for <see cref="AggregateFunction.Count"/>.</param>
/// <param name="Tests">
/// All must hold: <see cref="CompareTest"/>, <see cref="BetweenTest"/>, <see cref="InTest"/> or <see cref="WindowTest"/>. References in them are read on
/// the row that the related rows start from: that row is frame 0 here.
/// </param>
/// <param name="EmptyAs">The value to use where no value is left, or null: then the aggregate is FALSE there (counts are 0).</param>
/// <param name="ResultType">
/// int64 for counts; the input's type for minimum and maximum; for sum and average the type in which literals are compared: int64, decimal (any scale)
/// or float64.
/// </param>
public sealed record Aggregation(AggregateFunction Function, PathColumn? Input, ImmutableArray<ValueTest> Tests, Literal? EmptyAs, DataType ResultType);

/// <summary>A column of a row, or of the row at the end of a to-one path from it.</summary>
public sealed record PathColumn(EntityPath Path, Column Column);

/// <summary>The aggregate functions of the language.</summary>
public enum AggregateFunction
{
    /// <summary>Rows.</summary>
    Count,

    /// <summary>Distinct non-NULL values.</summary>
    CountDistinct,

    /// <summary>The sum, exact for int64 and decimal.</summary>
    Sum,

    /// <summary>The average, compared exactly for int64 and decimal.</summary>
    Average,

    /// <summary>The least value.</summary>
    Minimum,

    /// <summary>The greatest value.</summary>
    Maximum,
}
