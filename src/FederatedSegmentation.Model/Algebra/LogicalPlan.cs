using System.Collections.Immutable;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Model.Algebra;

/// <summary>A relation computed from others: the neutral algebra between a definition and SQL. A closed hierarchy of immutable records.</summary>
/// <remarks>Nothing in it multiplies the rows of a segment: a hop to many becomes a <see cref="MatchPlan"/>, an <see cref="AggregatePlan"/> by key, or a <see cref="PairPlan"/> under one.</remarks>
/// <param name="Columns">The output columns, in order.</param>
public abstract record LogicalPlan(ImmutableArray<PlanColumn> Columns);

/// <summary>The rows of an entity as they are stored. A deduped entity is a <see cref="DedupePlan"/> over it.</summary>
/// <param name="Entity">The entity.</param>
/// <param name="Sources">The model column behind each of <paramref name="Columns"/>, in the same order. Only these are read.</param>
/// <param name="Columns">The output columns.</param>
public sealed record ScanPlan(Entity Entity, ImmutableArray<Column> Sources, ImmutableArray<PlanColumn> Columns) : LogicalPlan(Columns);

/// <summary>Of the rows with equal keys (NULLs equal each other) the first in the order; NULLs last in both directions, NaN as NULL, text by bytes.</summary>
/// <param name="Input">The rows.</param>
/// <param name="Keys">Columns of the input.</param>
/// <param name="Order">Columns of the input to order by: those that the model names, then all columns ascending in model order.</param>
public sealed record DedupePlan(LogicalPlan Input, ImmutableArray<PlanColumn> Keys, ImmutableArray<PlanOrder> Order) : LogicalPlan(Input.Columns);

/// <summary>A column to order by.</summary>
public sealed record PlanOrder(PlanColumn Column, bool Descending);

/// <summary>The rows of the input for which the predicate is TRUE.</summary>
public sealed record FilterPlan(LogicalPlan Input, PlanPredicate Predicate) : LogicalPlan(Input.Columns);

/// <summary>Columns computed from each row; as many rows as the input.</summary>
/// <param name="Input">The input.</param>
/// <param name="Expressions">One expression per output column.</param>
/// <param name="Columns">The output columns, fresh ids.</param>
public sealed record ProjectPlan(LogicalPlan Input, ImmutableArray<PlanExpression> Expressions, ImmutableArray<PlanColumn> Columns) : LogicalPlan(Columns);

/// <summary>The distinct rows over the given columns of the input.</summary>
/// <param name="Input">The input.</param>
/// <param name="Sources">The input column behind each output column.</param>
/// <param name="Columns">The output columns, fresh ids.</param>
public sealed record DistinctPlan(LogicalPlan Input, ImmutableArray<PlanColumn> Sources, ImmutableArray<PlanColumn> Columns) : LogicalPlan(Columns);

/// <summary>
/// Every row of <see cref="Input"/>, with columns of the build row that matches, or NULLs. The build side has at most one row per key by construction
/// (an <see cref="AggregatePlan"/> or <see cref="DistinctPlan"/> over exactly the build keys), so rows are never multiplied.
/// </summary>
/// <param name="Input">The rows to keep.</param>
/// <param name="Build">Unique over its keys.</param>
/// <param name="Keys">The pairs.</param>
/// <param name="Added">The columns of the build side that are added to those of the input.</param>
public sealed record LookupPlan(LogicalPlan Input, LogicalPlan Build, ImmutableArray<JoinKey> Keys, ImmutableArray<PlanColumn> Added)
    : LogicalPlan(Input.Columns.AddRange(Added));

/// <summary>An inner join. Stands only under a <see cref="DistinctPlan"/> or <see cref="AggregatePlan"/>, where one side holds distinct keys or multiplicity does not matter.</summary>
public sealed record PairPlan(LogicalPlan Left, LogicalPlan Right, ImmutableArray<JoinKey> Keys) : LogicalPlan(Left.Columns.AddRange(Right.Columns));

