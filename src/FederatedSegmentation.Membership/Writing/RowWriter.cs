using System.Collections.Immutable;
using FederatedSegmentation.Arrow;

namespace FederatedSegmentation.Membership.Writing;

/// <summary>Writes members as text, row after row.</summary>
internal abstract class RowWriter(ImmutableArray<MembershipColumn> columns, Stream stream) : MembershipWriter
{
    private readonly ColumnText[] _columns = [.. columns.Select(ColumnText.Of)];

    protected Utf8Output Output { get; } = new(stream);

    internal sealed override async Task WriteAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Columns.Length != _columns.Length)
        {
            throw new ArgumentException($"The batch has {batch.Columns.Length} columns, the output {_columns.Length}.", nameof(batch));
        }

        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i].Bind(batch.Columns[i]);
        }

        for (var row = 0; row < batch.RowCount;)
        {
            row = WriteRows(row, batch.RowCount);
            if (Output.IsFull)
            {
                await Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    internal sealed override async Task EndAsync(CancellationToken cancellationToken) => await Output.FlushAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Writes one row with its line end.</summary>
    protected abstract void WriteRow(ReadOnlySpan<ColumnText> columns, int row);

    // As many rows as the buffer takes, without an await between them.
    private int WriteRows(int row, int end)
    {
        do
        {
            WriteRow(_columns, row++);
        }
        while (row < end && !Output.IsFull);
        return row;
    }
}
