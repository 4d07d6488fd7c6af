using System.Runtime.InteropServices;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.DuckDb.Native;

namespace FederatedSegmentation.DuckDb;

/// <summary>
/// One connection to an instance: a session with its own settings, temporary tables and transaction. Statements run one after another on a thread of
/// the connection; use several connections for work side by side. Members may be called from any thread.
/// </summary>
public sealed class DuckDbConnection : IAsyncDisposable
{
    private readonly DuckDbInstance _instance;
    private readonly ConnectionHandle _handle;
    private readonly StatementThread _thread = new();
    private volatile RunningStatement? _running;
    private DuckDbResultReader? _reader;
    private int _disposed;

    internal DuckDbConnection(DuckDbInstance instance, ConnectionHandle handle, ulong id)
    {
        _instance = instance;
        _handle = handle;
        Id = id;
    }

    /// <summary>How far the running statement is, 0 to 1; null when nothing runs or DuckDB does not know, as on connections that were made after the lock-down or without asking for it.</summary>
    public double? Progress
    {
        get
        {
            if (_running is null || _handle.IsClosed)
            {
                return null;
            }

            var percentage = NativeMethods.duckdb_query_progress(_handle).Percentage;
            return percentage < 0 ? null : Math.Min(percentage / 100, 1);
        }
    }

    internal ulong Id { get; }

    internal RunningStatement? Running => _running;

