using System.Collections.Immutable;
using System.Data;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.Postgres.Copy;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Sql;
using Npgsql;

namespace FederatedSegmentation.Connectors.Postgres;

/// <summary>
/// One exported snapshot. A holder keeps it in an open transaction; every statement has a connection of its own that reads the same snapshot, so that
/// all fragments of a run see one state of the database.
/// </summary>
internal sealed class PostgresSession : ISourceSession
{
    private readonly PostgresStatementContext _context;
    private readonly NpgsqlConnection _holder;
    private readonly string _snapshot;
    private int _disposed;

    private PostgresSession(PostgresStatementContext context, NpgsqlConnection holder, string snapshot)
    {
        _context = context;
        _holder = holder;
        _snapshot = snapshot;
    }

    /// <summary>Opens the holder and exports its snapshot.</summary>
    internal static async Task<ISourceSession> OpenAsync(PostgresStatementContext context, CancellationToken cancellationToken)
    {
        var started = context.Clock.GetTimestamp();
        var remaining = context.RemainingOrThrow("the run's snapshot");
        NpgsqlConnection? holder = null;
        try
        {
            holder = await context.Connections.OpenAsync(cancellationToken).ConfigureAwait(false);
            var snapshot = await ExportAsync(holder, context, remaining, cancellationToken).ConfigureAwait(false);
            return new PostgresSession(context, holder, snapshot);
        }
        catch (Exception failure)
        {
            if (holder is not null)
            {
                await holder.DisposeAsync().ConfigureAwait(false);
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (failure is PostgresException { SqlState: "0A000" or "55000" or "25001" or "25006" } refused)
            {
                throw context.Errors.Make(
                    SourceErrorCodes.SnapshotUnavailable,
                    Stage.Execute,
                    "The server does not export its snapshot, so that several statements would not see the same data.",
                    "Use PostgreSQL 12 or later, and a connection that is not behind a statement-pooling proxy.",
                    state: refused.SqlState);
            }

            if (!PostgresErrors.IsForeign(failure))
            {
                throw;
            }

            throw context.Translate(failure, SubmissionState.NotSubmitted, "the run's snapshot", started);
        }
    }

    /// <inheritdoc />
    public async Task<ISourceStatement> SubmitAsync(CompiledFragment fragment, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        var what = $"fragment {fragment.Fragment}";
        await _context.Slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        var started = _context.Clock.GetTimestamp();
        NpgsqlConnection? connection = null;
        var submission = SubmissionState.NotSubmitted;
        try
        {
            var remaining = _context.RemainingOrThrow(what);
            connection = await _context.Connections.OpenAsync(cancellationToken).ConfigureAwait(false);
            var decoders = await PrepareAsync(connection, fragment, remaining, cancellationToken).ConfigureAwait(false);
            submission = SubmissionState.Unknown;
            var stream = await StartingCopy.BeginAsync(connection, $"COPY ({fragment.Sql}\n) TO STDOUT (FORMAT binary)", _context, cancellationToken).ConfigureAwait(false);
            return new PostgresStatement(_context, connection, stream, fragment, SchemaOf(fragment), decoders, started);
        }
        catch (Exception failure)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            _context.Slots.Release();
            cancellationToken.ThrowIfCancellationRequested();
            if (!PostgresErrors.IsForeign(failure))
            {
                throw;
            }

            // An answer of the server says that the statement was refused; anything else leaves it open.
            throw _context.Translate(failure, failure is PostgresException ? SubmissionState.Submitted : submission, what, started);
        }
    }

    /// <summary>Gives the snapshot back. Statements that still run end by themselves.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await SessionSettings.EndAsync(_holder, _context.Clock).ConfigureAwait(false);
        await _holder.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<string> ExportAsync(NpgsqlConnection holder, PostgresStatementContext context, TimeSpan remaining, CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(holder);
        await using var disposing = batch.ConfigureAwait(false);
        foreach (var statement in SessionSettings.Begin(null, remaining, context.ApplicationName(null), context.Options.Schema))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT pg_catalog.pg_export_snapshot()"));
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        // The first result is that of the settings.
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return reader.GetString(0);
    }

    // Begins the transaction and has the statement parsed, not run: it is one statement, and its columns have the types that the fragment says.
    private async Task<ImmutableArray<ColumnDecoder>> PrepareAsync(NpgsqlConnection connection, CompiledFragment fragment, TimeSpan remaining, CancellationToken cancellationToken)
    {
        var time = _context.Options.StatementTimeout is { } limit && limit < remaining ? limit : remaining;
        var begin = new NpgsqlBatch(connection);
        await using (begin.ConfigureAwait(false))
        {
            foreach (var statement in SessionSettings.Begin(_snapshot, time, _context.ApplicationName(fragment.Fragment), _context.Options.Schema))
            {
                begin.BatchCommands.Add(new NpgsqlBatchCommand(statement));
            }

            await begin.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        // A batch takes exactly one statement for each command.
        var parse = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand(fragment.Sql) } };
        await using var disposing = parse.ConfigureAwait(false);
        var description = await parse.ExecuteReaderAsync(CommandBehavior.SchemaOnly, cancellationToken).ConfigureAwait(false);
        await using var closing = description.ConfigureAwait(false);
        if (description.FieldCount != fragment.Columns.Length || fragment.Columns.IsEmpty)
        {
            throw Mismatch(fragment, "has not as many columns as planned");
        }

        return
        [
            .. fragment.Columns.Select((column, i) => ColumnDecoders.Find(description.GetDataTypeOID(i), column.Storage)
                ?? throw Mismatch(fragment, $"yields {description.GetDataTypeName(i)} for column '{column.Name}', planned as {column.Storage.GetType().Name}")),
        ];
    }

    private SourceException Mismatch(CompiledFragment fragment, string what) => _context.Errors.Make(
        "INT003",
        Stage.Execute,
        $"Fragment {fragment.Fragment} {what}.",
        "If its table was not altered while the run was planned, this is a defect of the gateway; please report it with the output of explain.",
        submission: SubmissionState.Submitted);

    // Fields are named by position: names of columns may repeat.
    private static ArrowSchema SchemaOf(CompiledFragment fragment) =>
        new(fragment.Columns.Select((column, i) => new ArrowField(FormattableString.Invariant($"c{i}"), ColumnDecoders.TypeOf(column.Storage))));
}
