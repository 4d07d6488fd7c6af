using System.Data.Common;
using System.Data.SqlTypes;
using System.Numerics;
using FederatedSegmentation.Arrow;

namespace FederatedSegmentation.Connectors.AdoNet.Reading;

/// <summary>Whole numbers that always fit 64 bits.</summary>
internal sealed class IntegerReader(Func<DbDataReader, int, long> read) : ColumnReader
{
    public override bool TryAppend(DbDataReader reader, int ordinal, ColumnBuilder column)
    {
        column.AppendInt64(read(reader, ordinal));
        return true;
    }
}

/// <summary>Reads an exact number in units of 10^-scale.</summary>
/// <param name="reader">The result.</param>
/// <param name="ordinal">The column.</param>
/// <param name="scale">The digits behind the point.</param>
/// <param name="unscaled">The number.</param>
/// <returns>Whether it has at most that many digits behind the point, and fits 128 bits.</returns>
public delegate bool ExactRead(DbDataReader reader, int ordinal, int scale, out Int128 unscaled);

/// <summary>Exact numbers as 64 bits.</summary>
internal sealed class ExactIntegerReader(ExactRead read) : ColumnReader
{
    public override string WhyNot => "do not fit 64 bits";

    public override bool TryAppend(DbDataReader reader, int ordinal, ColumnBuilder column)
    {
        if (!read(reader, ordinal, 0, out var number) || number < long.MinValue || number > long.MaxValue)
        {
            return false;
        }

        column.AppendInt64((long)number);
        return true;
    }
}

/// <summary>Exact numbers as a decimal.</summary>
internal sealed class ExactDecimalReader(int precision, int scale, ExactRead read) : ColumnReader
{
    private readonly Int128 _limit = ExactNumbers.Power(precision);

    public override string WhyNot => FormattableString.Invariant($"do not fit decimal({precision},{scale})");

    public override bool TryAppend(DbDataReader reader, int ordinal, ColumnBuilder column)
    {
        if (!read(reader, ordinal, scale, out var unscaled) || unscaled >= _limit || unscaled <= -_limit)
        {
            return false;
        }

        column.AppendDecimal128(unscaled);
        return true;
    }
}

/// <summary>Exact numbers in the forms in which drivers hand them out.</summary>
public static class ExactNumbers
{
    private const int MostDigits = 38;
    private const int Words = 4;

    /// <summary>Ten to the power; at most 38.</summary>
    internal static Int128 Power(int exponent)
    {
        var power = Int128.One;
        for (var i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }

    /// <summary>A <see cref="decimal"/>, of at most 28 digits.</summary>
    internal static bool Decimal(DbDataReader reader, int ordinal, int scale, out Int128 unscaled)
    {
        Span<int> parts = stackalloc int[Words];
        decimal.GetBits(reader.GetDecimal(ordinal), parts);
        var magnitude = (Int128)new UInt128((uint)parts[2], ((ulong)(uint)parts[1] << 32) | (uint)parts[0]);
        return TryRescale(parts[3] < 0 ? -magnitude : magnitude, (parts[3] >> 16) & 0xFF, scale, out unscaled);
    }

    /// <summary>A <see cref="SqlDecimal"/>, of at most 38 digits.</summary>
    internal static bool SqlDecimal(DbDataReader reader, int ordinal, int scale, out Int128 unscaled) => TryUnscale(reader.GetFieldValue<SqlDecimal>(ordinal), scale, out unscaled);

    /// <summary>A <see cref="System.Data.SqlTypes.SqlDecimal"/> in units of 10^-scale.</summary>
    /// <param name="value">The number.</param>
    /// <param name="scale">The digits behind the point.</param>
    /// <param name="unscaled">The number in these units.</param>
    /// <returns>Whether it has at most that many digits behind the point, and fits 128 bits.</returns>
    public static bool TryUnscale(SqlDecimal value, int scale, out Int128 unscaled)
    {
        Span<uint> words = stackalloc uint[Words];
        value.WriteTdsValue(words);
        var magnitude = (Int128)new UInt128(((ulong)words[3] << 32) | words[2], ((ulong)words[1] << 32) | words[0]);
        return TryRescale(value.IsPositive ? magnitude : -magnitude, value.Scale, scale, out unscaled);
    }

    /// <summary>A <see cref="BigInteger"/>.</summary>
    internal static bool Big(DbDataReader reader, int ordinal, int scale, out Int128 unscaled)
    {
        var value = reader.GetFieldValue<BigInteger>(ordinal);
        unscaled = 0;
        return BigInteger.Abs(value) < BigInteger.Pow(10, MostDigits) && TryRescale((Int128)value, 0, scale, out unscaled);
    }

    /// <summary>The text of a number.</summary>
    internal static bool Text(DbDataReader reader, int ordinal, int scale, out Int128 unscaled) => ExactText.TryNumber(reader.GetString(ordinal), scale, out unscaled);

    /// <summary>A whole number.</summary>
    internal static ExactRead Whole(Func<DbDataReader, int, long> read)
    {
        return Read;

        bool Read(DbDataReader reader, int ordinal, int scale, out Int128 unscaled) => TryRescale(read(reader, ordinal), 0, scale, out unscaled);
    }

    /// <summary>A whole number without a sign.</summary>
    internal static bool Unsigned(DbDataReader reader, int ordinal, int scale, out Int128 unscaled) => TryRescale(reader.GetFieldValue<ulong>(ordinal), 0, scale, out unscaled);

    /// <summary>The same number in other units; false where it would have to be rounded, or has too many digits.</summary>
    internal static bool TryRescale(Int128 number, int from, int to, out Int128 unscaled)
    {
        unscaled = number;
        for (; from < to; from++)
        {
            if (unscaled > Int128.MaxValue / 10 || unscaled < Int128.MinValue / 10)
            {
                return false;
            }

            unscaled *= 10;
        }

        for (; from > to && unscaled != 0; from--)
        {
            (unscaled, var rest) = Int128.DivRem(unscaled, 10);
            if (rest != 0)
            {
                return false;
            }
        }

        return true;
    }
}
