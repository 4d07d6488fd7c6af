using System.Globalization;
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
        RelatedPredicate { Aggregation: null } related => $"has {related.Path}({Of(related.Where)})",
        RelatedPredicate related => $"has {related.Path}({Of(related.Where)}) {Of(related.Aggregation!)}",
        InKeySetPredicate set => $"key of {set.Entity} in {Of(set.Keys)}",
        _ => throw new ArgumentOutOfRangeException(nameof(predicate)),
    };

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
