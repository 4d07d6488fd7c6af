using FederatedSegmentation.Connectors.BigQuery.Rest;
using FederatedSegmentation.Connectors.BigQuery.Storage;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.BigQuery;

/// <summary>What the statements of one run share. Safe for concurrent use.</summary>
internal sealed class StatementContext(BigQueryApi api, StorageApi? storage, BigQueryErrors errors, BigQueryOptions options, SemaphoreSlim slots, SourceRun run, TimeProvider clock)
{
    private static readonly TimeSpan LittleTime = TimeSpan.FromSeconds(5);

    private readonly long _opened = clock.GetTimestamp();

    internal BigQueryApi Api => api;

    internal StorageApi? Storage => storage;

    internal BigQueryErrors Errors => errors;

    internal BigQueryOptions Options => options;

    internal SemaphoreSlim Slots => slots;

    internal TimeProvider Clock => clock;

    internal string RunId => run.RunId;

    /// <summary>The time that a statement may take, and whether that is all the run has left.</summary>
    /// <exception cref="SourceException">None is left (SLA001).</exception>
    internal (TimeSpan Time, bool IsDeadline) TimeOrThrow(string what)
    {
        var left = run.Remaining - clock.GetElapsedTime(_opened);
        if (left <= TimeSpan.Zero)
        {
            throw errors.Make(SourceErrorCodes.DeadlineMissed, Stage.Execute, $"The deadline passed before {what} could be sent.", "Give it more time with --deadline, or ask for less.");
        }

        return options.StatementTimeout is { } limit && limit < left ? (limit, false) : (left, true);
    }

    /// <summary>The time that a statement for a table of keys may take: what is dropped when no time is left is dropped all the same.</summary>
    internal (TimeSpan Time, bool IsDeadline) TimeOrLittle() => (run.Remaining - clock.GetElapsedTime(_opened) is var left && left > LittleTime ? left : LittleTime, true);

    /// <summary>The error for a job that BigQuery stopped at its time limit.</summary>
    internal SourceException TimedOut(string what, bool isDeadline) => isDeadline
        ? errors.Make(SourceErrorCodes.DeadlineMissed, Stage.Execute, $"The deadline passed while {what} ran; BigQuery stopped it.", "Give it more time with --deadline, or ask for less.", SubmissionState.Submitted)
        : errors.Make(SourceErrorCodes.StatementTimeout, Stage.Execute, $"{BigQueryErrors.Capitalized(what)} took longer than the source's StatementTimeout; BigQuery stopped it.", "Raise Limits:StatementTimeout of the source, or ask for less.", SubmissionState.Submitted);
}
