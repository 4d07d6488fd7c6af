using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.Postgres.Copy;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Sql;
using Npgsql;

namespace FederatedSegmentation.Connectors.Postgres;

/// <summary>A running <c>COPY … TO STDOUT (FORMAT binary)</c>, read into columnar batches as fast as its reader takes them: nothing is read ahead of it.</summary>
internal sealed class PostgresStatement : ISourceStatement
{
    private const int MaxBatchRows = 65536;
    private const int MaxBatchBytes = 8 << 20;

    private readonly PostgresStatementContext _context;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlRawCopyStream _stream;
    private readonly CompiledFragment _fragment;
    private readonly CopyRowReader _rows;
    private readonly ServerCancellation _cancellation;
    private readonly long _started;
    private readonly CopyBuffer _buffer = new();
    private int _fetched;
    private int _closed;

    internal PostgresStatement(
        PostgresStatementContext context,
        NpgsqlConnection connection,
        NpgsqlRawCopyStream stream,
        CompiledFragment fragment,
        ArrowSchema schema,
        ImmutableArray<ColumnDecoder> decoders,
        long started)
    {
        _context = context;
        _connection = connection;
        _stream = stream;
        _fragment = fragment;
        _started = started;
        Schema = schema;
        _rows = new CopyRowReader(decoders);
        _cancellation = new ServerCancellation(stream, context.Clock);
        WhyNot = [.. decoders.Select(decoder => decoder.WhyNot)];
    }

    /// <inheritdoc />
    public ArrowSchema Schema { get; }

    private ImmutableArray<string> WhyNot { get; }

    private string What => $"fragment {_fragment.Fragment}";

    /// <inheritdoc />
    public IAsyncEnumerable<RecordBatch> FetchAsync(CancellationToken cancellationToken) => Interlocked.Exchange(ref _fetched, 1) == 0
        ? ReadAsync(cancellationToken)
        : throw new InvalidOperationException("A result can be read once.");

    /// <summary>Cancels what is still running and gives the connection back.</summary>
    public ValueTask DisposeAsync() => CloseAsync();

    private async IAsyncEnumerable<RecordBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var builder = new RecordBatchBuilder(Schema);
        var registration = cancellationToken.UnsafeRegister(static state => ((ServerCancellation)state!).Request(), _cancellation);
        await using var unregister = registration.ConfigureAwait(false);
        try
        {
            for (var ended = false; !ended;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ended = !await FillAsync(cancellationToken).ConfigureAwait(false);
                while (Decode(builder))
                {
                    if (_rows.HasMisfits)
                    {
                        // What follows is only counted.
                        builder.Dispose();
                    }
                    else if (builder.RowCount >= MaxBatchRows || builder.ByteSize >= MaxBatchBytes)
                    {
                        yield return Build(builder);
                        cancellationToken.ThrowIfCancellationRequested();
                    }
                }
            }

            CheckComplete();
            await CloseAsync().ConfigureAwait(false);
            if (builder.RowCount > 0)
            {
                yield return Build(builder);
            }
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    // Reads until there is a good deal to decode. False at the end of the result.
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _buffer.FillAsync(_stream, _cancellation.Abandon).ConfigureAwait(false);
        }
        catch (Exception failure) when (PostgresErrors.IsForeign(failure) || failure is OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw _context.Translate(failure, SubmissionState.Submitted, What, _started);
        }
    }

    // True while it makes progress.
    private bool Decode(RecordBatchBuilder builder)
    {
        try
        {
            var read = _rows.Read(_buffer.Unread, builder, MaxBatchRows);
            _buffer.Skip(read);
            return read > 0;
        }
        catch (MalformedCopyException malformed)
        {
            throw Incomplete($"is malformed: {malformed.Message}");
        }
    }

    private void CheckComplete()
    {
        if (!_rows.IsComplete || !_buffer.Unread.IsEmpty)
        {
            throw Incomplete("ended before its trailer");
        }

        for (var i = 0; i < _rows.Misfits.Length; i++)
        {
            if (_rows.Misfits[i] is var count and > 0)
            {
                throw _context.Errors.Make(
                    SourceErrorCodes.ValueDoesNotFit,
                    Stage.Execute,
                    string.Create(CultureInfo.InvariantCulture, $"Column '{_fragment.Columns[i].Name}' of {What} has {count:N0} {(count == 1 ? "value" : "values")} that {WhyNot[i]}."),
                    "Correct the data, or exclude such rows by a view.",
                    submission: SubmissionState.Submitted);
            }
        }
    }

    private RecordBatch Build(RecordBatchBuilder builder)
    {
        try
        {
            return builder.Build();
        }
        catch (ArrowFormatException invalid)
        {
            // The only check that a batch fails by what a server without an encoding (SQL_ASCII) holds. The field's name is its position.
            var column = _fragment.Columns.Where((_, i) => invalid.Message.Contains($"'{Schema.Fields[i].Name}'", StringComparison.Ordinal)).Select(column => $"Column '{column.Name}'").FirstOrDefault("A column");
            throw _context.Errors.Make(
                SourceErrorCodes.ValueDoesNotFit,
                Stage.Execute,
                $"{column} of {What} holds text that is not UTF-8.",
                "Correct the data; a database with the encoding SQL_ASCII does not check what it stores.",
                submission: SubmissionState.Submitted);
        }
    }

    private SourceException Incomplete(string how) => _context.Errors.Make(
        SourceErrorCodes.Incomplete,
        Stage.Execute,
        $"The result of {What} {how}.",
        "Run it again; if it happens again, look for a proxy between the gateway and the server.",
        isTransient: true,
        submission: SubmissionState.Submitted);

    private async ValueTask CloseAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        try
        {
            if (!_buffer.IsAtEnd)
            {
                _cancellation.Request();
                await DrainAsync().ConfigureAwait(false);
            }

            await _cancellation.SettleAsync().ConfigureAwait(false);
            await _stream.DisposeAsync().ConfigureAwait(false);
            await SessionSettings.EndAsync(_connection, _context.Clock).ConfigureAwait(false);
            await _connection.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _cancellation.Dispose();
            _context.Slots.Release();
        }
    }

    // Waits for the statement's end at the server; what still arrives is thrown away.
    private async ValueTask DrainAsync()
    {
        try
        {
            do
            {
                _buffer.Clear();
            }
            while (await _buffer.FillAsync(_stream, _cancellation.Abandon).ConfigureAwait(false));
        }
        catch (Exception ended) when (PostgresErrors.IsForeign(ended) || ended is OperationCanceledException or ObjectDisposedException)
        {
            // Cancelled, as asked; or the statement had failed before, and its reader knows why.
        }
    }
}
