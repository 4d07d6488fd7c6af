using FederatedSegmentation.Model.Errors;
using Microsoft.Data.SqlClient;

namespace FederatedSegmentation.Connectors.Fabric;

/// <summary>What the statements of one run share: connections, the limit of statements at once, the deadline. Safe for concurrent use.</summary>
internal sealed class FabricStatementContext(FabricConnections connections, FabricErrors errors, FabricOptions options, SemaphoreSlim slots, SourceRun run, TimeProvider clock)
{
    private const int LongestLabel = 255;

    private static readonly TimeSpan LittleTime = TimeSpan.FromSeconds(5);

    private readonly long _opened = clock.GetTimestamp();

    internal FabricConnections Connections => connections;

    internal FabricErrors Errors => errors;

    internal SemaphoreSlim Slots => slots;

    internal TimeProvider Clock => clock;

    /// <summary>The time that a statement may take now.</summary>
    /// <exception cref="SourceException">None is left (SLA001).</exception>
    internal TimeSpan TimeFor(string what)
    {
        var remaining = Remaining;
        return remaining <= TimeSpan.Zero
            ? throw errors.DeadlineMissed(Stage.Execute, SubmissionState.NotSubmitted, what)
            : options.StatementTimeout is { } limit && limit < remaining ? limit : remaining;
    }

    /// <summary>The time that a statement for a table of keys may take: what is dropped when no time is left is dropped all the same.</summary>
    internal TimeSpan TimeOrLittle() => Remaining is var left && left > LittleTime ? left : LittleTime;

    /// <summary>The option by which the warehouse's operator finds the statement in <c>queryinsights.exec_requests_history</c>.</summary>
    internal string LabelOf(string fragment) => $"OPTION (LABEL = '{Printable($"fedseg {run.RunId} {fragment}")}')";

    /// <summary>The error of a statement that was stopped because its time was over: a missed deadline or a reached limit.</summary>
    internal SourceException TimedOut(SubmissionState submission, string what, Exception? inner) => Remaining <= TimeSpan.Zero
        ? errors.DeadlineMissed(Stage.Execute, submission, what, inner)
        : errors.StatementTimedOut(Stage.Execute, what, inner);

    /// <summary>The error for what the driver threw.</summary>
    internal SourceException Translate(Exception failure, SubmissionState submission, string what) => errors.Of(failure, Stage.Execute, submission, what);

    /// <summary>How far a statement got that failed so: an answer of the server says that it was refused, anything else leaves it open.</summary>
    internal static SubmissionState StateOf(Exception failure) => failure is SqlException { Class: > 0 and < 20, Number: > 0 } ? SubmissionState.Submitted : SubmissionState.Unknown;

    private TimeSpan Remaining => run.Remaining - clock.GetElapsedTime(_opened);

    private static string Printable(string text) => new([.. text.Where(character => char.IsAsciiLetterOrDigit(character) || character is ' ' or '-' or '_' or '.' or ':').Take(LongestLabel)]);
}
