using System.Globalization;
using System.Numerics;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Reads numbers exactly from the digits that the author wrote.</summary>
internal static class NumberText
{
    /// <summary>More digits than this are not a number that anybody means, and would cost time.</summary>
    private const int MostDigits = 1_000;

    /// <summary>An exact number from a YAML or JSON number, or null for <c>.inf</c>, <c>.nan</c> and numbers of more than 1,000 digits.</summary>
    public static DecimalLiteral? OfScalar(ScalarNode node)
    {
        var text = node.Text;
        if (node.Kind == ScalarKind.Integer && text.Length > 2 && text[1] is 'o' or 'x')
        {
            return OfRadix(text);
        }

        return node.Kind is ScalarKind.Integer or ScalarKind.Float ? OfDecimal(text, allowExponent: true) : null;
    }

    /// <summary>An exact number from text: <c>[+-]?digits</c> with or without <c>.digits</c>.</summary>
    public static DecimalLiteral? OfString(string text)
    {
        var unsigned = text.AsSpan(text.Length > 0 && text[0] is '+' or '-' ? 1 : 0);
        var point = unsigned.IndexOf('.');
        return unsigned.Length > 0 && char.IsAsciiDigit(unsigned[0]) && char.IsAsciiDigit(unsigned[^1]) && unsigned.Length - (point < 0 ? 0 : 1) <= MostDigits
            ? OfDecimal(text, allowExponent: false)
            : null;
    }

    /// <summary>The int64 that equals the number, or null where it has a fraction or is out of range.</summary>
    public static long? ToInt64(DecimalLiteral number)
    {
        var whole = number.Unscaled;
        if (number.Scale > 0)
        {
            whole = BigInteger.DivRem(number.Unscaled, BigInteger.Pow(10, number.Scale), out var fraction);
            if (!fraction.IsZero)
            {
                return null;
            }
        }

        return whole >= long.MinValue && whole <= long.MaxValue ? (long)whole : null;
    }

    /// <summary>Whether a decimal type has room for all digits of the number, as they are written.</summary>
    public static bool Fits(DecimalLiteral number, DecimalType type) =>
        number.Scale <= type.Scale && BigInteger.Abs(number.Unscaled) < BigInteger.Pow(10, type.Precision - type.Scale + number.Scale);

    /// <summary>The nearest float64.</summary>
    /// <param name="number">An int64 or a decimal.</param>
    public static double ToFloat64(Literal number) => number switch
    {
        Int64Literal whole => whole.Value,
        DecimalLiteral exact => double.Parse(string.Create(CultureInfo.InvariantCulture, $"{exact.Unscaled}e-{exact.Scale}"), NumberStyles.Float, CultureInfo.InvariantCulture),
        _ => throw new ArgumentOutOfRangeException(nameof(number)),
    };

    private static DecimalLiteral? OfRadix(string text)
    {
        if (text.Length > MostDigits)
        {
            return null;
        }

        var bits = text[1] == 'o' ? 3 : 4;
        var value = BigInteger.Zero;
        foreach (var digit in text.AsSpan(2))
        {
            value = (value << bits) + Convert.ToInt32(digit.ToString(), 16);
        }

        return new DecimalLiteral(value, 0);
    }

    private static DecimalLiteral? OfDecimal(string text, bool allowExponent)
    {
        var exponentAt = allowExponent ? text.AsSpan().IndexOfAny('e', 'E') : -1;
        var mantissa = exponentAt < 0 ? text : text[..exponentAt];
        var exponent = 0;
        if (mantissa.Length > MostDigits
            || (exponentAt >= 0 && !int.TryParse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)))
        {
            return null;
        }

        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var scale = point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = point < 0 ? mantissa : mantissa.Remove(point, 1);
        if (!BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var unscaled))
        {
            return null;
        }

        var newScale = (long)scale - exponent;
        if (newScale is > MostDigits or < -MostDigits)
        {
            return unscaled.IsZero ? new DecimalLiteral(0, 0) : null;
        }

        return newScale >= 0 ? new DecimalLiteral(unscaled, (int)newScale) : new DecimalLiteral(unscaled * BigInteger.Pow(10, (int)-newScale), 0);
    }
}