    /// <summary>Runs one or more statements and drops their results.</summary>
    /// <param name="sql">The statements, separated by semicolons; without the character NUL.</param>
    /// <param name="cancellationToken">Interrupts the statement.</param>
    /// <returns>Rows that the last statement inserted, updated or deleted (a <c>CREATE TABLE … AS</c> included); 0 for others.</returns>
    /// <exception cref="DuckDbException">DuckDB refused or failed.</exception>
    /// <exception cref="OperationCanceledException">The statement was cancelled.</exception>
    /// <exception cref="InvalidOperationException">A result of this connection is still open.</exception>
    public Task<long> ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        Check(sql);
        return _thread.RunAsync(() => Execute(sql, cancellationToken));
    }

    /// <summary>Runs one statement and reads its result while the engine makes it: the result is never in memory as a whole.</summary>
    /// <param name="sql">The statement; without the character NUL.</param>
    /// <param name="cancellationToken">Interrupts the start of the statement; each read has its own token.</param>
    /// <returns>The result; nothing else can run on this connection until it is disposed of.</returns>
    /// <exception cref="DuckDbException">DuckDB refused or failed, or a column has a type that batches do not have.</exception>
    /// <exception cref="OperationCanceledException">The statement was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Another result of this connection is still open.</exception>
    public Task<DuckDbResultReader> QueryAsync(string sql, CancellationToken cancellationToken)
    {
        Check(sql);
        return _thread.RunAsync(() => _reader = Query(sql, cancellationToken));
    }

    /// <summary>The first column of the only row as an integer; null when it is NULL.</summary>
    /// <param name="sql">A statement with one row, whose first column is an integer of any width.</param>
    /// <param name="cancellationToken">Interrupts the statement.</param>
    /// <exception cref="DuckDbException">DuckDB refused or failed.</exception>
    /// <exception cref="InvalidOperationException">The result is not one row, or its first column is not an integer.</exception>
    public Task<long?> QueryInt64Async(string sql, CancellationToken cancellationToken) => QueryScalarAsync<long?>(
        sql,
        column => column.IsNull(0) ? null : column.Type switch
        {
            IntegerType { BitWidth: 8, IsSigned: true } => column.Values<sbyte>()[0],
            IntegerType { BitWidth: 16, IsSigned: true } => column.Values<short>()[0],
            IntegerType { BitWidth: 32, IsSigned: true } => column.Values<int>()[0],
            IntegerType { BitWidth: 64, IsSigned: true } => column.Values<long>()[0],
            IntegerType { BitWidth: 8 } => column.Values<byte>()[0],
            IntegerType { BitWidth: 16 } => column.Values<ushort>()[0],
            IntegerType { BitWidth: 32 } => column.Values<uint>()[0],
            IntegerType => checked((long)column.Values<ulong>()[0]),
            DecimalType { Scale: 0 } => checked((long)column.Values<Int128>()[0]),
            var other => throw new InvalidOperationException($"The first column is {other}, not an integer."),
        },
        cancellationToken);

    /// <summary>The first column of all rows as text, without NULLs.</summary>
    /// <param name="sql">A statement with few rows, whose first column is VARCHAR.</param>
    /// <param name="cancellationToken">Interrupts the statement.</param>
    /// <exception cref="DuckDbException">DuckDB refused or failed.</exception>
    public async Task<IReadOnlyList<string>> QueryTextsAsync(string sql, CancellationToken cancellationToken)
    {
        var texts = new List<string>();
        var reader = await QueryAsync(sql, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await foreach (var batch in reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                using (batch)
                {
                    texts.AddRange(Enumerable.Range(0, batch.RowCount).Where(row => !batch.Columns[0].IsNull(row)).Select(batch.Columns[0].GetString));
                }
            }
        }

        return texts;
    }

    /// <summary>The first column of the only row as text; null when it is NULL.</summary>
    /// <param name="sql">A statement with one row, whose first column is VARCHAR.</param>
    /// <param name="cancellationToken">Interrupts the statement.</param>
    /// <exception cref="DuckDbException">DuckDB refused or failed.</exception>
    /// <exception cref="InvalidOperationException">The result is not one row, or its first column is not text.</exception>
    public Task<string?> QueryStringAsync(string sql, CancellationToken cancellationToken) =>
        QueryScalarAsync(sql, column => column.IsNull(0) ? null : column.GetString(0), cancellationToken);

    /// <summary>Cancels what runs, waits for it, and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            await _thread.Ended.ConfigureAwait(false);
            return;
        }

        _running?.Cancel();
        await _thread.RunAsync(() =>
        {
            _reader?.Close();
            return true;
        }).ConfigureAwait(false);
        _thread.Complete();
        await _thread.Ended.ConfigureAwait(false);
        _handle.Dispose();
        _thread.Dispose();
        _instance.Forget(this);
    }

    internal Task<T> RunAsync<T>(Func<T> call) => _thread.RunAsync(call);

    internal async ValueTask CloseAsync(DuckDbResultReader reader)
    {
        try
        {
            await _thread.RunAsync(() =>
            {
                reader.Close();
                return true;
            }).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The connection is being disposed of and closes the result itself.
            await _thread.Ended.ConfigureAwait(false);
        }
    }

    internal void Closed(DuckDbResultReader reader)
    {
        if (ReferenceEquals(_reader, reader))
        {
            _reader = null;
            _running = null;
        }
    }

    private long Execute(string sql, CancellationToken cancellationToken)
    {
        var statement = Start();
        try
        {
            return statement.Call(
                () =>
                {
                    var state = NativeMethods.duckdb_query(_handle, sql, out var result);
                    try
                    {
                        ThrowIfFailed(state, ref result);
                        return RowsChanged(ref result);
                    }
                    finally
                    {
                        NativeMethods.duckdb_destroy_result(ref result);
                    }
                },
                cancellationToken);
        }
        finally
        {
            _running = null;
        }
    }

    private static unsafe long RowsChanged(ref DuckDbResult result)
    {
        // A CREATE TABLE … AS does not count as a change; its only row holds the number. A plain CREATE has no row.
        if (NativeMethods.duckdb_result_statement_type(result) != NativeMethods.CreateStatement)
        {
            return checked((long)NativeMethods.duckdb_rows_changed(ref result));
        }

        var chunk = NativeMethods.duckdb_fetch_chunk(result);
        if (chunk == 0)
        {
            return 0;
        }

        var rows = NativeMethods.duckdb_data_chunk_get_size(chunk) == 0
            ? 0
            : *(long*)NativeMethods.duckdb_vector_get_data(NativeMethods.duckdb_data_chunk_get_vector(chunk, 0));
        NativeMethods.duckdb_destroy_data_chunk(ref chunk);
        return rows;
    }

    private DuckDbResultReader Query(string sql, CancellationToken cancellationToken)
    {
        var statement = Start();
        try
        {
            var result = statement.Call(() => Open(sql), cancellationToken);
            return new DuckDbResultReader(this, statement, result);
        }
        catch
        {
            _running = null;
            throw;
        }
    }

    private StreamingResult Open(string sql)
    {
        var state = NativeMethods.duckdb_prepare(_handle, sql, out var prepared);
        StreamingResult? result = null;
        try
        {
            if (state != NativeMethods.Success)
            {
                throw DuckDbErrors.Create(0, Marshal.PtrToStringUTF8(NativeMethods.duckdb_prepare_error(prepared)));
            }

            // In two steps: the call that does both forgets the message of its error.
            state = NativeMethods.duckdb_pending_prepared_streaming(prepared, out var pending);
            using (pending)
            {
                if (state != NativeMethods.Success)
                {
                    throw DuckDbErrors.Create(0, Marshal.PtrToStringUTF8(NativeMethods.duckdb_pending_error(pending)));
                }

                state = NativeMethods.duckdb_execute_pending(pending, out var native);
                result = new StreamingResult(prepared, native);
                ThrowIfFailed(state, ref result.Native);
            }

            result.ReadSchema();
            return result;
        }
        catch
        {
            result?.Dispose();
            prepared.Dispose();
            throw;
        }
    }

    internal static void ThrowIfFailed(int state, ref DuckDbResult result)
    {
        if (state != NativeMethods.Success)
        {
            throw DuckDbErrors.Create(NativeMethods.duckdb_result_error_type(result), Marshal.PtrToStringUTF8(NativeMethods.duckdb_result_error(ref result)));
        }
    }

    private RunningStatement Start()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (_running is not null)
        {
            throw new InvalidOperationException("A result of this connection is still open; dispose of it first, or use another connection.");
        }

        var statement = new RunningStatement(_handle);
        _running = statement;

        // A disposal that began before the line above found nothing to cancel.
        if (Volatile.Read(ref _disposed) != 0)
        {
            statement.Cancel();
        }

        return statement;
    }

    private async Task<T> QueryScalarAsync<T>(string sql, Func<ArrowColumn, T> read, CancellationToken cancellationToken)
    {
        var reader = await QueryAsync(sql, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            using var batch = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (batch is not { RowCount: 1 })
            {
                throw new InvalidOperationException($"The statement returned {batch?.RowCount ?? 0} rows where one was expected.");
            }

            return read(batch.Columns[0]);
        }
    }

    private void Check(string sql)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (sql.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("A statement cannot hold the character NUL; write it as chr(0).", nameof(sql));
        }
    }
}
