using System.Globalization;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Tests.Resolution;

/// <summary>Writes resolved predicates as short text, so that a test says in one line what it expects.</summary>
internal static class ResolvedText
{
    public static string Of(ResolvedPredicate predicate) => predicate switch
    {
        ConstantPredicate constant => constant.Value ? "true" : "false",
        AllPredicate all => $"all({string.Join("; ", all.Items.Select(Of))})",
        AnyPredicate any => $"any({string.Join("; ", any.Items.Select(Of))})",
        NotPredicate not => $"not({Of(not.Item)})",
        LeafPredicate leaf => $"{Of(leaf.Value)} {Of(leaf.Test)}",
        RelatedPredicate { Aggregation: null } related => $"has {Of(related.Path)}({Of(related.Where)})",
        RelatedPredicate related => $"has {Of(related.Path)}({Of(related.Where)}) {Of(related.Aggregation!)}",
        PickPredicate pick => $"{(pick.IsLast ? "last" : "first")} of {Of(pick.Path)}({Of(pick.Where)}) by {Of(pick.By)} must {Of(pick.Must)}",
        SequencePredicate sequence => $"seq {Of(sequence.Path)} by {sequence.Time}{Same(sequence)}: {string.Join(" → ", sequence.Steps.Select(Of))}{Of(sequence.Absent)}",
        RegularPredicate regular =>
            $"regular {Of(regular.Path)}({Of(regular.Where)}) by {regular.Time} {regular.AtLeast} in {regular.Windows} of {string.Join(" | ", regular.Bounds.Select(Of))}",
        InKeySetPredicate set => $"key of {set.Entity} in {Of(set.Keys)}",
        _ => throw new ArgumentOutOfRangeException(nameof(predicate)),
    };

    public static string Of(Distribution distribution) => string.Join('\n', [
        .. distribution.Ranks.Select(layer =>
            $"rank per ({string.Join(", ", layer.Per.Select(Of))}) by ({Of(layer.By)}) take {Of(layer.Take)}{(layer.IncludesTies ? " with ties" : string.Empty)}"),
        .. distribution.Tiers.Select(tier => $"tier {tier.Name}({Of(tier.Where)}) cap {tier.Cap?.ToString(CultureInfo.InvariantCulture) ?? "none"} by ({Of(tier.By)})"),
        .. distribution.Split is { } split ? [$"split {split.Salt}: {string.Join(", ", split.Arms.Select(arm => $"{arm.Name} {arm.Buckets}"))}"] : Array.Empty<string>(),
    ]);

    public static string Of(KeySet keys) => keys switch
    {
        SegmentKeys segment => segment.Segment,
        WhereKeys where => $"where({Of(where.Where)})",
        ListedKeys listed => $"[{string.Join(", ", listed.Keys.Select(key => string.Join('|', key.Select(Of))))}]",
        FileKeys file => $"file {file.DisplayName}",
        UnionKeys union => $"union({string.Join("; ", union.Sets.Select(Of))})",
        IntersectKeys intersect => $"intersect({string.Join("; ", intersect.Sets.Select(Of))})",
        MinusKeys minus => $"minus({string.Join("; ", minus.Sets.Select(Of))})",
        _ => throw new ArgumentOutOfRangeException(nameof(keys)),
    };

    public static string Of(ValueTest test) => test switch
    {
        CompareTest compare => $"{Symbol(compare.Operator)} {Of(compare.Operand)}{Case(compare.IgnoreCase)}",
        BetweenTest between => $"{(between.Negated ? "not between" : "between")} {Of(between.Low)} and {Of(between.High)}",
        WindowTest window => $"{(window.Negated ? "outside" : "within")} [{Of(window.From!)}, {Of(window.To!)})",
        InTest list => $"{(list.Negated ? "not in" : "in")} ({string.Join(", ", list.Items.Select(Of))}){Case(list.IgnoreCase)}",
        TextTest text => $"{(text.Negated ? "not " : string.Empty)}{text.Match} {Of(text.Operand)}{Case(text.IgnoreCase)}",
        IsNullTest => "is null",
        IsEmptyTest => "is empty",
        MonthDayTest days => $"on {string.Join(" or ", days.Days.Select(day => $"{day.Month}-{day.Day}"))}{Zone(days.Zone)}",
        _ => throw new ArgumentOutOfRangeException(nameof(test)),
    };

