using System.Collections.Immutable;
using System.Text;
using FederatedSegmentation.Model.Algebra;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Planning.Rewriting;

namespace FederatedSegmentation.Planning.Fragmentation;

/// <summary>What a source answers exactly, by its capabilities alone. Pure.</summary>
internal static class PushdownRules
{
    private static readonly Support Plain = Support.Full("the source compares these values as the language does");

    /// <summary>The verdict on a leaf.</summary>
    public static Support Of(LeafPlan leaf, Capabilities source)
    {
        var support = Worst(PlanTree.Expressions(leaf).Select(expression => Of(expression, source)));
        return leaf switch
        {
            InListPlan list when list.Items.Length > source.MaxListedValues
                => Support.None($"the list has {list.Items.Length} values, the source takes {source.MaxListedValues}"),
            _ when LiteralBytes(leaf) > source.MaxStatementBytes => Support.None("its values are too long for a statement of the source"),
            InListPlan list => Worst([support, Equality(list.Value.Type, source), .. list.Items.Select(item => Of(new LiteralExpression(item, list.Value.Type), source))]),
            ComparisonPlan comparison => Worst([support, Comparison(comparison, source)]),
            TextMatchPlan => Worst([support, source.TextMatch]),
            IsNullPlan => Worst([support, source.PlainComparison]),
            MonthDayPlan days => Worst([support, Zone(days.Value.Type, days.Zone, source)]),
            AverageComparisonPlan => Worst([support, source.AverageComparison]),
            _ => throw new ArgumentOutOfRangeException(nameof(leaf), leaf, "Unknown leaf."),
        };
    }

    /// <summary>The verdict on a value.</summary>
    public static Support Of(PlanExpression expression, Capabilities source) => expression switch
    {
        ColumnExpression column => Of(column.Column, source),
        LiteralExpression { Value: StringLiteral text } when text.Value.Contains('\0', StringComparison.Ordinal) => source.NulInText,
        LiteralExpression => Plain,
        DatePartExpression part => Worst([Of(part.Input, source), Zone(part.Input.Type, part.Zone, source)]),
        AsciiLowerExpression lower => Worst([Of(lower.Input, source), source.AsciiFolding]),
        CoalesceExpression coalesce => Of(coalesce.Input, source),
        NanAsNullExpression nan => Worst([Of(nan.Input, source), source.FloatComparison]),
        GuardedExpression guarded => Worst([Of(guarded.Input, source), source.Guards]),
        FloatQuotientExpression quotient => Worst([Of(quotient.Sum, source), Of(quotient.Count, source), source.FloatAggregates]),
        ShiftExpression shift => Worst([Of(shift.Input, source), source.DurationArithmetic]),
        IntervalExpression interval => Worst([Of(interval.Input, source), Equality(interval.Input.Type, source)]),
        SplitBucketExpression or ExactOrderExpression => Support.None(DistributionVerdicts.Reason),
        _ => throw new ArgumentOutOfRangeException(nameof(expression), expression, "Unknown expression."),
    };

    /// <summary>The verdict on comparing a stored column where it is.</summary>
    public static Support Of(PlanColumn column, Capabilities source)
        => source.RunsInEngine || NaturalStorage.IsNatural(column.Storage, column.Type) ? Plain : Support.None(NotNatural(column));

    /// <summary>The verdict on matching rows by these columns.</summary>
    public static Support Of(JoinKey key, Capabilities source)
        => Worst([source.Joins, Of(key.Probe, source), Of(key.Build, source), Equality(key.Probe.Type, source), Equality(key.Build.Type, source), KeyTypes(key, source)]);

    /// <summary>The verdict on the times of two rows lying so to each other.</summary>
    public static Support Of(TimeBand band, Capabilities source) => Worst(
    [
        Of(band.Probe, source),
        Of(band.Build, source),
        source.TemporalComparison,
        band.Within is null && band.GapMinimum is null ? source.Joins : source.DurationArithmetic,
    ]);

    /// <summary>The verdict on a match.</summary>
    public static Support Of(MatchPlan match, Capabilities source)
        => Worst([.. match.Keys.Select(key => Of(key, source)), .. match.Band is { } band ? new[] { Of(band, source) } : []]);

    /// <summary>The verdict on grouping by a column.</summary>
    public static Support Grouping(PlanColumn column, Capabilities source) => Worst([source.Grouping, Of(column, source), Equality(column.Type, source)]);

