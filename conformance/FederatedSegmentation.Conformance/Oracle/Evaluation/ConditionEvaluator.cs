using FederatedSegmentation.Conformance.Oracle.Definitions;
using FederatedSegmentation.Conformance.Oracle.Time;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Oracle.Evaluation;

/// <summary>A row with the rows around it: what <c>^</c> and <c>root</c> look at.</summary>
internal sealed record Scope(Row Row, Scope? Enclosing)
{
    public Scope At(int level)
    {
        var scope = this;
        for (var i = 0; i < level && scope.Enclosing is not null; i++)
        {
            scope = scope.Enclosing;
        }

        return scope;
    }
}

/// <summary>An operand with its value read; NULL and <see cref="IsBroken"/> if its path leads to several rows.</summary>
internal sealed record ReadOperand(Value Value, bool IsBroken);

/// <summary>Decides conditions on a value.</summary>
internal sealed class ConditionEvaluator(Database database, Findings findings)
{
    /// <summary>Relative distance within which the outcome of a comparison with a float64 is not specified.</summary>
    private const double FloatTolerance = 1e-12;

    /// <param name="slack">How far a float64 aggregate may lie from <paramref name="value"/>, because additions may come in any order; 0 for stored values.</param>
    public Truth Holds(Condition condition, Value value, Scope scope, double slack = 0)
    {
        switch (condition)
        {
            case NullCondition test:
                return TruthTables.Of(value.IsNull == test.IsNull);
            case EmptyCondition test:
                return TruthTables.Of((value is Value.NullValue or Value.Text { Characters: "" }) == test.IsEmpty);
        }

        // Operands are read even where the value is NULL, so that bad data behind a reference are noticed.
        var operands = Operands(condition).Select(operand => Read(operand, scope)).ToList();
        if (value.IsNull)
        {
            return Truth.False;
        }

        if (value.IsNullOrNaN)
        {
            // "x has a value" is all that an empty not_in asks.
            return TruthTables.Of(condition is ListCondition { Negated: true, Items.Count: 0 });
        }

        return condition switch
        {
            ComparisonCondition comparison => With(operands, values => Compare(comparison.Kind, Fold(value, comparison.FoldCase), Fold(values[0], comparison.FoldCase), slack)),
            BetweenCondition between => With(operands, values => Between(between, value, values, slack)),
            ListCondition list => InList(list, value, operands, slack),
            TextCondition text => With(operands, values => Search(text, Characters(value), Characters(values[0]))),
            WindowCondition window => TruthTables.Of(
                (ValueOrder.Compare(value, window.From) >= 0 && ValueOrder.Compare(value, window.To) < 0) != window.Outside),
            AnniversaryCondition anniversary => TruthTables.Of(IsAnniversary(anniversary, LocalTime(anniversary.Clock, value))),
            PartCondition part => Holds(part.Condition, Part(part, LocalTime(part.Clock, value)), scope),
            _ => throw new InvalidOperationException($"{condition.GetType().Name} is not a condition."),
        };
    }

    private static IReadOnlyList<Operand> Operands(Condition condition) => condition switch
    {
        ComparisonCondition comparison => [comparison.Operand],
        BetweenCondition between => [between.Low, between.High],
        ListCondition list => list.Items,
        TextCondition text => [text.Operand],
        _ => [],
    };

    private ReadOperand Read(Operand operand, Scope scope)
    {
        if (operand is LiteralOperand literal)
        {
            return new ReadOperand(literal.Value, IsBroken: false);
        }

        var reference = (ReferenceOperand)operand;
        var start = scope.At(reference.Level).Row;
        var rows = database.Related(start, reference.Field.Path);
        if (rows.Count > 1)
        {
            findings.AddDataError("A ref path leads to several rows.");
            return new ReadOperand(Value.Null, IsBroken: true);
        }

        if (database.HasBrokenStep(start, reference.Field.Path))
        {
            findings.AddDataError("A ref path leads to one row, but over several.");
        }

        var value = rows.Count == 0 ? Value.Null : rows[0][reference.Field.Column];
        if (value.IsNullOrNaN && !value.IsNull)
        {
            findings.MarkUnspecified("A reference reads a NaN.");
        }

        return new ReadOperand(value, IsBroken: false);
    }

    /// <summary>A NULL among the operands makes the condition FALSE; a broken one leaves it open.</summary>
    private static Truth With(IReadOnlyList<ReadOperand> operands, Func<IReadOnlyList<Value>, Truth> decide)
    {
        if (operands.Any(operand => !operand.IsBroken && operand.Value.IsNullOrNaN))
        {
            return Truth.False;
        }

        return operands.Any(operand => operand.IsBroken) ? Truth.DataError : decide(operands.Select(operand => operand.Value).ToList());
    }