    public static string Of(Literal literal) => literal switch
    {
        BooleanLiteral value => value.Value ? "true" : "false",
        Int64Literal value => value.Value.ToString(CultureInfo.InvariantCulture),
        DecimalLiteral value => $"{value.Unscaled}e-{value.Scale}",
        Float64Literal value => value.Value.ToString("R", CultureInfo.InvariantCulture) + "f",
        StringLiteral value => $"'{value.Value}'",
        DateLiteral value => value.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimestampLiteral value => Clock(value.Microseconds) + "Z",
        DateTimeLiteral value => Clock(value.Microseconds),
        BinaryLiteral value => "0x" + Convert.ToHexString(value.Value.AsSpan()),
        _ => throw new ArgumentOutOfRangeException(nameof(literal)),
    };

    public static string Clock(long microseconds) =>
        DateTime.UnixEpoch.AddTicks(microseconds * 10).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);

    private static string Of(Take take) => take switch
    {
        TakeCount count => count.Count.ToString(CultureInfo.InvariantCulture),
        TakeShare share => $"{share.Parts}/{share.Whole}",
        _ => throw new ArgumentOutOfRangeException(nameof(take)),
    };

    private static string Of(System.Collections.Immutable.ImmutableArray<MemberOrder> orders) => string.Join(", ", orders.Select(order => (order switch
    {
        FieldOrder field => Of(field.Field),
        AggregateOrder aggregate =>
            $"{aggregate.Function}({(aggregate.Input is null ? "*" : Of(aggregate.Input))}) of {Of(aggregate.Path)}({Of(aggregate.Where)})"
            + (aggregate.EmptyAs is null ? string.Empty : $" empty as {Of(aggregate.EmptyAs)}"),
        _ => throw new ArgumentOutOfRangeException(nameof(orders)),
    }) + (order.Descending ? " desc" : string.Empty)));

    private static string Of(SequenceStep step) => $"({Of(step.Where)}){(step.Within is null ? string.Empty : $" within {Of(step.Within)}")}{(step.GapMinimum is null ? string.Empty : $" gap {Of(step.GapMinimum)}")}";

    private static string Of(AbsentStep? absent) =>
        absent is null ? string.Empty : $" → not ({Of(absent.Where)}) within {Of(absent.Within)} {(absent.EndsBy is null ? "open" : $"ending by {Of(absent.EndsBy)}")}";

    private static string Of(Duration duration) =>
        duration.Months > 0 ? $"{duration.Months} months" : TimeSpan.FromTicks(duration.Microseconds * TimeSpan.TicksPerMicrosecond).ToString("c", CultureInfo.InvariantCulture);

    private static string Same(SequencePredicate sequence) => sequence.Same.IsEmpty ? string.Empty : $" same {string.Join(", ", sequence.Same)}";

    private static string Of(EntityPath path) => path.Steps.Any(step => step.IsRepeated) ? $"{path} to depth {path.Depth}" : path.ToString();

    private static string Of(PathColumn column) => Path(column.Path.ToString(), column.Column.Name);

    private static string Of(Aggregation aggregation) =>
        $"{aggregation.Function}({(aggregation.Input is null ? "*" : Path(aggregation.Input.Path.ToString(), aggregation.Input.Column.Name))}):{aggregation.ResultType} "
        + string.Join(" and ", aggregation.Tests.Select(Of))
        + (aggregation.EmptyAs is null ? string.Empty : $" empty as {Of(aggregation.EmptyAs)}");

    private static string Of(ResolvedValue value) => value switch
    {
        ColumnValue column => column.Column.Name,
        DatePartValue part => $"{part.Part}({part.Column}){Zone(part.Zone)}",
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    private static string Of(Operand operand) => operand switch
    {
        LiteralOperand literal => Of(literal.Value),
        ReferenceOperand reference => $"{new string('^', reference.FramesUp)}{Path(reference.Path.ToString(), reference.Column.Name)}",
        _ => throw new ArgumentOutOfRangeException(nameof(operand)),
    };

    private static string Path(string path, string column) => path.Length == 0 ? column : $"{path}.{column}";

    private static string Zone(string? zone) => zone is null ? string.Empty : $" in {zone}";

    private static string Case(bool ignoreCase) => ignoreCase ? " ci" : string.Empty;

    private static string Symbol(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Equal => "=",
        ComparisonOperator.NotEqual => "<>",
        ComparisonOperator.Less => "<",
        ComparisonOperator.LessOrEqual => "<=",
        ComparisonOperator.Greater => ">",
        ComparisonOperator.GreaterOrEqual => ">=",
        _ => throw new ArgumentOutOfRangeException(nameof(comparison)),
    };
}