/// <summary>One row per distinct combination of the group columns, with measures. Without a row in the input there is no group.</summary>
/// <param name="Input">The rows to aggregate.</param>
/// <param name="GroupBy">Columns of the input; never empty. NULLs form a group.</param>
/// <param name="Measures">The measures.</param>
/// <param name="Columns">Outputs: one fresh column per group column, then one per measure.</param>
public sealed record AggregatePlan(LogicalPlan Input, ImmutableArray<PlanColumn> GroupBy, ImmutableArray<Measure> Measures, ImmutableArray<PlanColumn> Columns) : LogicalPlan(Columns);

/// <summary>
/// The pairs (start, end) of nodes that lead to each other over at most <see cref="Depth"/> edges, each once; every node leads to itself. Cycles end
/// by themselves.
/// </summary>
/// <param name="Input">Edges, and with them the nodes; NULL parts of nodes equal each other.</param>
/// <param name="Nodes">Columns of the input: every combination in them is a node.</param>
/// <param name="From">Columns of the input: where an edge starts.</param>
/// <param name="To">Columns of the input: where it ends.</param>
/// <param name="Required">Columns of the input of which a NULL says that the row is a node, but no edge.</param>
/// <param name="Depth">The most edges.</param>
/// <param name="Columns">Outputs, fresh ids: the parts of the start, then those of the end.</param>
public sealed record ClosurePlan(
    LogicalPlan Input, ImmutableArray<PlanColumn> Nodes, ImmutableArray<PlanColumn> From, ImmutableArray<PlanColumn> To, ImmutableArray<PlanColumn> Required, int Depth, ImmutableArray<PlanColumn> Columns)
    : LogicalPlan(Columns);

/// <summary>Every row of the input, with an int64 that is 1 where the predicate is TRUE and NULL elsewhere.</summary>
/// <param name="Input">The input.</param>
/// <param name="Predicate">The predicate.</param>
/// <param name="Flag">The added column.</param>
public sealed record FlagPlan(LogicalPlan Input, PlanPredicate Predicate, PlanColumn Flag) : LogicalPlan(Input.Columns.Add(Flag));

/// <summary>The first rows of each group. The order is total: it ends in a unique key.</summary>
/// <param name="Input">The rows.</param>
/// <param name="Per">What makes a group, NULL and NaN being one group of their own; empty for one group.</param>
/// <param name="By">The order that counts for ties; NULLs and NaN last in both directions, text by bytes.</param>
/// <param name="Key">The order among equals, ascending.</param>
/// <param name="Take">How many stay.</param>
/// <param name="IncludesTies">Whether those stay too that equal the last one in all of <paramref name="By"/>.</param>
public sealed record RankPlan(LogicalPlan Input, ImmutableArray<PlanColumn> Per, ImmutableArray<PlanOrder> By, ImmutableArray<PlanColumn> Key, Take Take, bool IncludesTies)
    : LogicalPlan(Input.Columns);

/// <summary>Every row of the input that a tier takes, with the tier's name.</summary>
/// <param name="Input">The rows.</param>
/// <param name="Steps">The tiers, in order.</param>
/// <param name="Key">A unique key of the input, the last order of every tier.</param>
/// <param name="Tier">The added column: the name of the tier.</param>
public sealed record TierPlan(LogicalPlan Input, ImmutableArray<TierStep> Steps, ImmutableArray<PlanColumn> Key, PlanColumn Tier) : LogicalPlan(Input.Columns.Add(Tier));

/// <summary>A tier of a <see cref="TierPlan"/>.</summary>
/// <param name="Name">The name.</param>
/// <param name="Flag">A column of the input that is not NULL where a row may enter; null where every row may.</param>
/// <param name="Cap">The most rows, or null.</param>
/// <param name="By">The order in which rows enter.</param>
public sealed record TierStep(string Name, PlanColumn? Flag, long? Cap, ImmutableArray<PlanOrder> By);

