using System.Buffers.Binary;
using FederatedSegmentation.Arrow;

namespace FederatedSegmentation.Connectors.Postgres.Copy;

/// <summary>Reads the binary form of one type into a column. Stateless.</summary>
internal abstract class ColumnDecoder
{
    /// <summary>Appends the value.</summary>
    /// <returns>Whether it fits the column's type; where it does not, nothing was appended.</returns>
    /// <exception cref="MalformedCopyException">The bytes are not of this type.</exception>
    internal abstract bool TryAppend(ReadOnlySpan<byte> value, ColumnBuilder column);

    /// <summary>Why a value did not fit, to be read behind "values that".</summary>
    internal abstract string WhyNot { get; }

    private protected static MalformedCopyException WrongLength(string type) => new($"a value of {type} has a wrong length");
}

/// <summary><c>bool</c>.</summary>
internal sealed class BooleanDecoder : ColumnDecoder
{
    internal override string WhyNot => "are not booleans";

    internal override bool TryAppend(ReadOnlySpan<byte> value, ColumnBuilder column)
    {
        if (value.Length != 1)
        {
            throw WrongLength("bool");
        }

        column.AppendBoolean(value[0] != 0);
        return true;
    }
}

/// <summary><c>int2</c>, <c>int4</c> and <c>int8</c> as 64 bits.</summary>
internal sealed class IntegerDecoder : ColumnDecoder
{
    internal override string WhyNot => "do not fit 64 bits";

    internal override bool TryAppend(ReadOnlySpan<byte> value, ColumnBuilder column)
    {
        column.AppendInt64(Read(value));
        return true;
    }

    internal static long Read(ReadOnlySpan<byte> value) => value.Length switch
    {
        8 => BinaryPrimitives.ReadInt64BigEndian(value),
        4 => BinaryPrimitives.ReadInt32BigEndian(value),
        2 => BinaryPrimitives.ReadInt16BigEndian(value),
        _ => throw WrongLength("an integer"),
    };
}

/// <summary><c>numeric</c> as 64 bits: what sums of integers are at the server.</summary>
internal sealed class NumericIntegerDecoder : ColumnDecoder
{
    internal override string WhyNot => "do not fit 64 bits";

    internal override bool TryAppend(ReadOnlySpan<byte> value, ColumnBuilder column)
    {
        if (!NumericDecoder.TryDecode(value, 19, 0, out var number) || number < long.MinValue || number > long.MaxValue)
        {
            return false;
        }

        column.AppendInt64((long)number);
        return true;
    }
}

/// <summary><c>numeric</c>.</summary>
internal sealed class DecimalDecoder(int precision, int scale) : ColumnDecoder
{
    internal override string WhyNot => $"do not fit decimal({precision},{scale}), or are NaN or infinite";

    internal override bool TryAppend(ReadOnlySpan<byte> value, ColumnBuilder column)
    {
        if (!NumericDecoder.TryDecode(value, precision, scale, out var unscaled))
        {
            return false;
        }

        column.AppendDecimal128(unscaled);
        return true;
    }
}

/// <summary>Integers as a decimal.</summary>
internal sealed class IntegerDecimalDecoder(int precision, int scale) : ColumnDecoder
{
    private readonly Int128 _limit = Power(precision - scale);
    private readonly Int128 _unit = Power(scale);

    internal override string WhyNot => $"do not fit decimal({precision},{scale})";

    internal override bool TryAppend(ReadOnlySpan<byte> value, ColumnBuilder column)
    {
        Int128 number = IntegerDecoder.Read(value);
        if (number >= _limit || number <= -_limit)
        {
            return false;
        }

        column.AppendDecimal128(number * _unit);
        return true;
    }

    private static Int128 Power(int exponent)
    {
        var power = Int128.One;
        for (var i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }
}

/// <summary><c>float4</c>.</summary>
internal sealed class SingleDecoder : ColumnDecoder
{
    internal override string WhyNot => "are not numbers";

