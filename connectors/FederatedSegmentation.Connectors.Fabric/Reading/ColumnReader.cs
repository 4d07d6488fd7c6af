using System.Buffers;
using FederatedSegmentation.Arrow;
using Microsoft.Data.SqlClient;

namespace FederatedSegmentation.Connectors.Fabric.Reading;

/// <summary>Reads values of one type into a column. Nothing is boxed. Not safe for concurrent use.</summary>
internal abstract class ColumnReader
{
    /// <summary>Appends the value of the current row, which is not NULL.</summary>
    /// <returns>Whether it fits the column's type; where it does not, nothing was appended.</returns>
    internal abstract bool TryAppend(SqlDataReader reader, int ordinal, ColumnBuilder column);

    /// <summary>Why a value did not fit, to be read behind "values that".</summary>
    internal virtual string WhyNot => "do not fit";
}

/// <summary><c>bit</c>.</summary>
internal sealed class BooleanReader : ColumnReader
{
    internal override bool TryAppend(SqlDataReader reader, int ordinal, ColumnBuilder column)
    {
        column.AppendBoolean(reader.GetBoolean(ordinal));
        return true;
    }
}

/// <summary><c>bigint</c>.</summary>
internal sealed class BigIntReader : ColumnReader
{
    internal override bool TryAppend(SqlDataReader reader, int ordinal, ColumnBuilder column)
    {
        column.AppendInt64(reader.GetInt64(ordinal));
        return true;
    }
}

/// <summary><c>int</c> as 64 bits.</summary>
internal sealed class IntReader : ColumnReader
{
    internal override bool TryAppend(SqlDataReader reader, int ordinal, ColumnBuilder column)
    {
        column.AppendInt64(reader.GetInt32(ordinal));
        return true;
    }
}

/// <summary><c>smallint</c> as 64 bits.</summary>
internal sealed class SmallIntReader : ColumnReader
{
    internal override bool TryAppend(SqlDataReader reader, int ordinal, ColumnBuilder column)
    {
        column.AppendInt64(reader.GetInt16(ordinal));
        return true;
    }
}

/// <summary><c>tinyint</c>, which has no sign, as 64 bits.</summary>
internal sealed class TinyIntReader : ColumnReader
{
    internal override bool TryAppend(SqlDataReader reader, int ordinal, ColumnBuilder column)
    {
        column.AppendInt64(reader.GetByte(ordinal));
        return true;
    }
}

/// <summary><c>real</c>.</summary>
internal sealed class RealReader : ColumnReader
{
    internal override bool TryAppend(SqlDataReader reader, int ordinal, ColumnBuilder column)
    {
        column.AppendSingle(reader.GetFloat(ordinal));
        return true;
    }
}

/// <summary><c>real</c> as 64 bits.</summary>
internal sealed class WideRealReader : ColumnReader
{
    internal override bool TryAppend(SqlDataReader reader, int ordinal, ColumnBuilder column)
    {
        column.AppendDouble(reader.GetFloat(ordinal));
        return true;
    }
}

/// <summary><c>float</c>.</summary>
internal sealed class FloatReader : ColumnReader
{
    internal override bool TryAppend(SqlDataReader reader, int ordinal, ColumnBuilder column)
    {
        column.AppendDouble(reader.GetDouble(ordinal));
        return true;
    }
}

/// <summary>Text.</summary>
internal sealed class TextReader : ColumnReader
{
    internal override string WhyNot => "are not Unicode";

    internal override bool TryAppend(SqlDataReader reader, int ordinal, ColumnBuilder column)
    {
        column.AppendString(reader.GetString(ordinal));
        return true;
    }
}

/// <summary><c>varbinary</c>, through a buffer.</summary>
internal sealed class BinaryReader : ColumnReader
{
    internal override bool TryAppend(SqlDataReader reader, int ordinal, ColumnBuilder column)
    {
        var length = checked((int)reader.GetBytes(ordinal, 0, null, 0, 0));
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(length, 1));
        var read = length == 0 ? 0 : (int)reader.GetBytes(ordinal, 0, buffer, 0, length);
        column.AppendBinary(buffer.AsSpan(0, read));
        ArrayPool<byte>.Shared.Return(buffer);
        return read == length;
    }
}

/// <summary><c>date</c>.</summary>
internal sealed class DateReader : ColumnReader
{
    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;

    internal override bool TryAppend(SqlDataReader reader, int ordinal, ColumnBuilder column)
    {
        column.AppendDate32((int)(reader.GetDateTime(ordinal).Ticks / TimeSpan.TicksPerDay) - Epoch);
        return true;
    }
}

/// <summary><c>datetime2</c> of at most six digits: microseconds.</summary>
internal sealed class DateTime2Reader : ColumnReader
{
    internal override string WhyNot => "have more than microseconds";

    internal override bool TryAppend(SqlDataReader reader, int ordinal, ColumnBuilder column)
    {
        var (microseconds, rest) = Math.DivRem(reader.GetDateTime(ordinal).Ticks - DateTime.UnixEpoch.Ticks, TimeSpan.TicksPerMicrosecond);
        if (rest != 0)
        {
            return false;
        }

        column.AppendTimestamp(microseconds);
        return true;
    }
}
