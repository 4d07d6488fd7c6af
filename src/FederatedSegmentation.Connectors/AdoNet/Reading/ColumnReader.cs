using System.Buffers;
using System.Data.Common;
using System.Text.Unicode;
using FederatedSegmentation.Arrow;

namespace FederatedSegmentation.Connectors.AdoNet.Reading;

/// <summary>Reads values of one type into a column through the typed methods of a driver, so that nothing is boxed. Not safe for concurrent use.</summary>
public abstract class ColumnReader
{
    /// <summary>Appends the value of the current row, which is not NULL.</summary>
    /// <param name="reader">The result.</param>
    /// <param name="ordinal">The column of the result.</param>
    /// <param name="column">The column of the batch.</param>
    /// <returns>Whether it fits the column's type exactly; where it does not, nothing was appended.</returns>
    public abstract bool TryAppend(DbDataReader reader, int ordinal, ColumnBuilder column);

    /// <summary>Why a value did not fit, to be read behind "values that".</summary>
    public virtual string WhyNot => "do not fit";
}

/// <summary>Truth values.</summary>
internal sealed class BooleanReader : ColumnReader
{
    public override bool TryAppend(DbDataReader reader, int ordinal, ColumnBuilder column)
    {
        column.AppendBoolean(reader.GetBoolean(ordinal));
        return true;
    }
}

/// <summary>Truth values that a driver reports as numbers.</summary>
internal sealed class NumberBooleanReader(Func<DbDataReader, int, Int128> read) : ColumnReader
{
    public override string WhyNot => "are neither 0 nor 1";

    public override bool TryAppend(DbDataReader reader, int ordinal, ColumnBuilder column)
    {
        var number = read(reader, ordinal);
        if (number != 0 && number != 1)
        {
            return false;
        }

        column.AppendBoolean(number == 1);
        return true;
    }
}

/// <summary>Floats of 64 bits.</summary>
internal sealed class DoubleReader : ColumnReader
{
    public override bool TryAppend(DbDataReader reader, int ordinal, ColumnBuilder column)
    {
        column.AppendDouble(reader.GetDouble(ordinal));
        return true;
    }
}

/// <summary>Floats of 32 bits.</summary>
internal sealed class SingleReader : ColumnReader
{
    public override bool TryAppend(DbDataReader reader, int ordinal, ColumnBuilder column)
    {
        column.AppendSingle(reader.GetFloat(ordinal));
        return true;
    }
}

/// <summary>Floats of 32 bits as 64.</summary>
internal sealed class WideSingleReader : ColumnReader
{
    public override bool TryAppend(DbDataReader reader, int ordinal, ColumnBuilder column)
    {
        column.AppendDouble(reader.GetFloat(ordinal));
        return true;
    }
}

/// <summary>Floats of 32 bits that a driver hands out as 64.</summary>
internal sealed class NarrowDoubleReader : ColumnReader
{
    public override string WhyNot => "are no floats of 32 bits";

    public override bool TryAppend(DbDataReader reader, int ordinal, ColumnBuilder column)
    {
        var wide = reader.GetDouble(ordinal);
        var narrow = (float)wide;
        if (!double.IsNaN(wide) && narrow != wide)
        {
            return false;
        }

        column.AppendSingle(narrow);
        return true;
    }
}

/// <summary>Text. A lone surrogate is no Unicode, and is refused rather than replaced.</summary>
internal sealed class TextReader : ColumnReader
{
    private const int LongestOnStack = 512;
    private const int BytesACharacter = 3;

    public override string WhyNot => "are not Unicode";

    public override bool TryAppend(DbDataReader reader, int ordinal, ColumnBuilder column)
    {
        var text = reader.GetString(ordinal);
        if (text.Length <= LongestOnStack / BytesACharacter)
        {
            return TryAppend(text, stackalloc byte[LongestOnStack], column);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(checked(text.Length * BytesACharacter));
        try
        {
            return TryAppend(text, buffer, column);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool TryAppend(string text, Span<byte> buffer, ColumnBuilder column)
    {
        if (Utf8.FromUtf16(text, buffer, out _, out var written, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            return false;
        }

        column.AppendUtf8(buffer[..written]);
        return true;
    }
}

/// <summary>Bytes, through a buffer.</summary>
internal sealed class BinaryReader : ColumnReader
{
    public override string WhyNot => "come in part";

    public override bool TryAppend(DbDataReader reader, int ordinal, ColumnBuilder column)
    {
        var length = reader.GetBytes(ordinal, 0, null, 0, 0);
        if (length < 0)
        {
            // The driver does not know it before it has read it.
            column.AppendBinary(reader.GetFieldValue<byte[]>(ordinal));
            return true;
        }

        var size = checked((int)length);
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(size, 1));
        try
        {
            var read = 0;
            while (read < size && reader.GetBytes(ordinal, read, buffer, read, size - read) is var more and > 0)
            {
                read += (int)more;
            }

            if (read != size)
            {
                return false;
            }

            column.AppendBinary(buffer.AsSpan(0, size));
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
