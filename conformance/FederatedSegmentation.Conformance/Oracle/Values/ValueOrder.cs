using System.Text;

namespace FederatedSegmentation.Conformance.Oracle.Values;

/// <summary>Equality and order of values as the language defines them; neither side NULL or NaN unless a member says so.</summary>
public static class ValueOrder
{
    public static bool AreEqual(Value left, Value right) => Compare(left, right) == 0;

    /// <summary>Less than, equal to or greater than zero. Numbers by value, strings by UTF-8 bytes, false before true, binary by bytes.</summary>
    public static int Compare(Value left, Value right)
    {
        if (ExactNumber.IsExact(left) && ExactNumber.IsExact(right))
        {
            return ExactNumber.Compare(left, right);
        }

        if (ExactNumber.IsNumber(left) && ExactNumber.IsNumber(right))
        {
            var (a, b) = (ExactNumber.ToDouble(left), ExactNumber.ToDouble(right));
            return a < b ? -1 : a > b ? 1 : 0;
        }

        return (left, right) switch
        {
            (Value.Truth a, Value.Truth b) => a.Holds.CompareTo(b.Holds),
            (Value.Text a, Value.Text b) => CompareUtf8(a.Characters, b.Characters),
            (Value.Date a, Value.Date b) => a.Days.CompareTo(b.Days),
            (Value.Timestamp a, Value.Timestamp b) => a.Micros.CompareTo(b.Micros),
            (Value.WallClock a, Value.WallClock b) => a.Micros.CompareTo(b.Micros),
            (Value.Binary a, Value.Binary b) => string.CompareOrdinal(a.Hex, b.Hex),
            _ => throw new InvalidOperationException($"{left.GetType().Name} does not compare with {right.GetType().Name}."),
        };
    }

    /// <summary>Order of a column ascending or descending, NULL and NaN last in both directions and equal to each other.</summary>
    public static int CompareNullsLast(Value left, Value right, bool descending = false)
    {
        var (leftIsNull, rightIsNull) = (left.IsNullOrNaN, right.IsNullOrNaN);
        if (leftIsNull || rightIsNull)
        {
            return leftIsNull.CompareTo(rightIsNull);
        }

        return descending ? Compare(right, left) : Compare(left, right);
    }

    public static int CompareKeys(IReadOnlyList<Value> left, IReadOnlyList<Value> right)
    {
        for (var part = 0; part < left.Count; part++)
        {
            var order = CompareNullsLast(left[part], right[part]);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    /// <summary>
    /// A text that two values share exactly if they are equal, also when an int64 meets a decimal or a string that spells it in decimal form:
    /// what rows match by, and what keys are looked up by.
    /// </summary>
    public static string MatchText(Value value) => value switch
    {
        Value.NullValue => throw new InvalidOperationException("NULL matches nothing."),
        Value.Decimal number => CanonicalText.Of(ExactNumber.Normalise(number)),
        Value.Float { Number: 0 } => "0",
        _ => CanonicalText.Of(value),
    };

    /// <summary>The match text of a composite: each part with its length before it, so that no part can imitate two. NULL parts equal each other.</summary>
    public static string MatchText(IEnumerable<Value> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            if (part.IsNullOrNaN)
            {
                text.Append("null;");
                continue;
            }

            var one = MatchText(part);
            text.Append(one.Length).Append(':').Append(one).Append(';');
        }

        return text.ToString();
    }

    /// <summary>UTF-8 byte order, which is code point order and not the order of UTF-16 units.</summary>
    private static int CompareUtf8(string left, string right) =>
        Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
}
