using System.Buffers.Binary;
using System.Text;

namespace FederatedSegmentation.Arrow.Ipc;

/// <summary>
/// Reads one table of a FlatBuffer that came over a wire: every offset and length is checked against the buffer before it is used, and a broken one is
/// an <see cref="ArrowFormatException"/>.
/// </summary>
internal readonly ref struct FlatTable
{
    private readonly ReadOnlySpan<byte> _buffer;
    private readonly int _position;
    private readonly int _vtable;
    private readonly int _vtableBytes;
    private readonly int _tableBytes;

    private FlatTable(ReadOnlySpan<byte> buffer, long position)
    {
        _buffer = buffer;
        _position = Check(buffer, position, 4);
        _vtable = Check(buffer, (long)_position - BinaryPrimitives.ReadInt32LittleEndian(buffer[_position..]), 4);
        _vtableBytes = BinaryPrimitives.ReadUInt16LittleEndian(buffer[_vtable..]);
        _tableBytes = BinaryPrimitives.ReadUInt16LittleEndian(buffer[(_vtable + 2)..]);
        Check(buffer, _vtable, _vtableBytes);
        Check(buffer, _position, _tableBytes);
    }

    internal static FlatTable Root(ReadOnlySpan<byte> buffer)
    {
        Check(buffer, 0, 4);
        return new FlatTable(buffer, BinaryPrimitives.ReadUInt32LittleEndian(buffer));
    }

    internal bool Has(int slot) => Field(slot, 0) != 0;

    internal bool Boolean(int slot) => Byte(slot) != 0;

    internal byte Byte(int slot) => Field(slot, 1) is var at && at == 0 ? (byte)0 : _buffer[at];

    internal short Int16(int slot, short absent) => Field(slot, 2) is var at && at == 0 ? absent : BinaryPrimitives.ReadInt16LittleEndian(_buffer[at..]);

    internal int Int32(int slot, int absent) => Field(slot, 4) is var at && at == 0 ? absent : BinaryPrimitives.ReadInt32LittleEndian(_buffer[at..]);

    internal long Int64(int slot) => Field(slot, 8) is var at && at == 0 ? 0 : BinaryPrimitives.ReadInt64LittleEndian(_buffer[at..]);

    internal FlatTable Table(int slot)
    {
        var at = Field(slot, 4);
        if (at == 0)
        {
            throw new ArrowFormatException("A required part of the metadata is missing.");
        }

        return new FlatTable(_buffer, Follow(at));
    }

    internal string? Text(int slot)
    {
        var at = Field(slot, 4);
        if (at == 0)
        {
            return null;
        }

        var start = Check(_buffer, Follow(at), 4);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(_buffer[start..]);
        Check(_buffer, start + 4L, length);
        return Encoding.UTF8.GetString(_buffer.Slice(start + 4, (int)length));
    }

    /// <summary>Number of elements of a vector; 0 when it is absent.</summary>
    internal int Count(int slot, int elementBytes)
    {
        var at = Field(slot, 4);
        if (at == 0)
        {
            return 0;
        }

        var start = Check(_buffer, Follow(at), 4);
        var count = BinaryPrimitives.ReadUInt32LittleEndian(_buffer[start..]);
        Check(_buffer, start + 4L, count * (long)elementBytes);
        return (int)count;
    }

    /// <summary>The bytes of a vector of structs or scalars.</summary>
    internal ReadOnlySpan<byte> Vector(int slot, int elementBytes)
    {
        var count = Count(slot, elementBytes);
        return count == 0 ? default : _buffer.Slice((int)Follow(Field(slot, 4)) + 4, count * elementBytes);
    }

    /// <summary>One table of a vector of tables whose count was asked for.</summary>
    internal FlatTable Element(int slot, int index) => new(_buffer, Follow(Check(_buffer, Follow(Field(slot, 4)) + 4 + (index * 4L), 4)));

    private static int Check(ReadOnlySpan<byte> buffer, long start, long length)
    {
        if (start < 0 || length < 0 || start > buffer.Length - length)
        {
            throw new ArrowFormatException("The metadata points outside itself.");
        }

        return (int)start;
    }

    private long Follow(int at) => at + (long)BinaryPrimitives.ReadUInt32LittleEndian(_buffer[at..]);

    private int Field(int slot, int bytes)
    {
        var entry = 4 + (2 * slot);
        if (entry + 2 > _vtableBytes)
        {
            return 0;
        }

        var offset = BinaryPrimitives.ReadUInt16LittleEndian(_buffer[(_vtable + entry)..]);
        if (offset == 0)
        {
            return 0;
        }

        if (offset + bytes > _tableBytes)
        {
            throw new ArrowFormatException("The metadata points outside itself.");
        }

        return _position + offset;
    }
}
