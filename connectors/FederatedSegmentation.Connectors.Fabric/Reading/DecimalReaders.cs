using FederatedSegmentation.Arrow;
using Microsoft.Data.SqlClient;

namespace FederatedSegmentation.Connectors.Fabric.Reading;

/// <summary><c>decimal</c>: the driver's own form holds 28 digits, the form of SQL 38.</summary>
internal sealed class DecimalReader(int precision, int scale) : ColumnReader
{
    private readonly Int128 _limit = Numbers.Power(precision);

    internal override string WhyNot => $"do not fit decimal({precision},{scale})";

    internal override bool TryAppend(SqlDataReader reader, int ordinal, ColumnBuilder column)
    {
        if (!Numbers.TryRead(reader, ordinal, scale, out var unscaled) || unscaled >= _limit || unscaled <= -_limit)
        {
            return false;
        }

        column.AppendDecimal128(unscaled);
        return true;
    }
}

/// <summary><c>decimal</c> as 64 bits: what sums of integers are at the server.</summary>
internal sealed class DecimalIntegerReader : ColumnReader
{
    internal override string WhyNot => "do not fit 64 bits";

    internal override bool TryAppend(SqlDataReader reader, int ordinal, ColumnBuilder column)
    {
        if (!Numbers.TryRead(reader, ordinal, 0, out var number) || number < long.MinValue || number > long.MaxValue)
        {
            return false;
        }

        column.AppendInt64((long)number);
        return true;
    }
}

/// <summary>Integers as a decimal.</summary>
internal sealed class IntegerDecimalReader(int precision, int scale, Func<SqlDataReader, int, long> read) : ColumnReader
{
    private readonly Int128 _limit = Numbers.Power(precision - scale);
    private readonly Int128 _unit = Numbers.Power(scale);

    internal override string WhyNot => $"do not fit decimal({precision},{scale})";

    internal override bool TryAppend(SqlDataReader reader, int ordinal, ColumnBuilder column)
    {
        Int128 number = read(reader, ordinal);
        if (number >= _limit || number <= -_limit)
        {
            return false;
        }

        column.AppendDecimal128(number * _unit);
        return true;
    }
}

/// <summary>Exact numbers of the driver.</summary>
internal static class Numbers
{
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

    /// <summary>The number times ten to the power of the scale; false where it has further digits, or too many.</summary>
    internal static bool TryRead(SqlDataReader reader, int ordinal, int scale, out Int128 unscaled)
    {
        var value = reader.GetSqlDecimal(ordinal);
        Span<uint> words = stackalloc uint[Words];
        value.WriteTdsValue(words);
        var magnitude = new UInt128(((ulong)words[3] << 32) | words[2], ((ulong)words[1] << 32) | words[0]);
        unscaled = value.IsPositive ? (Int128)magnitude : -(Int128)magnitude;
        int own = value.Scale;
        for (; own < scale; own++)
        {
            if (unscaled > Int128.MaxValue / 10 || unscaled < Int128.MinValue / 10)
            {
                return false;
            }

            unscaled *= 10;
        }

        for (; own > scale; own--)
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
