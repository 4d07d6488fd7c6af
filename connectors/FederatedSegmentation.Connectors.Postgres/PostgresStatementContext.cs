using FederatedSegmentation.Model.Errors;
using Npgsql;

namespace FederatedSegmentation.Connectors.Postgres;

/// <summary>What the statements of one run share: connections, the limit of statements at once, the deadline. Safe for concurrent use.</summary>
internal sealed class PostgresStatementContext(PostgresConnections connections, PostgresErrors errors, PostgresOptions options, SemaphoreSlim slots, SourceRun run, TimeProvider clock)
{
    // The server counts whole milliseconds, and starts counting a moment after we do.
    private static readonly TimeSpan TimeoutTolerance = TimeSpan.FromMilliseconds(20);

    private readonly long _opened = clock.GetTimestamp();

    internal PostgresConnections Connections => connections;

    internal PostgresErrors Errors => errors;

    internal PostgresOptions Options => options;

    internal SemaphoreSlim Slots => slots;

    internal TimeProvider Clock => clock;

    /// <summary>The time left.</summary>
    /// <exception cref="SourceException">None is left (SLA001).</exception>
    internal TimeSpan RemainingOrThrow(string what) => Remaining is var left && left > TimeSpan.Zero
        ? left
        : throw errors.DeadlineMissed(Stage.Execute, SubmissionState.NotSubmitted, what);

    /// <summary>What the server's operator sees in <c>pg_stat_activity</c>.</summary>
    internal string ApplicationName(string? fragment) => fragment is null ? $"fedseg {run.RunId}" : $"fedseg {run.RunId} {fragment}";

    /// <summary>The error for what the driver threw; a statement that the server stopped at its timeout is a missed deadline or a reached limit.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="submission">How far the statement got.</param>
    /// <param name="what">What was being done.</param>
    /// <param name="started">When the statement started, by the clock.</param>
    internal SourceException Translate(Exception failure, SubmissionState submission, string what, long started)
    {
        if (failure is not PostgresException { SqlState: SqlStateTable.QueryCanceled })
        {
            return errors.Of(failure, Stage.Execute, submission, what);
        }

        if (Remaining <= TimeoutTolerance)
        {
            return errors.DeadlineMissed(Stage.Execute, submission, what, failure);
        }

        return options.StatementTimeout is { } limit && clock.GetElapsedTime(started) >= limit - TimeoutTolerance
            ? errors.StatementTimedOut(Stage.Execute, what, failure)
            : errors.Of(failure, Stage.Execute, submission, what);
    }

    private TimeSpan Remaining => run.Remaining - clock.GetElapsedTime(_opened);
}