/// <summary>The rows of all inputs, one after the other; the inputs share no row by construction.</summary>
/// <param name="Inputs">At least two; columns by position, of the same types.</param>
/// <param name="Columns">Outputs, fresh ids.</param>
public sealed record AppendPlan(ImmutableArray<LogicalPlan> Inputs, ImmutableArray<PlanColumn> Columns) : LogicalPlan(Columns);

/// <summary>Set operation over inputs with the same column types; the result has no duplicates.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Inputs">At least one; columns by position. For <see cref="SetKind.Except"/> the first minus all others.</param>
/// <param name="Columns">Outputs, fresh ids.</param>
public sealed record SetPlan(SetKind Kind, ImmutableArray<LogicalPlan> Inputs, ImmutableArray<PlanColumn> Columns) : LogicalPlan(Columns);

/// <summary>Keys that the definition lists, or that came from another source.</summary>
public sealed record KeyListPlan(ImmutableArray<ImmutableArray<Literal>> Keys, ImmutableArray<PlanColumn> Columns) : LogicalPlan(Columns)
{
    /// <summary>How they get to the source; by default as constants.</summary>
    public Fragments.KeyPassage Passage { get; init; }

    /// <summary>The name of the parameter or table that holds them, where they are no constants.</summary>
    public string? PassageName { get; init; }
}

/// <summary>Keys in a CSV file that the engine reads; columns are named by the logical names in the header.</summary>
public sealed record KeyFilePlan(string Path, string DisplayName, ImmutableArray<PlanColumn> Columns) : LogicalPlan(Columns);

/// <summary>A relation used more than once, computed once under its name.</summary>
/// <param name="Name">Unique in the run.</param>
/// <param name="Shared">What it computes.</param>
/// <param name="Columns">Outputs, fresh ids per use, by position those of <paramref name="Shared"/>.</param>
public sealed record SharedPlan(string Name, LogicalPlan Shared, ImmutableArray<PlanColumn> Columns) : LogicalPlan(Columns);

/// <summary>The result of a fragment or of an earlier statement, by position.</summary>
/// <param name="Name">The id of the fragment or stage.</param>
/// <param name="Columns">Outputs, by position those of the fragment or stage.</param>
public sealed record ResultPlan(string Name, ImmutableArray<PlanColumn> Columns) : LogicalPlan(Columns);

/// <summary>An aggregate of a group.</summary>
/// <param name="Function">The function.</param>
/// <param name="Input">The aggregated value; null for <see cref="MeasureFunction.Count"/>. A float64 input comes with NaN as NULL.</param>
public sealed record Measure(MeasureFunction Function, PlanExpression? Input);

/// <summary>A promise whose breach stops the run with a data error when the row is read.</summary>
/// <param name="Code">The error code, for instance <c>DAT003</c>.</param>
/// <param name="Subject">What broke it, without values: <c>customer.account (one row expected)</c>.</param>
public sealed record DataGuard(string Code, string Subject);

/// <summary>The functions of measures.</summary>
public enum MeasureFunction
{
    /// <summary>Rows, int64.</summary>
    Count,

    /// <summary>Non-NULL values of the input, int64.</summary>
    CountValues,

    /// <summary>Distinct non-NULL values, int64.</summary>
    CountDistinct,

    /// <summary>Exact for int64 (a decimal(38,0)) and decimal (decimal(38,s)), float64 for float64; NULL without values.</summary>
    Sum,

    /// <summary>float64 average of float64; NULL without values.</summary>
    AverageFloat,

    /// <summary>NULL without values.</summary>
    Minimum,

    /// <summary>NULL without values.</summary>
    Maximum,

    /// <summary>The value of some row of the group, NULL included; meaningful where the group has one row (<see cref="GuardedExpression"/>).</summary>
    Any,
}

/// <summary>The set operations.</summary>
public enum SetKind
{
    /// <summary>In any.</summary>
    Union,

    /// <summary>In all.</summary>
    Intersect,

    /// <summary>In the first and in no other.</summary>
    Except,
}
