using System.Collections.Immutable;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Model.Algebra;

/// <summary>A column that flows through a plan.</summary>
/// <param name="Id">Unique in a run's plan: no two outputs share one, so a column is found without its relation.</param>
/// <param name="Name">A readable name for SQL; not unique.</param>
/// <param name="Type">The type of the language.</param>
/// <param name="Storage">
/// How the column is stored where it is read. Comparisons may be pushed to a remote source only where this is the natural storage of
/// <paramref name="Type"/>; in the engine, conversions happen at the scan or at the fetch, and what flows on is the natural storage, but an instant may
/// stay an instant or a wall clock in UTC.
/// </param>
public sealed record PlanColumn(int Id, string Name, DataType Type, StorageType Storage);

/// <summary>A value computed from a row. NULL in, NULL out, but where said otherwise. A closed hierarchy.</summary>
/// <param name="Type">The type of the value.</param>
public abstract record PlanExpression(DataType Type);

/// <summary>A column of the input.</summary>
public sealed record ColumnExpression(PlanColumn Column) : PlanExpression(Column.Type);

/// <summary>A constant.</summary>
public sealed record LiteralExpression(Literal Value, DataType LiteralType) : PlanExpression(LiteralType);

/// <summary>A part of a date, timestamp or datetime, as an int64.</summary>
/// <param name="Input">The temporal value.</param>
/// <param name="Part">Which part.</param>
/// <param name="Zone">As in <see cref="DatePartValue.Zone"/>.</param>
public sealed record DatePartExpression(PlanExpression Input, DatePart Part, string? Zone) : PlanExpression(DataTypes.Int64);

/// <summary>The ASCII letters A–Z folded to a–z, everything else as it is.</summary>
public sealed record AsciiLowerExpression(PlanExpression Input) : PlanExpression(DataTypes.String);

/// <summary>The input, or the constant where the input is NULL.</summary>
public sealed record CoalesceExpression(PlanExpression Input, Literal Default) : PlanExpression(Input.Type);

/// <summary>A float64 with NaN as NULL, for aggregates, order and grouping.</summary>
public sealed record NanAsNullExpression(PlanExpression Input) : PlanExpression(DataTypes.Float64);

/// <summary>The input, where <paramref name="Rows"/> is NULL or 1; the guard's data error on a row where it is more. Raised only for rows on which it is evaluated.</summary>
/// <param name="Input">A value looked up over a path that the model promises to be to-one.</param>
/// <param name="Rows">How many rows the path led to, an int64.</param>
/// <param name="Guard">What to say.</param>
public sealed record GuardedExpression(PlanExpression Input, PlanExpression Rows, DataGuard Guard) : PlanExpression(Input.Type);

/// <summary>Sum / Count as a float64; NULL where Count is 0 or NULL.</summary>
public sealed record FloatQuotientExpression(PlanExpression Sum, PlanExpression Count) : PlanExpression(DataTypes.Float64);

/// <summary>A time plus a duration, of the time's own type. Months clamp.</summary>
public sealed record ShiftExpression(PlanExpression Input, Duration Duration) : PlanExpression(Input.Type);

/// <summary>A value by intervals: <c>Values[i]</c>, where i is how many of the bounds are ≤ the input; NULL for NULL.</summary>
/// <param name="Input">An int64 or a time.</param>
/// <param name="Bounds">Ascending constants of the input's type.</param>
/// <param name="Values">One more than there are bounds.</param>
/// <param name="ValueType">The type of the values.</param>
public sealed record IntervalExpression(PlanExpression Input, ImmutableArray<Literal> Bounds, ImmutableArray<Literal> Values, DataType ValueType) : PlanExpression(ValueType);

/// <summary>
/// The bucket of a key, 0 to 9,999, an int64: the first 32 bits of the MD5 of <c>salt:key</c> modulo 10,000, the key in canonical text, its parts joined by <c>|</c>.
/// </summary>
public sealed record SplitBucketExpression(string Salt, ImmutableArray<PlanColumn> Keys) : PlanExpression(DataTypes.Int64);

/// <summary>One of the two parts by which exact numbers Sum / Count order: first by the whole part, then by the fraction.</summary>
/// <remarks>
/// Both are taken of the sum in units of its last digit, so the whole part counts those units. The fraction is a float64; two of them differ whenever
/// the numbers do, up to counts of 2^26.
/// </remarks>
/// <param name="Sum">An exact number.</param>
/// <param name="Count">How many values it has; null for the number itself.</param>
/// <param name="Default">The number where Count is 0 or NULL, or the sum is NULL; null for NULL.</param>
/// <param name="IsFraction">Which part.</param>
public sealed record ExactOrderExpression(PlanExpression Sum, PlanExpression? Count, Literal? Default, bool IsFraction)
    : PlanExpression(IsFraction ? DataTypes.Float64 : new DecimalType(38, 0));
