using System.Globalization;
using System.Numerics;

namespace FederatedSegmentation.Conformance.Oracle.Values;

/// <summary>Exact arithmetic over integers, decimals and averages, as fractions of big integers.</summary>
public static class ExactNumber
{
    /// <summary>Reads a JSON number or a decimal in text, exactly: <c>[+-]digits[.digits][e[+-]digits]</c>.</summary>
    public static Value.Decimal Parse(string text)
    {
        var exponent = 0;
        var mantissa = text;
        var e = text.IndexOfAny(['e', 'E']);
        if (e >= 0)
        {
            exponent = int.Parse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            mantissa = text[..e];
        }

        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var scale = point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = point < 0 ? mantissa : mantissa.Remove(point, 1);
        var unscaled = BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        scale -= exponent;
        return scale < 0
            ? new Value.Decimal(unscaled * BigInteger.Pow(10, -scale), 0)
            : new Value.Decimal(unscaled, scale);
    }

    public static bool IsExact(Value value) => value is Value.Integer or Value.Decimal or Value.Average;

    public static bool IsNumber(Value value) => IsExact(value) || value is Value.Float;

    public static (BigInteger Numerator, BigInteger Denominator) Fraction(Value value) => value switch
    {
        Value.Integer integer => (integer.Number, BigInteger.One),
        Value.Decimal number => (number.Unscaled, BigInteger.Pow(10, number.Scale)),
        Value.Average average => (average.Unscaled, BigInteger.Pow(10, average.Scale) * average.Count),
        _ => throw new InvalidOperationException($"{value.GetType().Name} is not an exact number."),
    };

    public static int Compare(Value left, Value right)
    {
        var (leftNumerator, leftDenominator) = Fraction(left);
        var (rightNumerator, rightDenominator) = Fraction(right);
        return (leftNumerator * rightDenominator).CompareTo(rightNumerator * leftDenominator);
    }

    /// <summary>The nearest float64: the text is rounded once, by the parser of the runtime.</summary>
    public static double ToDouble(Value value)
    {
        switch (value)
        {
            case Value.Float number:
                return number.Number;
            case Value.Integer integer:
                return integer.Number;
            case Value.Decimal number:
                return double.Parse(CanonicalText.OfDecimal(number.Unscaled, number.Scale), NumberStyles.Float, CultureInfo.InvariantCulture);
            case Value.Average average:
                // 40 decimals more than the sum has: far finer than a float64, whose neighbourhood is not specified anyway.
                var quotient = average.Unscaled * BigInteger.Pow(10, 40) / average.Count;
                return double.Parse(CanonicalText.OfDecimal(quotient, average.Scale + 40), NumberStyles.Float, CultureInfo.InvariantCulture);
            default:
                throw new InvalidOperationException($"{value.GetType().Name} is not a number.");
        }
    }

    public static int DigitCount(BigInteger number) => number.IsZero ? 1 : Value.Digits(BigInteger.Abs(number)).Length;

    /// <summary>The same number with the scale of its column.</summary>
    public static Value.Decimal WithScale(Value.Decimal number, int scale) => number.Scale <= scale
        ? new Value.Decimal(number.Unscaled * BigInteger.Pow(10, scale - number.Scale), scale)
        : throw new InvalidDefinitionException("A decimal has more digits than the scale of its column.");

    /// <summary>The same number with no trailing zero after the point.</summary>
    public static Value.Decimal Normalise(Value value)
    {
        var (unscaled, scale) = value switch
        {
            Value.Integer integer => (integer.Number, 0),
            Value.Decimal number => (number.Unscaled, number.Scale),
            _ => throw new InvalidOperationException($"{value.GetType().Name} is not a decimal."),
        };
        while (scale > 0 && BigInteger.Remainder(unscaled, 10).IsZero)
        {
            unscaled /= 10;
            scale--;
        }

        return new Value.Decimal(unscaled, scale);
    }
}
