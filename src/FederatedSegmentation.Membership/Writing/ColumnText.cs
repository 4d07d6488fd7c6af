using FederatedSegmentation.Arrow;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Membership.Writing;

/// <summary>The values of one output column as canonical text, batch after batch, without an object for a value.</summary>
internal abstract class ColumnText
{
    /// <summary>The column of the current batch.</summary>
    protected ArrowColumn Column { get; private set; } = null!;

    /// <summary>Whether values may need quoting or escaping; otherwise they are plain ASCII without quotes, commas or line ends.</summary>
    internal virtual bool IsFreeText => false;

    /// <summary>Whether the text of a row that is not NULL is empty, of a column that is not free text.</summary>
    internal virtual bool IsEmpty(int row) => false;

    /// <summary>Whether JSON has a token of its own for the values (numbers that every reader takes exactly, true and false).</summary>
    internal virtual bool IsJsonToken => false;

    /// <summary>The text of a column.</summary>
    /// <exception cref="ArgumentException">The type cannot be part of a key.</exception>
    internal static ColumnText Of(MembershipColumn column) => column.Type switch
    {
        Int64Type => new IntegerText(),
        Model.Types.DecimalType => new DecimalText(),
        Model.Types.BooleanType => new BooleanText(),
        StringType => new FreeText(),
        Model.Types.BinaryType => new HexText(),
        Model.Types.DateType => new DateText(),
        Model.Types.TimestampType => new TimeText(isInstant: true),
        DateTimeType => new TimeText(isInstant: false),
        _ => throw new ArgumentException($"A column of type {column.Type} cannot be written.", nameof(column)),
    };

    /// <summary>Takes the column of the next batch.</summary>
    internal void Bind(ArrowColumn column)
    {
        Column = column;
        Load(column);
    }

    internal bool IsNull(int row) => Column.NullCount > 0 && Column.IsNull(row);

    /// <summary>Writes the text of a row that is not NULL.</summary>
    internal abstract void Write(int row, Utf8Output output);

    /// <summary>The bytes of a row that is not NULL, of a column of free text.</summary>
    internal virtual ReadOnlySpan<byte> Text(int row) => throw new InvalidOperationException("The column is not free text.");

    /// <summary>Copies what a value is read from.</summary>
    protected virtual void Load(ArrowColumn column)
    {
    }

    /// <summary>A column of fixed-size values, copied once a batch so that a value costs one array access.</summary>
    private abstract class FixedText<T> : ColumnText
        where T : unmanaged
    {
        private T[] _values = [];

        internal sealed override void Write(int row, Utf8Output output) => output.Advance(Format(_values[row], output.Reserve(CanonicalText.MaxFixedLength)));

        protected sealed override void Load(ArrowColumn column)
        {
            var values = column.Values<T>();
            if (_values.Length < values.Length)
            {
                _values = new T[values.Length];
            }

            values.CopyTo(_values);
            Prepare(column.Type);
        }

        protected virtual void Prepare(ArrowType type)
        {
        }

        protected abstract int Format(T value, Span<byte> destination);
    }

    private sealed class IntegerText : FixedText<long>
    {
        internal override bool IsJsonToken => true;

        protected override int Format(long value, Span<byte> destination) => CanonicalText.WriteInt64(value, destination);
    }

    private sealed class DecimalText : FixedText<Int128>
    {
        private int _scale;

        // The engine casts keys to the declared type, so that the column's scale is the declared one.
        protected override void Prepare(ArrowType type) => _scale = ((Arrow.DecimalType)type).Scale;

        protected override int Format(Int128 value, Span<byte> destination) => CanonicalText.WriteDecimal(value, _scale, destination);
    }

    private sealed class DateText : FixedText<int>
    {
        protected override int Format(int value, Span<byte> destination) => CanonicalText.WriteDate(value, destination);
    }

    private sealed class TimeText(bool isInstant) : FixedText<long>
    {
        protected override void Prepare(ArrowType type)
        {
            if (type is not Arrow.TimestampType { Unit: ArrowTimeUnit.Microsecond })
            {
                throw new InvalidOperationException($"Times come in microseconds, not as {type}.");
            }
        }

        protected override int Format(long value, Span<byte> destination) => CanonicalText.WriteDateTime(value, isInstant, destination);
    }

    private sealed class BooleanText : ColumnText
    {
        internal override bool IsJsonToken => true;

        internal override void Write(int row, Utf8Output output)
            => output.Advance(CanonicalText.WriteBoolean(Column.GetBoolean(row), output.Reserve(CanonicalText.MaxFixedLength)));
    }

    private sealed class HexText : ColumnText
    {
        internal override bool IsEmpty(int row) => Column.GetBytes(row).IsEmpty;

        internal override void Write(int row, Utf8Output output)
        {
            var value = Column.GetBytes(row);
            output.Advance(CanonicalText.WriteBinary(value, output.Reserve(checked(value.Length * 2))));
        }
    }

    private sealed class FreeText : ColumnText
    {
        internal override bool IsFreeText => true;

        internal override void Write(int row, Utf8Output output) => output.Write(Column.GetBytes(row));

        internal override ReadOnlySpan<byte> Text(int row) => Column.GetBytes(row);
    }
}
