using System.Globalization;
using System.Numerics;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Sql.Dialects;

/// <summary>Exact constants against columns that hold a fixed number of digits. Pure functions.</summary>
public static class ExactNumber
{
    /// <summary>The digits and the scale of an exact literal.</summary>
    /// <exception cref="ArgumentException">It is not an exact number.</exception>
    public static (BigInteger Unscaled, int Scale) Of(Literal literal) => literal switch
    {
        Int64Literal integer => (integer.Value, 0),
        DecimalLiteral exact => (exact.Unscaled, exact.Scale),
        _ => throw new ArgumentException($"{literal.GetType().Name} is not an exact number.", nameof(literal)),
    };

    /// <summary>The same number without trailing zeros behind the point.</summary>
    public static (BigInteger Unscaled, int Scale) Strip(BigInteger unscaled, int scale)
    {
        if (unscaled.IsZero)
        {
            return (unscaled, 0);
        }

        while (scale > 0)
        {
            var quotient = BigInteger.DivRem(unscaled, 10, out var rest);
            if (!rest.IsZero)
            {
                break;
            }

            (unscaled, scale) = (quotient, scale - 1);
        }

        return (unscaled, scale);
    }

    /// <summary>The digits of a number without its sign; 1 for zero.</summary>
    public static int Digits(BigInteger value) => BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).Length;

    /// <summary>The least physical decimal that holds the literal, which may exceed 38 digits.</summary>
    public static StoredDecimal StorageOf(Literal literal)
    {
        var (unscaled, scale) = Of(literal);
        (unscaled, scale) = Strip(unscaled, scale);
        return new StoredDecimal(Math.Max(Digits(unscaled), scale), scale);
    }

    /// <summary>Precision and scale of an exact physical type.</summary>
    /// <exception cref="ArgumentException">The type is not exact.</exception>
    public static (int Precision, int Scale) Shape(StorageType storage) => storage switch
    {
        StoredInteger => (19, 0),
        StoredDecimal exact => (exact.Precision, exact.Scale),
        _ => throw new ArgumentException($"{storage.GetType().Name} is not an exact number.", nameof(storage)),
    };

    /// <summary>
    /// An exact number in units of 10^-<paramref name="scale"/>: the units, cut off towards zero, and what is left as a float64 of the same sign. Beyond 38
    /// digits: the greatest such number of units and a half, which no stored number reaches.
    /// </summary>
    public static (BigInteger Units, double Fraction) Units(Literal literal, int scale)
    {
        var (unscaled, ownScale) = Of(literal);
        var greatest = BigInteger.Pow(10, 38) - 1;
        var (units, rest, divisor) = (unscaled, BigInteger.Zero, BigInteger.One);
        if (ownScale <= scale)
        {
            units = unscaled * BigInteger.Pow(10, scale - ownScale);
        }
        else
        {
            divisor = BigInteger.Pow(10, ownScale - scale);
            units = BigInteger.DivRem(unscaled, divisor, out rest);
        }

        return BigInteger.Abs(units) > greatest
            ? (units.Sign * greatest, units.Sign * 0.5)
            : (units, rest.IsZero ? 0 : ToDouble(new DecimalLiteral(rest, ownScale - scale)));
    }

    /// <summary>The nearest float64.</summary>
    public static double ToDouble(Literal literal)
    {
        if (literal is Float64Literal number)
        {
            return number.Value;
        }

        var (unscaled, scale) = Of(literal);
        return double.Parse($"{unscaled.ToString(CultureInfo.InvariantCulture)}E-{scale.ToString(CultureInfo.InvariantCulture)}", NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// What a comparison of a stored number with a constant comes to, so that the constant is one the column could hold: another comparison, or an
    /// outcome that is the same for every value.
    /// </summary>
    /// <param name="comparison">How the column compares with the constant.</param>
    /// <param name="literal">The constant, of any scale and magnitude.</param>
    /// <param name="storage">The column's physical type.</param>
    /// <returns>The comparison and its constant, or (null constant) whether every non-NULL value satisfies it.</returns>
    public static (ComparisonOperator Comparison, Literal? Constant, bool Always) Normalise(ComparisonOperator comparison, Literal literal, StorageType storage)
    {
        var (unscaled, scale) = Of(literal);
        (unscaled, scale) = Strip(unscaled, scale);
        var (minimum, maximum, target) = Range(storage);
        if (scale <= target)
        {
            unscaled *= BigInteger.Pow(10, target - scale);
        }
        else
        {
            // The constant lies between two values of the column: compare with the lower one.
            var power = BigInteger.Pow(10, scale - target);
            var quotient = BigInteger.DivRem(unscaled, power, out var rest);
            unscaled = rest.Sign < 0 ? quotient - 1 : quotient;
            switch (comparison)
            {
                case ComparisonOperator.Equal:
                    return (comparison, null, false);
                case ComparisonOperator.NotEqual:
                    return (comparison, null, true);
                case ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual:
                    comparison = ComparisonOperator.GreaterOrEqual;
                    unscaled += 1;
                    break;
                default:
                    comparison = ComparisonOperator.LessOrEqual;
                    break;
            }
        }

        if (unscaled > maximum)
        {
            return (comparison, null, comparison is ComparisonOperator.NotEqual or ComparisonOperator.Less or ComparisonOperator.LessOrEqual);
        }

        if (unscaled < minimum)
        {
            return (comparison, null, comparison is ComparisonOperator.NotEqual or ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual);
        }

        return (comparison, storage is StoredInteger ? new Int64Literal((long)unscaled) : new DecimalLiteral(unscaled, target), false);
    }

    private static (BigInteger Minimum, BigInteger Maximum, int Scale) Range(StorageType storage)
    {
        if (storage is StoredInteger)
        {
            return (long.MinValue, long.MaxValue, 0);
        }

        var (precision, scale) = Shape(storage);
        var maximum = BigInteger.Pow(10, precision) - 1;
        return (-maximum, maximum, scale);
    }
}
