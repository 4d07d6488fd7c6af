using System.Runtime.CompilerServices;
using FederatedSegmentation.Arrow;

namespace FederatedSegmentation.DuckDb;

/// <summary>The open result of a statement. Reads come one after another; dispose of it to free the connection for the next statement.</summary>
public sealed class DuckDbResultReader : IAsyncDisposable
{
    private readonly DuckDbConnection _connection;
    private readonly RunningStatement _statement;
    private readonly StreamingResult _result;
    private bool _closed;

    internal DuckDbResultReader(DuckDbConnection connection, RunningStatement statement, StreamingResult result)
    {
        _connection = connection;
        _statement = statement;
        _result = result;
        Schema = result.Schema;
    }

    /// <summary>The columns of the result.</summary>
    public ArrowSchema Schema { get; }

    /// <summary>The next rows.</summary>
    /// <param name="cancellationToken">Interrupts the statement, which is over then.</param>
    /// <returns>A batch with at least one row, which the caller disposes of, or null at the end.</returns>
    /// <exception cref="DuckDbException">DuckDB failed.</exception>
    /// <exception cref="OperationCanceledException">The statement was cancelled.</exception>
    public Task<RecordBatch?> ReadAsync(CancellationToken cancellationToken) => _connection.RunAsync(() =>
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        return _statement.Call(_result.Read, cancellationToken);
    });

    /// <summary>All batches that are left, one after another; the caller disposes of each.</summary>
    /// <param name="cancellationToken">Interrupts the statement, which is over then.</param>
    /// <exception cref="DuckDbException">DuckDB failed.</exception>
    /// <exception cref="OperationCanceledException">The statement was cancelled.</exception>
    public async IAsyncEnumerable<RecordBatch> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await ReadAsync(cancellationToken).ConfigureAwait(false) is { } batch)
        {
            yield return batch;
        }
    }

    /// <summary>Ends the statement, whether or not it was read to the end.</summary>
    public async ValueTask DisposeAsync()
    {
        _statement.Cancel();
        await _connection.CloseAsync(this).ConfigureAwait(false);
    }

    /// <summary>On the connection's thread.</summary>
    internal void Close()
    {
        if (!_closed)
        {
            _closed = true;
            _result.Dispose();
            _connection.Closed(this);
        }
    }
}
