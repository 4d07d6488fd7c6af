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
