using System.Collections.Immutable;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads leaves: <c>{field: PATH, OP: VALUE}</c>. A leaf over a path becomes a condition on the row at its end.</summary>
internal static class LeafReader
{
    private static readonly string[] Keys =
    [
        "field", "eq", "ne", "lt", "lte", "gt", "gte", "between", "not_between", "in", "not_in", "contains", "not_contains", "starts", "ends",
        "matches", "not_matches", "is", "null", "empty", "before", "after", "within", "outside", "period", "anniversary", "part", "ci",
    ];

    private static readonly string[] IgnoringCase = ["eq", "ne", "in", "not_in", "contains", "starts", "ends", "not_contains"];
    private static readonly string[] PartOperators = ["eq", "ne", "in", "not_in", "lt", "lte", "gt", "gte", "between"];

    /// <summary>Whether a key is an operator of leaves.</summary>
    public static bool IsOperator(string key) => key is not ("field" or "ci") && Keys.Contains(key, StringComparer.Ordinal);

    /// <summary>A leaf, or null after a report.</summary>
    public static ResolvedPredicate? Read(MappingNode node, RowScope scope, SegmentContext context)
    {
        NodeShapes.CheckKeys(node, context.Problems, "a leaf", Keys);
        var operators = node.Entries.Where(entry => IsOperator(entry.Key)).ToList();
        if (operators.Count > 1 || (operators.Count == 0 && node.Entries.All(entry => Keys.Contains(entry.Key, StringComparer.Ordinal) || NodeShapes.IsAnnotation(entry.Key))))
        {
            context.Problems.Add(
                "SDL006",
                node.Place,
                operators.Count == 0 ? "A leaf needs an operator." : $"A leaf has one operator, not {operators.Count}.",
                operators.Count == 0 ? "Add one, for instance eq: value." : "Write one leaf for each and join them with all or any.");
        }

        var ignoreCase = node.Find("ci") is { } ci ? NodeShapes.Boolean(ci, context.Problems, "SDL005", "'ci'") : false;
        var fieldNode = node.Find("field")!;
        var found = NodeShapes.Text(fieldNode, context.Problems, "'field'") is { } text
            ? PathReader.ReadColumn(scope.Entity, text, fieldNode.Place, context, "SDL001")
            : null;
        foreach (var later in operators.Where(entry => entry.Key is "matches" or "not_matches"))
        {
            context.LaterLevel(later.Value.Place, later.Key, level: 3);
        }

        if (found is null || operators.Count != 1 || ignoreCase is not { } folds || operators[0].Key is "matches" or "not_matches")
        {
            return null;
        }

        var (name, _, value) = operators[0];
        var column = found.Column;
        if (Misfit(name, column.Type) is { } hint)
        {
            context.Problems.Add("SDL004", value.Place, $"'{name}' does not fit '{column}', which is {column.Type}.", hint);
            return null;
        }

        if (folds && (!IgnoringCase.Contains(name, StringComparer.Ordinal) || column.Type is not StringType))
        {
            context.Problems.Add("SDL004", node.Find("ci")!.Place, "'ci' folds the case of text; it does not fit here.", $"Use it on a string with one of {string.Join(", ", IgnoringCase)}.");
            return null;
        }

        var origin = context.Origin(node);
        if (name is "null" or "empty")
        {
            return NodeShapes.Boolean(value, context.Problems, "SDL005", $"'{name}'") is { } expected ? Presence(found, name == "empty", expected, origin) : null;
        }

        var operands = new OperandReader(context, scope, framesBelow: found.Path.Steps.IsEmpty ? 0 : 1);
        return ReadTest(name, value, column, folds, operands, origin) is { } leaf ? OverPath(found.Path, leaf, origin) : null;
    }

    private static LeafPredicate? ReadTest(string name, DocumentNode value, Column column, bool ignoreCase, OperandReader operands, PredicateOrigin origin)
    {
        var context = operands.Context;
        var tests = new ValueTestReader(operands);
        ValueTest? test;
        switch (name)
        {
            case "contains" or "not_contains":
                test = tests.ReadText(TextMatch.Contains, value, name == "not_contains", ignoreCase);
                break;
            case "starts" or "ends":
                test = tests.ReadText(name == "starts" ? TextMatch.StartsWith : TextMatch.EndsWith, value, negated: false, ignoreCase);
                break;
            case "is":
                test = NodeShapes.Boolean(value, context.Problems, "SDL005", "'is'") is { } expected
                    ? new CompareTest(ComparisonOperator.Equal, new LiteralOperand(new BooleanLiteral(expected), DataTypes.Boolean))
                    : null;
                break;
            case "before" or "after":
                test = tests.ReadBeforeAfter(name == "before", value, column.Type);
                break;
            case "within" or "outside":
                test = WindowReader.ReadWithin(value, column.Type, name == "outside", context);
                break;
            case "period":
                test = WindowReader.ReadPeriod(value, column.Type, context);
                break;
            case "anniversary":
                test = ReadAnniversary(value, column.Type, context);
                break;
            case "part":
                return ReadPart(value, column, operands, origin);
            default:
                test = tests.ReadComparison(name, value, column.Type, ignoreCase);
                break;
        }

        return test is null ? null : new LeafPredicate(new ColumnValue(column), test, origin);
    }

