using System.Globalization;
using System.Runtime.CompilerServices;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.AdoNet.Reading;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Sql;
using Microsoft.Data.SqlClient;

namespace FederatedSegmentation.Connectors.Fabric;

/// <summary>A running SELECT, read into columnar batches as fast as its reader takes them: nothing is read ahead of it but what the network holds.</summary>
internal sealed class FabricStatement(
    FabricStatementContext context,
    SqlConnection connection,
    SqlCommand command,
    SqlDataReader reader,
    CompiledFragment fragment,
    ArrowSchema schema,
    ColumnReader[] readers,
    StatementCount counted,
    StatementTimer timer) : ISourceStatement
{
    private const int MaxBatchRows = 65536;
    private const int MaxBatchBytes = 8 << 20;

    private readonly long[] _misfits = new long[readers.Length];
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
        using var builder = new RecordBatchBuilder(schema);
        // One registration for the whole result: the driver would register a token with every row.
        using var byCaller = cancellationToken.UnsafeRegister(Cancel, command);
        using var giveUp = cancellationToken.UnsafeRegister(static state => ((StatementTimer)state!).GiveUp(), timer);
        using var byTime = timer.Time.UnsafeRegister(Cancel, command);
        var rows = 0L;
        try
        {
            while (!_isAtEnd)
            {
                rows += await FillAsync(builder, cancellationToken).ConfigureAwait(false);
                if (_hasMisfits)
                {
                    // What follows is only counted.
                    builder.Dispose();
                }
                else if (!_isAtEnd)
                {
                    yield return builder.Build();
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }

            CheckComplete(rows);
            await CloseAsync().ConfigureAwait(false);
            if (builder.RowCount > 0)
            {
                yield return builder.Build();
            }
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    // The attention goes out on a thread of its own: the driver sends it synchronously.
    private static void Cancel(object? command) => ThreadPool.UnsafeQueueUserWorkItem(static running => running.Cancel(), (SqlCommand)command!, preferLocal: false);

    // Reads a batch. The number of rows read.
    private async ValueTask<int> FillAsync(RecordBatchBuilder builder, CancellationToken cancellationToken)
    {
        try
        {
            var rows = 0;
            while (rows < MaxBatchRows && builder.ByteSize < MaxBatchBytes)
            {
                if (!await timer.OrAbandonAsync(reader.ReadAsync(CancellationToken.None)).ConfigureAwait(false))
                {
                    // Whatever follows the rows is read as well: an error may.
                    while (await timer.OrAbandonAsync(reader.NextResultAsync(CancellationToken.None)).ConfigureAwait(false))
                    {
                        throw context.Errors.Incomplete("is followed by another result", What);
                    }

                    _isAtEnd = true;
                    break;
                }

                AppendRow(builder);
                rows++;
            }

            return rows;
        }
        catch (Exception failure) when (FabricErrors.IsForeign(failure) || failure is OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw timer.IsOver ? context.TimedOut(SubmissionState.Submitted, What, failure) : context.Translate(failure, SubmissionState.Submitted, What);
        }
    }

    private void AppendRow(RecordBatchBuilder builder)
    {
        var columns = builder.Columns.AsSpan();
        for (var i = 0; i < columns.Length; i++)
        {
            if (reader.IsDBNull(i))
            {
                columns[i].AppendNull();
            }
            else if (!readers[i].TryAppend(reader, i, columns[i]))
            {
                columns[i].AppendNull();
                _misfits[i]++;
                _hasMisfits = true;
            }
        }
    }

    private void CheckComplete(long rows)
    {
        if (counted.Rows is not { } declared)
        {
            throw context.Errors.Incomplete("ended without the number of its rows", What);
        }

        if (declared != rows)
        {
            throw context.Errors.Incomplete(string.Create(CultureInfo.InvariantCulture, $"has {rows:N0} rows; the server says {declared:N0}"), What);
        }

        for (var i = 0; i < _misfits.Length; i++)
        {
            if (_misfits[i] > 0)
            {
                throw context.Errors.Make(
                    SourceErrorCodes.ValueDoesNotFit,
                    Stage.Execute,
                    string.Create(CultureInfo.InvariantCulture, $"Column '{fragment.Columns[i].Name}' of {What} has {_misfits[i]:N0} {(_misfits[i] == 1 ? "value" : "values")} that {readers[i].WhyNot}."),
                    "Correct the data, or exclude such rows by a view.",
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
                // Before the reader is closed, which would read the rest of the rows first. Closing is synchronous at heart: a thread of its own may wait for it.
                timer.GiveUp();
                await timer.OrAbandonAsync(Task.Run(command.Cancel, CancellationToken.None)).ConfigureAwait(false);
                await timer.OrAbandonAsync(Task.Run(reader.Dispose, CancellationToken.None)).ConfigureAwait(false);
            }
            else
            {
                await reader.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception ended) when (FabricErrors.IsForeign(ended) || ended is OperationCanceledException)
        {
            // Cancelled, as asked; or the statement had failed before, and its reader knows why.
        }
        finally
        {
            await StatementTimer.LeaveAsync(connection, timer.IsAbandoned).ConfigureAwait(false);
            timer.Dispose();
            context.Slots.Release();
        }
    }
}