    internal override bool TryAppend(ReadOnlySpan<byte> value, ColumnBuilder column)
    {
        if (value.Length != 4)
        {
            throw WrongLength("float4");
        }

        column.AppendSingle(BinaryPrimitives.ReadSingleBigEndian(value));
        return true;
    }
}

/// <summary><c>float4</c> and <c>float8</c> as 64 bits.</summary>
internal sealed class DoubleDecoder : ColumnDecoder
{
    internal override string WhyNot => "are not numbers";

    internal override bool TryAppend(ReadOnlySpan<byte> value, ColumnBuilder column)
    {
        column.AppendDouble(value.Length switch
        {
            8 => BinaryPrimitives.ReadDoubleBigEndian(value),
            4 => BinaryPrimitives.ReadSingleBigEndian(value),
            _ => throw WrongLength("a float"),
        });
        return true;
    }
}

/// <summary>Text of any type: its binary form is UTF-8. That it is valid is checked for whole batches.</summary>
internal sealed class TextDecoder : ColumnDecoder
{
    internal override string WhyNot => "are not UTF-8";

    internal override bool TryAppend(ReadOnlySpan<byte> value, ColumnBuilder column)
    {
        column.AppendUtf8(value);
        return true;
    }
}

/// <summary><c>bytea</c>.</summary>
internal sealed class BinaryDecoder : ColumnDecoder
{
    internal override string WhyNot => "are not bytes";

    internal override bool TryAppend(ReadOnlySpan<byte> value, ColumnBuilder column)
    {
        column.AppendBinary(value);
        return true;
    }
}

/// <summary><c>date</c>: days since 2000-01-01.</summary>
internal sealed class DateDecoder : ColumnDecoder
{
    private static readonly int DaysTo2000 = new DateOnly(2000, 1, 1).DayNumber - new DateOnly(1970, 1, 1).DayNumber;
    private static readonly int First = DateOnly.MinValue.DayNumber - new DateOnly(1970, 1, 1).DayNumber;
    private static readonly int Last = DateOnly.MaxValue.DayNumber - new DateOnly(1970, 1, 1).DayNumber;

    internal override string WhyNot => "are infinite or outside the years 0001 to 9999";

    internal override bool TryAppend(ReadOnlySpan<byte> value, ColumnBuilder column)
    {
        if (value.Length != 4)
        {
            throw WrongLength("date");
        }

        // The infinities are the ends of the 32-bit range, so the sum is made with more bits.
        var days = (long)BinaryPrimitives.ReadInt32BigEndian(value) + DaysTo2000;
        if (days < First || days > Last)
        {
            return false;
        }

        column.AppendDate32((int)days);
        return true;
    }
}

/// <summary><c>timestamp</c> and <c>timestamptz</c>: microseconds since 2000-01-01T00:00:00, of the wall clock or in UTC.</summary>
internal sealed class TimestampDecoder : ColumnDecoder
{
    private static readonly long MicrosecondsTo2000 = Microseconds(new DateTime(2000, 1, 1));
    private static readonly long First = Microseconds(DateTime.MinValue);
    private static readonly long Last = Microseconds(DateTime.MaxValue);

    internal override string WhyNot => "are infinite or outside the years 0001 to 9999";

    internal override bool TryAppend(ReadOnlySpan<byte> value, ColumnBuilder column)
    {
        if (value.Length != 8)
        {
            throw WrongLength("timestamp");
        }

        // The infinities are the ends of the 64-bit range: compare before adding.
        var since2000 = BinaryPrimitives.ReadInt64BigEndian(value);
        if (since2000 < First - MicrosecondsTo2000 || since2000 > Last - MicrosecondsTo2000)
        {
            return false;
        }

        column.AppendTimestamp(since2000 + MicrosecondsTo2000);
        return true;
    }

    private static long Microseconds(DateTime clock) => (clock.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
