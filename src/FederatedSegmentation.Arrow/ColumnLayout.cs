namespace FederatedSegmentation.Arrow;

/// <summary>How the values of a type lie in memory.</summary>
internal enum ColumnLayout
{
    /// <summary>No buffer at all.</summary>
    None,

    /// <summary>Validity and one bit a row.</summary>
    Bit,

    /// <summary>Validity and a fixed number of bytes a row.</summary>
    Fixed,

    /// <summary>Validity, offsets and bytes.</summary>
    Variable,
}

/// <summary>Layout facts of the types.</summary>
internal static class ColumnLayouts
{
    internal static ColumnLayout Layout(this ArrowType type) => type switch
    {
        NullType => ColumnLayout.None,
        BooleanType => ColumnLayout.Bit,
        TextType or BinaryType => ColumnLayout.Variable,
        IntegerType or FloatingPointType or DecimalType or DateType or TimestampType => ColumnLayout.Fixed,
        _ => throw new InvalidOperationException($"Unknown type {type}."),
    };

    /// <summary>Bytes a row of a fixed-width type; bytes an offset of a variable one; 0 otherwise.</summary>
    internal static int Width(this ArrowType type) => type switch
    {
        IntegerType integer => integer.BitWidth / 8,
        FloatingPointType number => number.BitWidth / 8,
        DecimalType => 16,
        DateType => 4,
        TimestampType => 8,
        TextType text => text.IsLarge ? 8 : 4,
        BinaryType binary => binary.IsLarge ? 8 : 4,
        _ => 0,
    };

    /// <summary>Number of buffers in IPC and in the C data interface.</summary>
    internal static int BufferCount(this ArrowType type) => type.Layout() switch
    {
        ColumnLayout.None => 0,
        ColumnLayout.Variable => 3,
        _ => 2,
    };

    internal static long BitmapBytes(long rows) => (rows + 7) / 8;
}