    private Truth Between(BetweenCondition between, Value value, IReadOnlyList<Value> bounds, double slack)
    {
        var inside = Compare(ComparisonKind.GreaterOrEqual, value, bounds[0], slack).And(Compare(ComparisonKind.LessOrEqual, value, bounds[1], slack));
        return between.Negated ? inside.Not() : inside;
    }

    private Truth InList(ListCondition list, Value value, IReadOnlyList<ReadOperand> items, double slack)
    {
        if (list.Negated && items.Any(item => !item.IsBroken && item.Value.IsNullOrNaN))
        {
            return Truth.False;
        }

        var found = Truth.False;
        foreach (var item in items)
        {
            found = found.Or(
                item.IsBroken ? Truth.DataError
                : item.Value.IsNullOrNaN ? Truth.False
                : Compare(ComparisonKind.Equal, Fold(value, list.FoldCase), Fold(item.Value, list.FoldCase), slack));
        }

        return list.Negated ? found.Not() : found;
    }

    private Truth Compare(ComparisonKind kind, Value left, Value right, double slack)
    {
        if (left is Value.Average average && ExactNumber.IsExact(right) && !AverageFits(average, right))
        {
            findings.AddDataError("The bound of an average times the count needs more than 38 digits.");
            return Truth.DataError;
        }

        if (left is Value.Float || right is Value.Float)
        {
            MarkCloseFloats(left, right, slack);
        }

        var order = ValueOrder.Compare(left, right);
        return TruthTables.Of(kind switch
        {
            ComparisonKind.Equal => order == 0,
            ComparisonKind.NotEqual => order != 0,
            ComparisonKind.Less => order < 0,
            ComparisonKind.LessOrEqual => order <= 0,
            ComparisonKind.Greater => order > 0,
            _ => order >= 0,
        });
    }

    private bool AverageFits(Value.Average average, Value bound)
    {
        var number = ExactNumber.Normalise(bound);
        var product = number.Unscaled * average.Count;
        if (ExactNumber.DigitCount(product) > 38)
        {
            return false;
        }

        var shift = Math.Max(0, average.Scale - number.Scale);
        var sumShift = Math.Max(0, number.Scale - average.Scale);
        if (ExactNumber.DigitCount(product) + shift > 38 || ExactNumber.DigitCount(average.Unscaled) + sumShift > 38)
        {
            findings.MarkUnspecified("An average and its bound need more than 38 digits on a common scale.");
        }

        return true;
    }

    private void MarkCloseFloats(Value left, Value right, double slack)
    {
        var (a, b) = (ExactNumber.ToDouble(left), ExactNumber.ToDouble(right));
        var distance = Math.Abs(a - b);
        var bothStored = left is Value.Float && right is Value.Float && slack == 0;
        if (bothStored && distance == 0)
        {
            return;
        }

        if (double.IsInfinity(slack) || distance <= Math.Max(slack, FloatTolerance * Math.Max(Math.Abs(a), Math.Abs(b))))
        {
            findings.MarkUnspecified("A float64 lies too near to its bound.");
        }
    }

    private static Truth Search(TextCondition condition, string text, string part)
    {
        if (condition.FoldCase)
        {
            (text, part) = (TextMatch.FoldAscii(text), TextMatch.FoldAscii(part));
        }

        var found = condition.Kind switch
        {
            TextKind.Contains => TextMatch.Contains(text, part),
            TextKind.Starts => TextMatch.Starts(text, part),
            _ => TextMatch.Ends(text, part),
        };
        return TruthTables.Of(found != condition.Negated);
    }

    private long LocalTime(LocalClock clock, Value value)
    {
        var local = clock.WallClock(value);
        if (CivilCalendar.Date(CivilCalendar.DayOf(local)).Year < ZoneRules.FirstExactYear && !clock.IsExactEverywhere(value))
        {
            findings.MarkUnspecified("A local time before offsets were whole minutes: the oracle is not exact there.");
        }

        return local;
    }

    private static bool IsAnniversary(AnniversaryCondition anniversary, long local)
    {
        var (_, month, day) = CivilCalendar.Date(CivilCalendar.DayOf(local));
        return anniversary.Days.Contains((month, day));
    }

    private static Value Part(PartCondition part, long local)
    {
        var (year, month, day) = CivilCalendar.Date(CivilCalendar.DayOf(local));
        return Value.Of(part.Part switch
        {
            CalendarPart.DayOfWeek => CivilCalendar.DayOfWeek(CivilCalendar.DayOf(local)),
            CalendarPart.DayOfMonth => day,
            CalendarPart.Month => month,
            CalendarPart.Year => year,
            _ => CivilCalendar.TimeOfDay(local) / CivilCalendar.MicrosPerHour,
        });
    }

    private static Value Fold(Value value, bool fold) =>
        fold && value is Value.Text text ? Value.Of(TextMatch.FoldAscii(text.Characters)) : value;

    private static string Characters(Value value) =>
        value is Value.Text text ? text.Characters : throw new InvalidDefinitionException("Only strings have substrings.");
}