    /// <summary>Why an operator does not go with a type: what to do instead, or null where it goes.</summary>
    private static string? Misfit(string name, DataType type) => name switch
    {
        "contains" or "not_contains" or "starts" or "ends" => type is StringType ? null : "It searches text: use it on a string.",
        "is" => type is BooleanType ? null : "It asks for true or false: use it on a boolean, or eq.",
        "before" or "after" => type.IsTemporal ? null : "It compares times: use lt or gt here.",
        "within" or "outside" or "period" or "anniversary" or "part" => type.IsTemporal ? null : "It asks about time: use it on a date, timestamp or datetime.",
        _ => null,
    };

    private static ResolvedPredicate OverPath(EntityPath path, ResolvedPredicate atEnd, PredicateOrigin origin) =>
        path.Steps.IsEmpty ? atEnd : new RelatedPredicate(path, atEnd, null, origin);

    /// <summary><c>null</c> and <c>empty</c>: <c>true</c> is the exact complement of <c>false</c>, also where no row is at the end of the path.</summary>
    private static ResolvedPredicate Presence(ColumnPath found, bool isEmpty, bool expected, PredicateOrigin origin)
    {
        ValueTest test = isEmpty && found.Column.Type is StringType ? new IsEmptyTest() : new IsNullTest();
        var isAbsent = new LeafPredicate(new ColumnValue(found.Column), test, origin);
        if (found.Path.Steps.IsEmpty && expected)
        {
            return isAbsent;
        }

        var isPresent = OverPath(found.Path, new NotPredicate(isAbsent, origin), origin);
        return expected ? new NotPredicate(isPresent, origin) : isPresent;
    }

    /// <summary>The zone in which parts are read, as <see cref="DatePartValue.Zone"/> says.</summary>
    private static string? ReadingZone(DataType type, SegmentContext context) => type switch
    {
        TimestampType => context.Calendar.Zone.Name,
        DateTimeType { Zone: { } own } when own != context.Calendar.Zone.Name => context.Calendar.Zone.Name,
        _ => null,
    };

    private static MonthDayTest? ReadAnniversary(DocumentNode node, DataType type, SegmentContext context)
    {
        if (NodeShapes.Mapping(node, context.Problems, "'anniversary'") is not { } mapping)
        {
            return null;
        }

        NodeShapes.CheckKeys(mapping, context.Problems, "an anniversary", ["offset_days", "feb29"]);
        var offsetNode = mapping.Find("offset_days");
        var offset = offsetNode is null ? 0 : RelativeTimeReader.ReadCount(offsetNode, context, "'offset_days'", allowNegative: true);
        var leapDayNode = mapping.Find("feb29");
        var leapDay = leapDayNode is null ? "feb28" : (leapDayNode as ScalarNode)?.Text;
        if (leapDay is not ("feb28" or "mar1"))
        {
            context.Problems.Add("SDL007", leapDayNode!.Place, "'feb29' must be feb28 or mar1.", "Say on which day 29 February counts in other years.");
            return null;
        }

        if (offset is not { } days)
        {
            return null;
        }

        if (context.Calendar.ShiftToday(Time.TimeUnit.Day, days) is not { } day)
        {
            RelativeTimeReader.ReportRange(node, context);
            return null;
        }

        var standsForLeapDay = !DateTime.IsLeapYear(day.Year) && (leapDay == "feb28" ? day is { Month: 2, Day: 28 } : day is { Month: 3, Day: 1 });
        ImmutableArray<(int Month, int Day)> pairs = standsForLeapDay ? [(day.Month, day.Day), (2, 29)] : [(day.Month, day.Day)];
        return new MonthDayTest(pairs, ReadingZone(type, context));
    }

    private static LeafPredicate? ReadPart(DocumentNode node, Column column, OperandReader operands, PredicateOrigin origin)
    {
        var context = operands.Context;
        if (NodeShapes.Mapping(node, context.Problems, "'part'") is not { } mapping)
        {
            return null;
        }

        NodeShapes.CheckKeys(mapping, context.Problems, "a part", ["of", .. PartOperators]);
        var comparisons = mapping.Entries.Where(entry => PartOperators.Contains(entry.Key, StringComparer.Ordinal)).ToList();
        if (comparisons.Count != 1)
        {
            context.Problems.Add("SDL006", mapping.Place, $"A part has exactly one comparison, not {comparisons.Count}.", $"Write one of {string.Join(", ", PartOperators)}.");
        }

        if (NodeShapes.Required(mapping, "of", context.Problems, "'part'") is not { } ofNode)
        {
            return null;
        }

        DatePart? part = (ofNode as ScalarNode)?.Text switch
        {
            "dow" => DatePart.DayOfWeek,
            "dom" => DatePart.DayOfMonth,
            "month" => DatePart.Month,
            "year" => DatePart.Year,
            "hour" => DatePart.Hour,
            _ => null,
        };
        if (part is null || (part == DatePart.Hour && column.Type is DateType))
        {
            context.Problems.Add("SDL007", ofNode.Place, part is null ? "This is not a part of a time." : "A date has no hours.", "Write dow, dom, month, year, or hour of a timestamp or datetime.");
            return null;
        }

        return comparisons.Count == 1 && new ValueTestReader(operands).ReadComparison(comparisons[0].Key, comparisons[0].Value, DataTypes.Int64) is { } test
            ? new LeafPredicate(new DatePartValue(column, part.Value, ReadingZone(column.Type, context)), test, origin)
            : null;
    }
}