    /// <summary>The verdict on a measure.</summary>
    public static Support Of(Measure measure, Capabilities source)
    {
        var input = measure.Input is { } value ? Of(value, source) : Plain;
        return Worst([source.Grouping, input, measure.Function switch
        {
            MeasureFunction.Count or MeasureFunction.CountValues or MeasureFunction.Any => Plain,
            MeasureFunction.CountDistinct => Equality(measure.Input!.Type, source),
            MeasureFunction.Sum => measure.Input!.Type is Float64Type ? source.FloatAggregates : source.ExactSum,
            MeasureFunction.AverageFloat => source.FloatAggregates,
            MeasureFunction.Minimum or MeasureFunction.Maximum => Order(measure.Input!.Type, source),
            _ => throw new ArgumentOutOfRangeException(nameof(measure), measure.Function, "Unknown function."),
        }]);
    }

    /// <summary>The verdict on ordering by a column.</summary>
    public static Support Order(PlanColumn column, Capabilities source) => Worst([Of(column, source), Order(column.Type, source)]);

    /// <summary>The least of the verdicts, with its reason; of equals the last, which is the more specific.</summary>
    public static Support Worst(params IEnumerable<Support> supports)
        => supports.Aggregate(Plain, (worst, next) => next.Verdict >= worst.Verdict && next != Plain ? next : worst);

    /// <summary>The bytes that literals take in a statement, at the least.</summary>
    public static long Bytes(IEnumerable<Literal> literals) => literals.Sum(literal => literal switch
    {
        StringLiteral text => 2L + Encoding.UTF8.GetByteCount(text.Value),
        BinaryLiteral bytes => 2L * bytes.Value.Length,
        _ => 1L,
    });

    private static long LiteralBytes(LeafPlan leaf)
        => Bytes(leaf is InListPlan list ? list.Items : []) + Bytes(PlanTree.Expressions(leaf).OfType<LiteralExpression>().Select(literal => literal.Value));

    private static Support Comparison(ComparisonPlan comparison, Capabilities source)
    {
        var (left, right) = (comparison.Left.Type, comparison.Right.Type);
        if (left is StringType)
        {
            return comparison.Operator is ComparisonOperator.Equal or ComparisonOperator.NotEqual ? source.TextEquality : source.TextOrder;
        }

        if (left is Float64Type || right is Float64Type)
        {
            return source.FloatComparison;
        }

        return comparison.Left is not LiteralExpression && comparison.Right is not LiteralExpression && left != right && left.IsNumeric
            ? source.MixedExactComparison
            : Equality(left, source);
    }

    private static Support Equality(DataType type, Capabilities source) => type switch
    {
        StringType => source.TextEquality,
        Float64Type => source.FloatComparison,
        BinaryType => source.BinaryComparison,
        { IsTemporal: true } => source.TemporalComparison,
        _ => source.PlainComparison,
    };

    private static Support Order(DataType type, Capabilities source) => type is StringType ? source.TextOrder : Equality(type, source);

    private static Support KeyTypes(JoinKey key, Capabilities source) => key.Probe.Type == key.Build.Type ? Plain : source.MixedExactComparison;

    private static Support Zone(DataType type, string? zone, Capabilities source)
        => zone is null || (type is TimestampType && string.Equals(zone, "UTC", StringComparison.Ordinal)) ? source.DateParts : source.ZoneConversion;

    private static string NotNatural(PlanColumn column) => column.Storage switch
    {
        StoredCollatedText collated => $"column {column.Name} compares by rules of the source: {collated.Rule}",
        var storage => $"column {column.Name} is stored as {Describe(storage)} and declared as {column.Type}: it is fetched as it is and cast in the engine",
    };

    private static string Describe(StorageType storage) => storage switch
    {
        StoredBoolean => "boolean",
        StoredInteger => "integer",
        StoredDecimal exact => $"decimal({exact.Precision},{exact.Scale})",
        StoredFloat real => $"float{real.Bits}",
        StoredText or StoredCollatedText => "text",
        StoredDate => "date",
        StoredInstant => "an instant",
        StoredWallClock => "a wall clock",
        StoredBinary => "binary",
        StoredOther other => other.NativeName,
        StoredNested nested => nested.NativeName,
        _ => throw new ArgumentOutOfRangeException(nameof(storage), storage, "Unknown storage."),
    };
}
