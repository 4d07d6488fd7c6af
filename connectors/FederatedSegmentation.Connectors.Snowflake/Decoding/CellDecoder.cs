using System.Buffers.Text;
using FederatedSegmentation.Arrow;

namespace FederatedSegmentation.Connectors.Snowflake.Decoding;

/// <summary>Reads the text of a column's cells into the column. Stateless, safe for concurrent use.</summary>
internal abstract class CellDecoder
{
    /// <summary>Appends one value.</summary>
    /// <param name="text">The cell's text in UTF-8, escapes resolved.</param>
    /// <param name="column">The column.</param>
    /// <returns>False where the value does not fit the column; nothing is appended then.</returns>
    /// <exception cref="MalformedCellException">The text is none of the type.</exception>
    internal abstract bool TryAppend(ReadOnlySpan<byte> text, ColumnBuilder column);

    /// <summary>What is wrong with a value that does not fit, to be read after "values that".</summary>
    internal virtual string WhyNot => "do not fit";
}

/// <summary>Both spellings occur: those of results, and those of the output of SHOW.</summary>
internal sealed class BooleanDecoder : CellDecoder
{
    internal override bool TryAppend(ReadOnlySpan<byte> text, ColumnBuilder column)
    {
        var value = text.SequenceEqual("true"u8) || text.SequenceEqual("1"u8);
        if (!value && !text.SequenceEqual("false"u8) && !text.SequenceEqual("0"u8))
        {
            throw new MalformedCellException("is no boolean");
        }

        column.AppendBoolean(value);
        return true;
    }
}

internal sealed class IntegerDecoder : CellDecoder
{
    internal override string WhyNot => "are outside of int64";

    internal override bool TryAppend(ReadOnlySpan<byte> text, ColumnBuilder column)
    {
        if (!NumberText.TryParse(text, 0, out var value) || value < long.MinValue || value > long.MaxValue)
        {
            return false;
        }

        column.AppendInt64((long)value);
        return true;
    }
}

internal sealed class DecimalDecoder(int precision, int scale) : CellDecoder
{
    private readonly Int128 _limit = Limit(precision);

    internal override string WhyNot => FormattableString.Invariant($"do not fit decimal({precision},{scale})");

    internal override bool TryAppend(ReadOnlySpan<byte> text, ColumnBuilder column)
    {
        if (!NumberText.TryParse(text, scale, out var value) || value >= _limit || value <= -_limit)
        {
            return false;
        }

        column.AppendDecimal128(value);
        return true;
    }

    private static Int128 Limit(int precision)
    {
        Int128 limit = 1;
        for (var i = 0; i < precision; i++)
        {
            limit *= 10;
        }

        return limit;
    }
}

internal sealed class FloatDecoder : CellDecoder
{
    internal override bool TryAppend(ReadOnlySpan<byte> text, ColumnBuilder column)
    {
        column.AppendDouble(Read(text));
        return true;
    }

    private static double Read(ReadOnlySpan<byte> text)
    {
        if (Utf8Parser.TryParse(text, out double value, out var read) && read == text.Length && double.IsFinite(value))
        {
            return value;
        }

        return text switch
        {
            _ when Ascii.Is(text, "nan"u8) => double.NaN,
            _ when Ascii.Is(text, "inf"u8) || Ascii.Is(text, "infinity"u8) => double.PositiveInfinity,
            _ when Ascii.Is(text, "-inf"u8) || Ascii.Is(text, "-infinity"u8) => double.NegativeInfinity,
            _ => throw new MalformedCellException("is no float"),
        };
    }

    private static class Ascii
    {
        internal static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) => System.Text.Ascii.EqualsIgnoreCase(text, lower);
    }
}

internal sealed class TextDecoder : CellDecoder
{
    internal override bool TryAppend(ReadOnlySpan<byte> text, ColumnBuilder column)
    {
        column.AppendUtf8(text);
        return true;
    }
}

/// <summary>Days since 1970-01-01.</summary>
internal sealed class DateDecoder : CellDecoder
{
    internal override string WhyNot => "are outside of the years 0001 to 9999";

    internal override bool TryAppend(ReadOnlySpan<byte> text, ColumnBuilder column)
    {
        if (!NumberText.TryParse(text, 0, out var days) || days < Calendar.FirstDay || days > Calendar.LastDay)
        {
            return false;
        }

        column.AppendDate32((int)days);
        return true;
    }
}

/// <summary>Seconds since 1970-01-01 with up to nine decimals, one number also where it is negative; an offset in minutes plus 1440 may follow, which does not change the instant.</summary>
internal sealed class TimestampDecoder(bool hasOffset) : CellDecoder
{
    internal override string WhyNot => "are finer than microseconds, or outside of the years 0001 to 9999";

    internal override bool TryAppend(ReadOnlySpan<byte> text, ColumnBuilder column)
    {
        if (hasOffset)
        {
            var space = text.IndexOf((byte)' ');
            if (space < 0 || !NumberText.TryParse(text[(space + 1)..], 0, out var offset) || offset < 0 || offset > 2880)
            {
                throw new MalformedCellException("has no offset");
            }

            text = text[..space];
        }

        if (!NumberText.TryParse(text, 6, out var microseconds) || microseconds < Calendar.FirstMicrosecond || microseconds > Calendar.LastMicrosecond)
        {
            return false;
        }

        column.AppendTimestamp((long)microseconds);
        return true;
    }
}

internal sealed class BinaryDecoder : CellDecoder
{
    internal override bool TryAppend(ReadOnlySpan<byte> text, ColumnBuilder column)
    {
        var length = text.Length / 2;
        byte[]? rented = null;
        var bytes = length <= 256 ? stackalloc byte[256] : rented = System.Buffers.ArrayPool<byte>.Shared.Rent(length);
        try
        {
            if (text.Length % 2 != 0 || Convert.FromHexString(text, bytes, out _, out var written) != System.Buffers.OperationStatus.Done)
            {
                throw new MalformedCellException("is no hexadecimal");
            }

            column.AppendBinary(bytes[..written]);
            return true;
        }
        finally
        {
            if (rented is not null)
            {
                System.Buffers.ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }
}

/// <summary>The times of the language: the years 0001 to 9999.</summary>
internal static class Calendar
{
    internal static readonly int FirstDay = DateOnly.MinValue.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
    internal static readonly int LastDay = DateOnly.MaxValue.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
    internal static readonly long FirstMicrosecond = FirstDay * 86_400_000_000L;
    internal static readonly long LastMicrosecond = ((LastDay + 1) * 86_400_000_000L) - 1;
}
