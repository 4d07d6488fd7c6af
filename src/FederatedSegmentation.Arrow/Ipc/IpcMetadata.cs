using static FederatedSegmentation.Arrow.Ipc.FlatNode;

namespace FederatedSegmentation.Arrow.Ipc;

/// <summary>Schemas as IPC metadata, in both directions.</summary>
internal static class IpcMetadata
{
    internal const byte SchemaHeader = 1;
    internal const byte DictionaryHeader = 2;
    internal const byte BatchHeader = 3;

    private const int MaxColumns = 100_000;
    private const short Version5 = 4;
    private const short Version4 = 3;
    private const short Single = 1;
    private const short Double = 2;

    /// <summary>The bytes of a message without its frame.</summary>
    internal static byte[] Message(byte headerType, Table header, long bodyLength) => Write(new Table(
        new Scalar(Version5, 2), new Scalar(headerType, 1), header, new Scalar(bodyLength, 8)));

    internal static void RequireVersion(FlatTable message)
    {
        if (message.Int16(0, 0) is not (Version5 or Version4))
        {
            throw new ArrowFormatException("The stream's metadata version is not supported; versions 4 and 5 are.");
        }
    }

    internal static Table Encode(ArrowSchema schema) => new(
        new Scalar(0, 2),
        new Tables([.. schema.Fields.Select(Encode)]));

    internal static ArrowSchema Decode(FlatTable schema)
    {
        if (schema.Int16(0, 0) != 0)
        {
            throw new ArrowFormatException("The stream is big-endian, which is not supported.");
        }

        var count = schema.Count(1, 4);
        if (count > MaxColumns)
        {
            throw new ArrowFormatException($"The stream declares {count} columns; {MaxColumns} is the limit.");
        }

        var fields = new List<ArrowField>(count);
        for (var i = 0; i < count; i++)
        {
            fields.Add(DecodeField(schema.Element(1, i)));
        }

        return new ArrowSchema(fields);
    }

    private static Table Encode(ArrowField field)
    {
        // Zero is not the default everywhere (dates, times), so every scalar of a type is written.
        var (id, type) = field.Type switch
        {
            NullType => (1, new Table()),
            IntegerType integer => (2, new Table(new Scalar(integer.BitWidth, 4), new Scalar(integer.IsSigned ? 1 : 0, 1))),
            FloatingPointType number => (3, new Table(new Scalar(number.BitWidth == 32 ? Single : Double, 2))),
            BinaryType { IsLarge: false } => (4, new Table()),
            TextType { IsLarge: false } => (5, new Table()),
            BooleanType => (6, new Table()),
            DecimalType number => (7, new Table(new Scalar(number.Precision, 4), new Scalar(number.Scale, 4), new Scalar(128, 4))),
            DateType => (8, new Table(new Scalar(0, 2))),
            TimestampType time => (10, new Table(new Scalar((int)time.Unit, 2), time.TimeZone is null ? null : new Text(time.TimeZone))),
            BinaryType => (19, new Table()),
            TextType => (20, new Table()),
            _ => throw new InvalidOperationException($"Unknown type {field.Type}."),
        };
        return new Table(new Text(field.Name), new Scalar(field.Nullable ? 1 : 0, 1), new Scalar(id, 1), type, null, new Tables([]));
    }

    private static ArrowField DecodeField(FlatTable field)
    {
        var name = field.Text(0) ?? string.Empty;
        if (field.Has(4))
        {
            throw new ArrowFormatException($"Column '{name}' is dictionary-encoded, which is not supported; ask the server for plain columns.");
        }

        var type = field.Byte(2) switch
        {
            1 => ArrowType.Null,
            2 => DecodeInteger(name, field.Table(3)),
            3 => field.Table(3).Int16(0, 0) switch
            {
                Single => ArrowType.Float32,
                Double => ArrowType.Float64,
                _ => throw Unsupported(name, "a half-precision number"),
            },
            4 => ArrowType.Binary,
            5 => ArrowType.Utf8,
            6 => ArrowType.Boolean,
            7 => DecodeDecimal(name, field.Table(3)),
            8 => field.Table(3).Int16(0, 1) == 0 ? ArrowType.Date32 : throw Unsupported(name, "a date in milliseconds"),
            10 => DecodeTimestamp(name, field.Table(3)),
            19 => ArrowType.LargeBinary,
            20 => ArrowType.LargeUtf8,
            var other => throw Unsupported(name, $"Arrow type {other}"),
        };
        if (field.Count(5, 4) != 0)
        {
            throw new ArrowFormatException($"Column '{name}' has child columns, which its type does not allow.");
        }

        return new ArrowField(name, type, field.Boolean(1));
    }

    private static IntegerType DecodeInteger(string name, FlatTable type)
    {
        var width = type.Int32(0, 0);
        return width is 8 or 16 or 32 or 64
            ? new IntegerType(width, type.Boolean(1))
            : throw new ArrowFormatException($"Column '{name}' is an integer of {width} bits.");
    }

    private static ArrowType DecodeDecimal(string name, FlatTable type)
    {
        var (precision, scale, width) = (type.Int32(0, 0), type.Int32(1, 0), type.Int32(2, 128));
        if (width != 128)
        {
            throw Unsupported(name, $"a decimal of {width} bits");
        }

        return precision is >= 1 and <= 38 && scale >= 0 && scale <= precision
            ? ArrowType.Decimal128(precision, scale)
            : throw new ArrowFormatException($"Column '{name}' is a decimal with precision {precision} and scale {scale}.");
    }

    private static ArrowType DecodeTimestamp(string name, FlatTable type)
    {
        var unit = type.Int16(0, 0);
        var zone = type.Text(1);
        return unit is >= 0 and <= 3
            ? ArrowType.Timestamp((ArrowTimeUnit)unit, string.IsNullOrEmpty(zone) ? null : zone)
            : throw new ArrowFormatException($"Column '{name}' has a time unit that does not exist.");
    }

    private static ArrowFormatException Unsupported(string name, string what) => new($"Column '{name}' is {what}, which is not supported.");
}
