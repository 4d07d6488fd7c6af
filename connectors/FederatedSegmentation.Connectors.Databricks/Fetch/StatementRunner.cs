using FederatedSegmentation.Connectors.Databricks.Api;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Databricks.Fetch;

/// <summary>Runs a statement to its end at the warehouse. Safe for concurrent use.</summary>
internal sealed class StatementRunner(DatabricksApi api, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>Submits a statement and waits until its result is stored. When that is cancelled, the statement has ended at the warehouse, or the warehouse had ten seconds to end it.</summary>
    /// <param name="statement">The session, the text and its names.</param>
    /// <param name="deadline">The time left, or null where none is set; a statement that the warehouse stops when none is left missed the deadline.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    internal async Task<StatementAnswer> RunAsync(StatementText statement, Func<TimeSpan>? deadline, CancellationToken cancellationToken)
    {
        var answer = await SubmitAsync(statement, cancellationToken).ConfigureAwait(false);
        try
        {
            var wait = FirstWait;
            while (answer.State is StatementState.Pending or StatementState.Running)
            {
                await Task.Delay(wait, clock, cancellationToken).ConfigureAwait(false);
                wait = wait * 1.5 < LongestWait ? wait * 1.5 : LongestWait;
                answer = await api.PollAsync(answer.Id, statement.What, statement.Stage, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await CancelAsync(answer.Id, statement).ConfigureAwait(false);
            throw;
        }

        return answer.State switch
        {
            StatementState.Succeeded => answer,
            StatementState.Failed when answer.ErrorCode == "57KD0" && deadline is not null && deadline() <= TimeSpan.Zero
                => throw DatabricksErrors.DeadlineMissed(api.Errors, statement.Stage, SubmissionState.Submitted, statement.What),
            StatementState.Failed => throw api.Errors.OfStatus(0, answer.ErrorCode, null, statement.Stage, SubmissionState.Submitted, statement.What),
            StatementState.Canceled => throw api.Errors.Make(
                SourceErrorCodes.StatementFailed, statement.Stage, $"{Capitalized(statement.What)} was stopped at {api.Errors.Server} by its operator.", "Ask why before running it again.", submission: SubmissionState.Submitted),
            _ => throw api.Errors.Make(
                SourceErrorCodes.Incomplete, statement.Stage, $"{api.Errors.Server} has thrown the result of {statement.What} away before it was fetched.", "Run it again.", isTransient: true, submission: SubmissionState.Submitted),
        };
    }

    /// <summary>An error's subject at the start of its sentence.</summary>
    internal static string Capitalized(string what) => what.Length == 0 ? what : char.ToUpperInvariant(what[0]) + what[1..];

    // What is cancelled before the service has answered may run all the same: its id is waited for, to cancel it by.
    private async Task<StatementAnswer> SubmitAsync(StatementText statement, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var abandon = new CancellationTokenSource();
        var submitting = api.SubmitAsync(statement.Session, statement.Sql, statement.Parameter, statement.RunId, statement.Fragment, statement.What, statement.Stage, abandon.Token);
        try
        {
            return await submitting.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            var timer = clock.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), abandon, Patience, Timeout.InfiniteTimeSpan);
            await using (timer.ConfigureAwait(false))
            {
                await ((Task)submitting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (submitting.IsCompletedSuccessfully)
                {
                    var accepted = await submitting.ConfigureAwait(false);
                    await CancelAsync(accepted.Id, statement).ConfigureAwait(false);
                }
            }

            throw;
        }
    }

    private async Task CancelAsync(string id, StatementText statement)
    {
        using var patience = new CancellationTokenSource();
        var timer = clock.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), patience, Patience, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
        {
            try
            {
                await api.CancelAsync(id, statement.What, statement.Stage, patience.Token).ConfigureAwait(false);
                while ((await api.PollAsync(id, statement.What, statement.Stage, patience.Token).ConfigureAwait(false)).State is StatementState.Pending or StatementState.Running)
                {
                    await Task.Delay(FirstWait, clock, patience.Token).ConfigureAwait(false);
                }
            }
            catch (Exception ended) when (ended is OperationCanceledException or SourceException)
            {
                // The service had its time, or cannot be reached: nothing more can be asked of it, and the caller is told of its own cancellation.
            }
        }
    }
}

/// <summary>A statement with what belongs to it.</summary>
/// <param name="Session">The session that it runs in, or null for none.</param>
/// <param name="Sql">Its text.</param>
/// <param name="RunId">The run, for the operator.</param>
/// <param name="Fragment">The fragment, for the operator.</param>
/// <param name="What">What it is, to be read inside a sentence.</param>
/// <param name="Stage">The stage that errors name.</param>
internal sealed record StatementText(string? Session, string Sql, string RunId, string Fragment, string What, Stage Stage)
{
    /// <summary>The text that a parameter of the statement stands for; null where it names none.</summary>
    internal (string Name, string Value)? Parameter { get; init; }
}
