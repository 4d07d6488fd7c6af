using System.Collections.Immutable;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.Databricks.Api;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Connectors.Keys;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Fragments;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Connectors.Databricks.Fetch;

/// <summary>What the statements of a source share. Safe for concurrent use.</summary>
/// <param name="Api">The requests.</param>
/// <param name="Runner">Runs statements.</param>
/// <param name="Fetch">Fetches results.</param>
/// <param name="Slots">How many statements may run at once.</param>
/// <param name="Clock">The clock of deadlines.</param>
internal sealed record StatementContext(DatabricksApi Api, StatementRunner Runner, ResultFetch Fetch, SemaphoreSlim Slots, TimeProvider Clock)
{
    internal HttpErrors Errors => Api.Errors;
}

/// <summary>
/// A session of the warehouse: UTC, ANSI mode, a limit on every statement. The service has no view of the data that several statements share: each reads the
/// tables as they are when it starts.
/// </summary>
internal sealed class DatabricksSession : ISourceSession
{
    private readonly StatementContext _context;
    private readonly SourceRun _run;
    private readonly string _session;
    private readonly long _opened;
    private int _disposed;

    private DatabricksSession(StatementContext context, SourceRun run, string session, long opened)
    {
        _context = context;
        _run = run;
        _session = session;
        _opened = opened;
    }

    private TimeSpan Remaining => _run.Remaining - _context.Clock.GetElapsedTime(_opened);

    internal static async Task<DatabricksSession> OpenAsync(StatementContext context, SourceRun run, CancellationToken cancellationToken)
    {
        const string What = "the session of a run";
        var opened = context.Clock.GetTimestamp();
        if (run.Remaining <= TimeSpan.Zero)
        {
            throw DatabricksErrors.DeadlineMissed(context.Errors, Stage.Execute, SubmissionState.NotSubmitted, What);
        }

        var limit = context.Api.Options.StatementTimeout is { } longest && longest < run.Remaining ? longest : run.Remaining;
        var session = await context.Api.OpenSessionAsync(run.RunId, limit, What, Stage.Execute, cancellationToken).ConfigureAwait(false);
        return new DatabricksSession(context, run, session, opened);
    }

    /// <inheritdoc />
    public async Task<ISourceStatement> SubmitAsync(CompiledFragment fragment, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        var what = $"fragment {fragment.Fragment}";
        await _context.Slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Remaining <= TimeSpan.Zero)
            {
                throw DatabricksErrors.DeadlineMissed(_context.Errors, Stage.Execute, SubmissionState.NotSubmitted, what);
            }

            var text = new StatementText(_session, fragment.Sql, _run.RunId, fragment.Fragment, what, Stage.Execute)
            {
                Parameter = fragment.Keys is { Passage: KeyPassage.Array } keys ? (keys.Name, SentKeys.JsonOf(keys.Keys)) : null,
            };
            var answer = await _context.Runner.RunAsync(text, () => Remaining, cancellationToken).ConfigureAwait(false);
            return new Statement(_context, answer, SchemaOf(fragment, answer.Manifest!), what);
        }
        finally
        {
            // The statement has ended at the warehouse; its result waits in the storage.
            _context.Slots.Release();
        }
    }

    /// <summary>Runs a statement for a table of keys to its end.</summary>
    internal async Task ExecuteAsync(KeyTableStatement statement, CancellationToken cancellationToken)
    {
        await _context.Slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var text = new StatementText(_session, statement.Sql, _run.RunId, statement.Fragment, statement.What, Stage.Execute)
            {
                Parameter = statement.Keys is { } keys ? (keys.Name, SentKeys.JsonOf(keys.Keys)) : null,
            };
            await _context.Runner.RunAsync(text, () => Remaining, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _context.Slots.Release();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), _context.Clock);
        try
        {
            await _context.Api.CloseSessionAsync(_session, patience.Token).ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is SourceException or OperationCanceledException)
        {
            // A session that is not closed ends by itself; whatever the run came to does not depend on it.
        }
    }

    private ArrowSchema SchemaOf(CompiledFragment fragment, ResultManifest manifest)
    {
        if (manifest.Format != "ARROW_STREAM" || manifest.IsCompressed || manifest.Columns.Length != fragment.Columns.Length || fragment.Columns.IsEmpty)
        {
            throw Mismatch(fragment, "does not come in the columns and the form that were asked for");
        }

        // Fields are named by position: names of columns may repeat.
        return new ArrowSchema(fragment.Columns.Select((column, i) => new ArrowField(
            FormattableString.Invariant($"c{i}"),
            DatabricksTypes.ArrowOf(manifest.Columns[i], column.Storage) ?? throw Mismatch(fragment, $"yields another type for column '{column.Name}' than {column.Storage.GetType().Name}"))));
    }

    private SourceException Mismatch(CompiledFragment fragment, string how) => _context.Errors.Make(
        "INT003",
        Stage.Execute,
        $"Fragment {fragment.Fragment} {how}.",
        "If its table was not altered while the run was planned, this is a defect of the gateway; please report it with the output of explain.",
        submission: SubmissionState.Submitted);

    // A statement that has ended, whose result waits.
    private sealed class Statement(StatementContext context, StatementAnswer answer, ArrowSchema schema, string what) : ISourceStatement
    {
        private int _fetched;

        public ArrowSchema Schema => schema;

        public IAsyncEnumerable<RecordBatch> FetchAsync(CancellationToken cancellationToken) => Interlocked.Exchange(ref _fetched, 1) == 0
            ? context.Fetch.FetchAsync(answer, schema, what, Stage.Execute, cancellationToken)
            : throw new InvalidOperationException("A result can be read once.");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
