using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.BigQuery.Catalog;
using FederatedSegmentation.Connectors.BigQuery.Rest;
using FederatedSegmentation.Connectors.BigQuery.Storage;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Connectors.BigQuery;

/// <summary>
/// A running query. A small result comes with the answer that says that the job is done; a greater one by the Storage Read API, from the table in which
/// BigQuery keeps it, or page by page where that API is not used.
/// </summary>
internal sealed class BigQueryStatement : ISourceStatement
{
    private const int MaxBatchRows = 65536;
    private const int MaxBatchBytes = 8 << 20;

    private readonly StatementContext _context;
    private readonly QueryJob _job;
    private readonly CompiledFragment _fragment;
    private readonly ImmutableArray<StorageType> _storages;
    private int _fetched;
    private int _closed;

    internal BigQueryStatement(StatementContext context, QueryJob job, CompiledFragment fragment)
    {
        _context = context;
        _job = job;
        _fragment = fragment;
        _storages = [.. fragment.Columns.Select(column => column.Storage)];
        // Fields are named by position: names of columns may repeat.
        Schema = new ArrowSchema(_storages.Select((storage, i) => new ArrowField(FormattableString.Invariant($"c{i}"), BigQueryTypes.ArrowOf(storage))));
    }

    /// <inheritdoc />
    public ArrowSchema Schema { get; }

    /// <inheritdoc />
    public IAsyncEnumerable<RecordBatch> FetchAsync(CancellationToken cancellationToken) => Interlocked.Exchange(ref _fetched, 1) == 0
        ? ReadAsync(cancellationToken)
        : throw new InvalidOperationException("A result can be read once.");

    /// <summary>Cancels what is still running.</summary>
    public ValueTask DisposeAsync() => CloseAsync();

    private async IAsyncEnumerable<RecordBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            var first = await _job.PageAsync(place: null, _context.Storage is null ? null : _context.Options.SmallResultRows, cancellationToken).ConfigureAwait(false);
            var disposing = first;
            try
            {
                CheckColumns(first);
                var declared = first.TotalRows ?? throw Incomplete("does not say how many rows it has");
                if (first.NextPage is not null && _context.Storage is { } storage)
                {
                    first.Dispose();
                    await foreach (var batch in ReadStreamsAsync(storage, declared, cancellationToken).ConfigureAwait(false))
                    {
                        yield return batch;
                    }
                }
                else
                {
                    disposing = null;
                    await foreach (var batch in ReadPagesAsync(first, declared, cancellationToken).ConfigureAwait(false))
                    {
                        yield return batch;
                    }
                }
            }
            finally
            {
                disposing?.Dispose();
            }
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<RecordBatch> ReadStreamsAsync(StorageApi storage, long declared, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var table = await _job.DestinationAsync(cancellationToken).ConfigureAwait(false);
        var session = await storage.CreateReadSessionAsync(_context.Options.Project, table, _context.Options.ReadStreams, $"fedseg:{_context.RunId}:{_fragment.Fragment}", _job.What, cancellationToken).ConfigureAwait(false);
        var reader = new StorageReader(storage, session, Schema, _storages, _job.What);
        await foreach (var batch in reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return batch;
        }

        CheckRows(reader.Rows, declared);
        CheckMisfits(reader.Misfits);
    }

    // The next page is under way while this one is read.
    private async IAsyncEnumerable<RecordBatch> ReadPagesAsync(ResultPage first, long declared, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var columns = new RestColumns(_storages);
        using var builder = new RecordBatchBuilder(Schema);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var page = first;
        Task<ResultPage>? coming = null;
        long rows = 0;
        try
        {
            while (true)
            {
                coming = page.NextPage is { } place ? _job.PageAsync(place, mostRows: null, stop.Token) : null;
                var at = default(PagePlace);
                bool hasMore;
                do
                {
                    hasMore = Decode(page, ref at, columns, builder);
                    if (builder.RowCount > 0 && (hasMore || coming is null || builder.RowCount >= MaxBatchRows || builder.ByteSize >= MaxBatchBytes))
                    {
                        rows += builder.RowCount;
                        yield return Build(builder);
                        cancellationToken.ThrowIfCancellationRequested();
                    }
                }
                while (hasMore);

                page.Dispose();
                if (coming is null)
                {
                    break;
                }

                page = await coming.ConfigureAwait(false);
                coming = null;
                CheckColumns(page);
            }
        }
        finally
        {
            page.Dispose();
            await stop.CancelAsync().ConfigureAwait(false);
            if (coming is not null)
            {
                await ((Task)coming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (coming.IsCompletedSuccessfully)
                {
                    var unread = await coming.ConfigureAwait(false);
                    unread.Dispose();
                }
            }
        }

        CheckRows(rows, declared);
        CheckMisfits(columns.Misfits);
    }

    private bool Decode(ResultPage page, ref PagePlace at, RestColumns columns, RecordBatchBuilder builder)
    {
        try
        {
            return page.ReadRows(ref at, columns, builder, MaxBatchRows, MaxBatchBytes);
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException)
        {
            builder.Dispose();
            throw Incomplete("is malformed", malformed);
        }
    }

    private RecordBatch Build(RecordBatchBuilder builder)
    {
        try
        {
            return builder.Build();
        }
        catch (ArrowFormatException malformed)
        {
            throw Incomplete("is malformed", malformed);
        }
    }

    private void CheckColumns(ResultPage page)
    {
        var arriving = page.Columns.Select(column => (BigQueryTypes.Standard(column.Type), column.Mode == "REPEATED"));
        if (page.Columns.Count > 0 && !arriving.SequenceEqual(_storages.Select(storage => (BigQueryTypes.ResultType(storage), false))))
        {
            throw _context.Errors.Make(
                "INT003",
                Stage.Execute,
                $"{BigQueryErrors.Capitalized(_job.What)} yields columns of other types than planned.",
                "If its table was not altered while the run was planned, this is a defect of the gateway; please report it with the output of explain.",
                SubmissionState.Submitted);
        }
    }

    private void CheckRows(long found, long declared)
    {
        if (found != declared)
        {
            throw Incomplete(string.Create(CultureInfo.InvariantCulture, $"has {found:N0} rows where {declared:N0} were declared"));
        }
    }

    private void CheckMisfits(IReadOnlyList<long> misfits)
    {
        for (var i = 0; i < misfits.Count; i++)
        {
            if (misfits[i] is var count and > 0)
            {
                throw _context.Errors.Make(
                    SourceErrorCodes.ValueDoesNotFit,
                    Stage.Execute,
                    string.Create(CultureInfo.InvariantCulture, $"Column '{_fragment.Columns[i].Name}' of {_job.What} has {count:N0} {(count == 1 ? "value" : "values")} with more digits than its type."),
                    "Correct the data, or exclude such rows by a view.",
                    SubmissionState.Submitted);
            }
        }
    }

    private SourceException Incomplete(string how, Exception? inner = null) => _context.Errors.Http.Make(
        SourceErrorCodes.Incomplete,
        Stage.Execute,
        $"The result of {_job.What} {how}.",
        "Run it again; if it happens again, look for a proxy between the gateway and the server.",
        isTransient: true,
        SubmissionState.Submitted,
        inner: inner);

    private async ValueTask CloseAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        try
        {
            await _job.CancelAsync().ConfigureAwait(false);
        }
        finally
        {
            _context.Slots.Release();
        }
    }
}
