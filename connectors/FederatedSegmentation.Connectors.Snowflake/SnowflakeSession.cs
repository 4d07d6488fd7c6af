using System.Collections.Immutable;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Connectors.Keys;
using FederatedSegmentation.Connectors.Snowflake.Decoding;
using FederatedSegmentation.Connectors.Snowflake.Protocol;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Connectors.Snowflake;

/// <summary>
/// The statements of one run. Each sees what is committed when it starts: the SQL API has no session, so there is no snapshot for several of them.
/// Safe for concurrent use.
/// </summary>
internal sealed class SnowflakeSession(SnowflakeClient client, SnowflakeOptions options, SemaphoreSlim slots, ByteBudget budget, SourceRun run, TimeProvider clock) : ISourceSession
{
    // Snowflake counts whole seconds, and starts counting a moment after we do.
    private static readonly TimeSpan TimeoutTolerance = TimeSpan.FromSeconds(1);

    private readonly long _opened = clock.GetTimestamp();

    private TimeSpan Remaining => run.Remaining - clock.GetElapsedTime(_opened);

    /// <inheritdoc />
    public async Task<ISourceStatement> SubmitAsync(CompiledFragment fragment, CancellationToken cancellationToken)
    {
        var what = $"fragment {fragment.Fragment}";
        await slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var remaining = Remaining;
            if (remaining <= TimeSpan.Zero)
            {
                throw DeadlineMissed(what, SubmissionState.NotSubmitted, null);
            }

            var time = options.StatementTimeout is { } limit && limit < remaining ? limit : remaining;
            var keys = fragment.Keys is { Passage: KeyPassage.Array } sent ? SentKeys.JsonOf(sent.Keys) : null;
            var handle = await client.SubmitAsync(fragment.Sql, keys, $"fedseg {run.RunId} {fragment.Fragment}", time, what, Stage.Execute, cancellationToken).ConfigureAwait(false);
            return new SnowflakeStatement(client, options, slots, budget, fragment, handle, SchemaOf(fragment), Translate);
        }
        catch (SourceException failure)
        {
            slots.Release();
            throw Translate(failure, what);
        }
        catch
        {
            slots.Release();
            throw;
        }
    }

    /// <summary>Runs a statement for a table of keys to its end.</summary>
    internal async Task ExecuteAsync(KeyTableStatement statement, CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // What is dropped when no time is left is dropped all the same.
            var time = Remaining is var left && left > TimeoutTolerance ? left : TimeoutTolerance;
            var keys = statement.Keys is { } sent ? SentKeys.JsonOf(sent.Keys) : null;
            var handle = await client.SubmitAsync(statement.Sql, keys, $"fedseg {run.RunId} {statement.Fragment}", time, statement.What, Stage.Execute, cancellationToken).ConfigureAwait(false);
            try
            {
                var (body, _, _) = await client.WaitAsync(handle, statement.What, Stage.Execute, cancellationToken).ConfigureAwait(false);
                body.Dispose();
            }
            catch (OperationCanceledException)
            {
                await client.CancelAsync(handle, statement.What).ConfigureAwait(false);
                throw;
            }
        }
        catch (SourceException failure)
        {
            throw Translate(failure, statement.What);
        }
        finally
        {
            slots.Release();
        }
    }

    /// <summary>Nothing is kept at the source.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // A statement that was stopped at its timeout is a missed deadline or a reached limit.
    private SourceException Translate(SourceException failure, string what)
    {
        if (failure.NativeCode != SnowflakeErrors.TimedOut)
        {
            return failure;
        }

        return Remaining <= TimeoutTolerance || options.StatementTimeout is null
            ? DeadlineMissed(what, SubmissionState.Submitted, failure)
            : client.Errors.Make(
                SourceErrorCodes.StatementTimeout,
                Stage.Execute,
                $"Fragment {what["fragment ".Length..]} took longer at {client.Errors.Server} than its StatementTimeout; it was stopped.",
                "Raise Limits:StatementTimeout of the source, or ask for less.",
                submission: SubmissionState.Submitted,
                nativeCode: failure.NativeCode,
                inner: failure);
    }

    private SourceException DeadlineMissed(string what, SubmissionState submission, SourceException? inner) => client.Errors.Make(
        SourceErrorCodes.DeadlineMissed,
        Stage.Execute,
        $"The deadline passed while {what} ran at {client.Errors.Server}; the statement was stopped.",
        "Give it more time with --deadline, or ask for less.",
        submission: submission,
        nativeCode: inner?.NativeCode,
        inner: inner);

    // Fields are named by position: names of columns may repeat.
    private static ArrowSchema SchemaOf(CompiledFragment fragment) =>
        new(fragment.Columns.Select((column, i) => new ArrowField(FormattableString.Invariant($"c{i}"), CellDecoders.TypeOf(column.Storage))));
}
