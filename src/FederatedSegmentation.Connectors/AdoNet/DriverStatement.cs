using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.AdoNet.Reading;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Connectors.AdoNet;

/// <summary>
/// A running SELECT, read into columnar batches as fast as its reader takes them. Nothing is read ahead of the batch that is asked for, so a statement has
/// one batch in memory, beside what the driver itself keeps.
/// </summary>
internal sealed class DriverStatement(
    DriverTransport transport,
    DriverSession session,
    DbConnection connection,
    DbCommand command,
    DbDataReader reader,
    CompiledFragment fragment,
    ArrowSchema schema,
    ColumnReader[] readers,
    StatementTimer timer) : ISourceStatement
{
    private const int MaxBatchRows = 65536;
    private const int MaxBatchBytes = 8 << 20;

    private readonly RecordBatchBuilder _builder = new(schema);
    private readonly long[] _misfits = new long[readers.Length];
    private Task<int> _filling = Task.FromResult(0);
    private bool _hasMisfits;
    private bool _isAtEnd;
    private int _fetched;
    private int _closed;

    /// <inheritdoc />
    public ArrowSchema Schema => schema;

    private string What => $"fragment {fragment.Fragment}";

    /// <inheritdoc />
    public IAsyncEnumerable<RecordBatch> FetchAsync(CancellationToken cancellationToken) => Interlocked.Exchange(ref _fetched, 1) == 0
        ? ReadAsync(cancellationToken)
        : throw new InvalidOperationException("A result can be read once.");

    /// <summary>Cancels what is still running and gives the connection back.</summary>
    public ValueTask DisposeAsync() => CloseAsync();

    private async IAsyncEnumerable<RecordBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        using var cancelling = either.Token.UnsafeRegister(DriverTransport.Cancel, command);
        using var giveUp = cancellationToken.UnsafeRegister(static state => ((StatementTimer)state!).GiveUp(), timer);
        try
        {
            while (!_isAtEnd)
            {
                await FillAsync(either.Token, cancellationToken).ConfigureAwait(false);
                if (_hasMisfits)
                {
                    // What follows is only counted.
                    _builder.Dispose();
                }
                else if (!_isAtEnd)
                {
                    yield return Build();
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }

            CheckMisfits();
            var last = _builder.RowCount > 0 ? Build() : null;
            await CloseAsync().ConfigureAwait(false);
            if (last is not null)
            {
                yield return last;
            }
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    private RecordBatch Build() => _builder.Build();

    private async Task FillAsync(CancellationToken stop, CancellationToken cancellationToken)
    {
        try
        {
            // Drivers read on the thread that asks, and few of them let a read be cancelled.
            _filling = Task.Run(() => FillAsync(stop), CancellationToken.None);
            await timer.OrAbandonAsync(_filling).ConfigureAwait(false);
        }
        catch (Exception thrown) when (DriverErrors.IsForeign(thrown))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw session.Translate(thrown, timer.IsOver, SubmissionState.Submitted, What);
        }
    }

    // Reads a batch. The number of rows read.
    private async Task<int> FillAsync(CancellationToken stop)
    {
        var rows = 0;
        while (rows < MaxBatchRows && _builder.ByteSize < MaxBatchBytes)
        {
            stop.ThrowIfCancellationRequested();
            if (!await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                // Whatever follows the rows is read as well: an error may.
                if (await reader.NextResultAsync(CancellationToken.None).ConfigureAwait(false))
                {
                    throw transport.Errors.Incomplete("is followed by another result", What);
                }

                // Some drivers end a result in silence when it was cancelled.
                stop.ThrowIfCancellationRequested();
                _isAtEnd = true;
                break;
            }

            AppendRow();
            rows++;
        }

        return rows;
    }

    private void AppendRow()
    {
        var columns = _builder.Columns.AsSpan();
        for (var i = 0; i < columns.Length; i++)
        {
            if (!TryAppend(i, columns[i]))
            {
                columns[i].AppendNull();
                _misfits[i]++;
                _hasMisfits = true;
            }
        }
    }

    // A driver that cannot hold a value in the type that it reports says so by one of these.
    private bool TryAppend(int ordinal, ColumnBuilder column)
    {
        try
        {
            if (reader.IsDBNull(ordinal))
            {
                column.AppendNull();
                return true;
            }

            return readers[ordinal].TryAppend(reader, ordinal, column);
        }
        catch (Exception thrown) when (thrown is OverflowException or FormatException or InvalidCastException or ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    private void CheckMisfits()
    {
        for (var i = 0; i < _misfits.Length; i++)
        {
            if (_misfits[i] > 0)
            {
                throw transport.Errors.Common.Make(
                    SourceErrorCodes.ValueDoesNotFit,
                    Stage.Execute,
                    string.Create(CultureInfo.InvariantCulture, $"Column '{fragment.Columns[i].Name}' of {What} has {_misfits[i]:N0} {(_misfits[i] == 1 ? "value" : "values")} that {readers[i].WhyNot}, or that the driver cannot give exactly."),
                    "Correct the data, exclude such rows by a view, or use the source without Driver.",
                    submission: SubmissionState.Submitted);
            }
        }
    }

    private async ValueTask CloseAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        try
        {
            if (!_isAtEnd)
            {
                // Before the reader is closed, which would read the rest of the rows first.
                timer.GiveUp();
                DriverTransport.Cancel(command);
                await timer.OrAbandonAsync((Task)_filling).ConfigureAwait(false);
            }
        }
        catch (Exception ended) when (DriverErrors.IsForeign(ended))
        {
            // Cancelled, as asked; or given up; or it had failed before, and its reader knows why.
        }

        try
        {
            if (_filling.IsCompleted)
            {
                _builder.Dispose();
                await timer.OrAbandonAsync(Task.Run(async () => await reader.DisposeAsync().ConfigureAwait(false), CancellationToken.None)).ConfigureAwait(false);
                await command.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                // The driver still writes into the batch: its memory is given back when it has ended.
                var (builder, late) = (_builder, reader);
                _ = _filling.ContinueWith(
                    _ =>
                    {
                        builder.Dispose();
                        late.Dispose();
                    },
                    CancellationToken.None,
                    TaskContinuationOptions.None,
                    TaskScheduler.Default);
            }
        }
        catch (Exception ended) when (DriverErrors.IsForeign(ended))
        {
            // Cancelled, as asked; or the statement had failed before, and its reader knows why.
        }
        finally
        {
            await DriverTransport.LeaveAsync(connection, timer.IsAbandoned).ConfigureAwait(false);
            timer.Dispose();
            transport.Slots.Release();
        }
    }
}
