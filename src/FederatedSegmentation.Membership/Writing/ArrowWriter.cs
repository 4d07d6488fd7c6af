using System.Collections.Immutable;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Arrow.Ipc;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Membership.Writing;

/// <summary>
/// An Arrow IPC stream: the batches' memory as it came, under the logical names. Instants carry the zone UTC, whatever the engine says of them.
/// </summary>
internal sealed class ArrowWriter(ImmutableArray<MembershipColumn> columns, Stream stream) : MembershipWriter
{
    private ArrowStreamWriter? _writer;

    internal override Task BeginAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    internal override Task WriteAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Columns.Length != columns.Length)
        {
            throw new ArgumentException($"The batch has {batch.Columns.Length} columns, the output {columns.Length}.", nameof(batch));
        }

        _writer ??= new ArrowStreamWriter(stream, new ArrowSchema(columns.Select((column, index) => Field(column, batch.Columns[index].Type))));
        return _writer.WriteAsync(batch, cancellationToken);
    }

    internal override Task EndAsync(CancellationToken cancellationToken)
    {
        // No member at all: the schema by the declared types.
        _writer ??= new ArrowStreamWriter(stream, new ArrowSchema(columns.Select(column => Field(column, Natural(column.Type)))));
        return _writer.CompleteAsync(cancellationToken);
    }

    private static ArrowField Field(MembershipColumn column, ArrowType stored) => new(
        column.Name,
        stored is Arrow.TimestampType time ? ArrowType.Timestamp(time.Unit, column.Type is Model.Types.TimestampType ? "UTC" : null) : stored);

    private static ArrowType Natural(DataType type) => type switch
    {
        Int64Type => ArrowType.Int64,
        Model.Types.DecimalType number => ArrowType.Decimal128(number.Precision, number.Scale),
        Model.Types.BooleanType => ArrowType.Boolean,
        StringType => ArrowType.Utf8,
        Model.Types.BinaryType => ArrowType.Binary,
        Model.Types.DateType => ArrowType.Date32,
        Model.Types.TimestampType or DateTimeType => ArrowType.Timestamp(ArrowTimeUnit.Microsecond),
        _ => throw new ArgumentException($"A column of type {type} cannot be written.", nameof(type)),
    };
}
