using System.Data.Common;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.AdoNet.Reading;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Connectors.AdoNet;

/// <summary>The statements of one run through a driver. Safe for concurrent use.</summary>
internal sealed class DriverSession(DriverTransport transport, SourceRun run, TimeProvider clock) : ISourceSession
{
    private readonly long _opened = clock.GetTimestamp();

    private TimeSpan Remaining => run.Remaining - clock.GetElapsedTime(_opened);

    /// <inheritdoc />
    public async Task<ISourceStatement> SubmitAsync(CompiledFragment fragment, CancellationToken cancellationToken)
    {
        var what = $"fragment {fragment.Fragment}";
        await transport.Slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        DbConnection? connection = null;
        DbCommand? command = null;
        StatementTimer? timer = null;
        var submission = SubmissionState.NotSubmitted;
        try
        {
            var time = TimeFor(what);
            var name = new DriverStatementName(run.RunId, fragment.Fragment, time);
            timer = new StatementTimer(time, clock, cancellationToken);
            connection = await transport.OpenAsync(name, timer).ConfigureAwait(false);
            submission = SubmissionState.Unknown;
            command = DriverTransport.CommandOf(connection, transport.Mark(fragment.Sql, name), time);
            var token = timer.Token;
            var asked = command;
            using var cancelling = token.UnsafeRegister(DriverTransport.Cancel, asked);
            var reader = await timer.OrAbandonAsync(Task.Run(() => asked.ExecuteReaderAsync(token), CancellationToken.None)).ConfigureAwait(false);
            submission = SubmissionState.Submitted;
            return new DriverStatement(transport, this, connection, command, reader, fragment, SchemaOf(fragment), ReadersOf(reader, fragment), timer);
        }
        catch (Exception thrown)
        {
            var (isOver, isAbandoned) = (timer is { IsOver: true }, timer is { IsAbandoned: true });
            timer?.Dispose();
            if (connection is not null)
            {
                if (submission == SubmissionState.Submitted)
                {
                    // Closing would read the rest of the rows first.
                    DriverTransport.Cancel(command);
                }

                await DriverTransport.LeaveAsync(connection, isAbandoned).ConfigureAwait(false);
            }

            transport.Slots.Release();
            cancellationToken.ThrowIfCancellationRequested();
            if (!DriverErrors.IsForeign(thrown))
            {
                throw;
            }

            throw Translate(thrown, isOver, submission, what);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The error for what the driver threw while a statement ran.</summary>
    internal SourceException Translate(Exception thrown, bool isOver, SubmissionState submission, string what)
    {
        var failure = new DriverFailure(thrown);
        if (!isOver && !DriverErrors.IsTimeout(failure))
        {
            return transport.Errors.Of(failure, Stage.Execute, submission, what);
        }

        return Remaining <= TimeSpan.Zero || transport.StatementTimeout is null ? transport.Errors.DeadlineMissed(submission, what, failure) : transport.Errors.StatementTimedOut(what, failure);
    }

    private TimeSpan TimeFor(string what)
    {
        var remaining = Remaining;
        return remaining <= TimeSpan.Zero
            ? throw transport.Errors.DeadlineMissed(SubmissionState.NotSubmitted, what)
            : transport.StatementTimeout is { } limit && limit < remaining ? limit : remaining;
    }

    private ColumnReader[] ReadersOf(DbDataReader reader, CompiledFragment fragment)
    {
        if (reader.FieldCount != fragment.Columns.Length || fragment.Columns.IsEmpty)
        {
            throw Mismatch(fragment, "has not as many columns as planned");
        }

        return
        [
            .. fragment.Columns.Select((column, i) => ColumnReaders.Find(reader.GetFieldType(i), reader.GetProviderSpecificFieldType(i), column.Storage)
                ?? throw Mismatch(fragment, $"yields {reader.GetFieldType(i).Name} for column '{column.Name}', from which {column.Storage.GetType().Name} cannot be read exactly")),
        ];
    }

    private SourceException Mismatch(CompiledFragment fragment, string what) => transport.Errors.Common.Make(
        "INT003",
        Stage.Execute,
        $"Fragment {fragment.Fragment} {what} through {transport.Errors.Common.Server}.",
        "If its table was not altered while the run was planned, the driver reports other types than the vendor's own interface: use another version of it, or the source without Driver.",
        submission: SubmissionState.Submitted);

    // Fields are named by position: names of columns may repeat.
    private static ArrowSchema SchemaOf(CompiledFragment fragment) =>
        new(fragment.Columns.Select((column, i) => new ArrowField(FormattableString.Invariant($"c{i}"), ColumnReaders.TypeOf(column.Storage))));
}
