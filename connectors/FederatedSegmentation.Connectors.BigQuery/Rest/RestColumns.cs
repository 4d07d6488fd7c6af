using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text.Json;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Connectors.BigQuery.Rest;

/// <summary>Puts the values of the REST API's rows, which are all text, into columns. No object for a value; not thread safe.</summary>
internal sealed class RestColumns
{
    private readonly ImmutableArray<StorageType> _storages;
    private byte[] _scratch = new byte[256];

    internal RestColumns(ImmutableArray<StorageType> storages)
    {
        _storages = storages;
        Misfits = new long[storages.Length];
    }

    /// <summary>Per column, how many numbers had more digits than its type.</summary>
    internal long[] Misfits { get; }

    /// <summary>Appends the value at which the reader stands.</summary>
    /// <exception cref="FormatException">It is no value of the column's type.</exception>
    internal void Append(int column, ref Utf8JsonReader reader, ColumnBuilder builder)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            builder.AppendNull();
            return;
        }

        if (reader.TokenType != JsonTokenType.String)
        {
            throw new FormatException("a value is not text");
        }

        var text = Text(ref reader);
        switch (_storages[column])
        {
            case StoredBoolean:
                builder.AppendBoolean(text.SequenceEqual("true"u8) || (text.SequenceEqual("false"u8) ? false : throw new FormatException("a boolean is neither true nor false")));
                break;
            case StoredInteger:
                builder.AppendInt64(Utf8Parser.TryParse(text, out long number, out var used) && used == text.Length ? number : throw new FormatException("an integer is none"));
                break;
            case StoredDecimal exact:
                AppendDecimal(column, text, exact, builder);
                break;
            case StoredFloat:
                builder.AppendDouble(ValueText.Float(text));
                break;
            case StoredDate:
                builder.AppendDate32(ValueText.Days(text));
                break;
            case StoredInstant:
                builder.AppendTimestamp(Utf8Parser.TryParse(text, out long micros, out var length) && length == text.Length ? micros : throw new FormatException("an instant is none"));
                break;
            case StoredWallClock:
                builder.AppendTimestamp(ValueText.WallClock(text));
                break;
            case StoredBinary:
                AppendBase64(text, builder);
                break;
            default:
                builder.AppendUtf8(text);
                break;
        }
    }

    private void AppendDecimal(int column, ReadOnlySpan<byte> text, StoredDecimal exact, ColumnBuilder builder)
    {
        if (ValueText.TryDecimal(text, exact.Precision, exact.Scale, out var unscaled))
        {
            builder.AppendDecimal128(unscaled);
            return;
        }

        Misfits[column]++;
        builder.AppendNull();
    }

    private static void AppendBase64(ReadOnlySpan<byte> text, ColumnBuilder builder)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Base64.GetMaxDecodedFromUtf8Length(text.Length));
        try
        {
            if (Base64.DecodeFromUtf8(text, bytes, out var read, out var written) != OperationStatus.Done || read != text.Length)
            {
                throw new FormatException("bytes are not in base64");
            }

            builder.AppendBinary(bytes.AsSpan(0, written));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private ReadOnlySpan<byte> Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        if (_scratch.Length < reader.ValueSpan.Length)
        {
            _scratch = new byte[Math.Max(reader.ValueSpan.Length, checked(2 * _scratch.Length))];
        }

        try
        {
            return _scratch.AsSpan(0, reader.CopyString(_scratch));
        }
        catch (InvalidOperationException)
        {
            throw new FormatException("a text is not UTF-8");
        }
    }
}
