using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.AdoNet.Reading;
using FederatedSegmentation.Connectors.Keys;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Sql;
using Microsoft.Data.SqlClient;

namespace FederatedSegmentation.Connectors.Fabric;

/// <summary>
/// The statements of one run. Each sees a snapshot of its own: Fabric's snapshots belong to a connection, and statements of a run have one each.
/// </summary>
internal sealed class FabricSession(FabricStatementContext context) : ISourceSession
{
    /// <inheritdoc />
    public async Task<ISourceStatement> SubmitAsync(CompiledFragment fragment, CancellationToken cancellationToken)
    {
        var what = $"fragment {fragment.Fragment}";
        await context.Slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        SqlConnection? connection = null;
        StatementTimer? timer = null;
        var submission = SubmissionState.NotSubmitted;
        try
        {
            timer = new StatementTimer(context.TimeFor(what), context.Clock, cancellationToken);
            connection = await timer.OrAbandonAsync(context.Connections.OpenAsync(timer.Token).AsTask()).ConfigureAwait(false);
            submission = SubmissionState.Unknown;
            var command = new SqlCommand($"{fragment.Sql}\n{context.LabelOf(fragment.Fragment)}", connection) { CommandTimeout = 0 };
            var counted = new StatementCount();
            command.StatementCompleted += counted.OnCompleted;
            var reader = await timer.OrAbandonAsync(command.ExecuteReaderAsync(timer.Token)).ConfigureAwait(false);
            var readers = ReadersOf(reader, fragment);
            return new FabricStatement(context, connection, command, reader, fragment, SchemaOf(fragment), readers, counted, timer);
        }
        catch (Exception failure)
        {
            var isOver = timer is { IsOver: true };
            var isAbandoned = timer is { IsAbandoned: true };
            timer?.Dispose();
            if (connection is not null)
            {
                await StatementTimer.LeaveAsync(connection, isAbandoned).ConfigureAwait(false);
            }

            context.Slots.Release();
            cancellationToken.ThrowIfCancellationRequested();
            if (isOver && (FabricErrors.IsForeign(failure) || failure is OperationCanceledException))
            {
                throw context.TimedOut(submission, what, failure);
            }

            if (!FabricErrors.IsForeign(failure))
            {
                throw;
            }

            throw context.Translate(failure, submission == SubmissionState.NotSubmitted ? submission : FabricStatementContext.StateOf(failure), what);
        }
    }

    /// <summary>Runs a statement for a table of keys to its end.</summary>
    internal async Task ExecuteAsync(KeyTableStatement statement, CancellationToken cancellationToken)
    {
        await context.Slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var timer = new StatementTimer(context.TimeOrLittle(), context.Clock, cancellationToken);
        var submission = SubmissionState.NotSubmitted;
        try
        {
            var connection = await timer.OrAbandonAsync(context.Connections.OpenAsync(timer.Token).AsTask()).ConfigureAwait(false);
            try
            {
                submission = SubmissionState.Unknown;
                var command = new SqlCommand(statement.Sql, connection) { CommandTimeout = 0 };
                await using (command.ConfigureAwait(false))
                {
                    await timer.OrAbandonAsync(command.ExecuteNonQueryAsync(timer.Token)).ConfigureAwait(false);
                }
            }
            finally
            {
                await StatementTimer.LeaveAsync(connection, timer.IsAbandoned).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (FabricErrors.IsForeign(failure) || failure is OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw timer.IsOver
                ? context.TimedOut(submission, statement.What, failure)
                : context.Translate(failure, submission == SubmissionState.NotSubmitted ? submission : FabricStatementContext.StateOf(failure), statement.What);
        }
        finally
        {
            context.Slots.Release();
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ColumnReader[] ReadersOf(SqlDataReader reader, CompiledFragment fragment)
    {
        if (reader.FieldCount != fragment.Columns.Length || fragment.Columns.IsEmpty)
        {
            throw Mismatch(fragment, "has not as many columns as planned");
        }

        return
        [
            .. fragment.Columns.Select((column, i) => FabricReaders.Find(reader, i, column.Storage)
                ?? throw Mismatch(fragment, $"yields {reader.GetDataTypeName(i)} for column '{column.Name}', planned as {column.Storage.GetType().Name}")),
        ];
    }

    private SourceException Mismatch(CompiledFragment fragment, string what) => context.Errors.Make(
        "INT003",
        Stage.Execute,
        $"Fragment {fragment.Fragment} {what}.",
        "If its table was not altered while the run was planned, this is a defect of the gateway; please report it with the output of explain.",
        submission: SubmissionState.Submitted);

    // Fields are named by position: names of columns may repeat.
    private static ArrowSchema SchemaOf(CompiledFragment fragment) =>
        new(fragment.Columns.Select((column, i) => new ArrowField(FormattableString.Invariant($"c{i}"), ColumnReaders.TypeOf(column.Storage))));
}

/// <summary>How many rows the server says that it has sent.</summary>
internal sealed class StatementCount
{
    /// <summary>The count of the last result, or null where the server told none.</summary>
    internal long? Rows { get; private set; }

    internal void OnCompleted(object sender, System.Data.StatementCompletedEventArgs completed) => Rows = completed.RecordCount;
}
