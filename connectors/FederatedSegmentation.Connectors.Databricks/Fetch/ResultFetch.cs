using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Arrow.Ipc;
using FederatedSegmentation.Connectors.Databricks.Api;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Databricks.Fetch;

/// <summary>
/// Fetches a stored result: chunks side by side, each a whole Arrow stream whose buffers are handed on as they came. A link that is about to expire, or that
/// the storage refuses, is replaced once. Safe for concurrent use.
/// </summary>
internal sealed class ResultFetch(DatabricksApi api, ByteBudget budget, TimeProvider clock)
{
    private static readonly TimeSpan LinkMargin = TimeSpan.FromSeconds(20);

    // What a chunk takes whose size nobody said: about what the service makes them.
    private const long UsualChunkBytes = 16 << 20;

    // What a chunk may be though it is declared smaller: the service does not say what its sizes count.
    private const long SmallestLimit = 64L << 20;
    private const long LimitFactor = 8;

    /// <summary>The batches of a result, in no particular order; complete, or an error.</summary>
    /// <param name="answer">A statement that succeeded.</param>
    /// <param name="schema">The columns that are expected.</param>
    /// <param name="what">What is fetched, to be read inside a sentence.</param>
    /// <param name="stage">The stage that errors name.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async IAsyncEnumerable<RecordBatch> FetchAsync(StatementAnswer answer, ArrowSchema schema, string what, Stage stage, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var manifest = answer.Manifest!;
        if (manifest.IsTruncated)
        {
            throw api.Errors.Make(SourceErrorCodes.AnswerTooLarge, stage, $"The result of {what} is larger than {api.Errors.Server} stores (100 GiB); the rest was cut off.", "Ask for less.", submission: SubmissionState.Submitted);
        }

        var links = new Links(answer, clock);
        var parts = Enumerable.Range(0, manifest.ChunkCount).Select(chunk => new ResultPart(
            chunk,
            (manifest.Chunks.TryGetValue(chunk, out var known) ? known.Bytes : null) ?? links.BytesOf(chunk) ?? UsualChunkBytes,
            manifest.Chunks.TryGetValue(chunk, out var described) ? described.Rows : null)).ToList();
        long rows = 0;
        var fetched = ParallelParts.FetchAsync(
            parts,
            (part, token) => FetchChunkAsync(answer.Id, part, links, schema, what, stage, token),
            budget,
            api.Options.FetchParallelism,
            inOrder: false,
            wrong => Incomplete(what, stage, string.Create(CultureInfo.InvariantCulture, $"has {wrong.Rows} rows in chunk {wrong.Part.Number}, where {wrong.Part.Rows} were declared")),
            cancellationToken);
        await foreach (var part in fetched.ConfigureAwait(false))
        {
            using var batches = part.Value;
            while (batches.TryTake(out var batch))
            {
                rows = checked(rows + batch.RowCount);
                yield return batch;
            }
        }

        if (rows != manifest.RowCount)
        {
            throw Incomplete(what, stage, string.Create(CultureInfo.InvariantCulture, $"has {rows} rows, where {manifest.RowCount} were declared"));
        }
    }

    private async Task<FetchedPart<Batches>> FetchChunkAsync(string statement, ResultPart part, Links links, ArrowSchema schema, string what, Stage stage, CancellationToken cancellationToken)
    {
        for (var isSecond = false; ; isSecond = true)
        {
            if (isSecond || links.Find(part.Number, LinkMargin) is not { } link)
            {
                links.Add(await api.LinksAsync(statement, part.Number, what, stage, cancellationToken).ConfigureAwait(false));
                link = links.Find(part.Number, TimeSpan.Zero) ?? throw Incomplete(what, stage, string.Create(CultureInfo.InvariantCulture, $"has no link to chunk {part.Number} that is still good"));
            }

            var reply = await api.OpenLinkAsync(link, MostBytes(part.Bytes), what, stage, cancellationToken).ConfigureAwait(false);
            await using var closing = reply.ConfigureAwait(false);
            if (!reply.IsSuccess)
            {
                // Storage says 403 to a link that has expired (S3, Azure), or 400 (GCS).
                if (!isSecond && reply.Status is 400 or 401 or 403)
                {
                    continue;
                }

                throw api.Errors.Make(
                    SourceErrorCodes.Incomplete,
                    stage,
                    string.Create(CultureInfo.InvariantCulture, $"The storage of {api.Errors.Server} does not give chunk {part.Number} of {what} (HTTP {reply.Status})."),
                    "Run it again; look for a proxy in between if it happens again.",
                    isTransient: true,
                    submission: SubmissionState.Submitted,
                    retryAfter: reply.RetryAfter);
            }

            var batches = await ReadAsync(reply, part, schema, what, stage, cancellationToken).ConfigureAwait(false);
            return new FetchedPart<Batches>(part, batches.Rows, batches);
        }
    }

    private async Task<Batches> ReadAsync(HttpReply reply, ResultPart part, ArrowSchema schema, string what, Stage stage, CancellationToken cancellationToken)
    {
        var batches = new Batches();
        try
        {
            using var reader = new ArrowStreamReader(await reply.OpenBodyAsync(cancellationToken).ConfigureAwait(false), part.Bytes);
            if (!await reader.ExpectAsync(schema, cancellationToken).ConfigureAwait(false))
            {
                throw Incomplete(what, stage, string.Create(CultureInfo.InvariantCulture, $"has other columns in chunk {part.Number} than were described"));
            }

            while (await reader.ReadBatchAsync(cancellationToken).ConfigureAwait(false) is { } batch)
            {
                batches.Add(batch);
                if (batches.Rows > part.Rows)
                {
                    // What follows is not wanted either, however much it is.
                    throw Incomplete(what, stage, string.Create(CultureInfo.InvariantCulture, $"has more rows in chunk {part.Number} than the {part.Rows} that were declared"));
                }
            }

            return batches;
        }
        catch (ArrowFormatException malformed)
        {
            batches.Dispose();
            throw api.Errors.Make(
                SourceErrorCodes.Incomplete,
                stage,
                string.Create(CultureInfo.InvariantCulture, $"Chunk {part.Number} of {what} is not the Arrow stream that it should be."),
                "Run it again; look for a proxy in between if it happens again.",
                isTransient: true,
                submission: SubmissionState.Submitted,
                inner: malformed);
        }
        catch
        {
            batches.Dispose();
            throw;
        }
    }

    private static long MostBytes(long declared) => Math.Max(SmallestLimit, declared > long.MaxValue / LimitFactor ? long.MaxValue : declared * LimitFactor);

    private SourceException Incomplete(string what, Stage stage, string how) => api.Errors.Make(
        SourceErrorCodes.Incomplete, stage, $"The result of {what} {how}.", "Run it again; look for a proxy in between if it happens again.", isTransient: true, submission: SubmissionState.Submitted);

    /// <summary>The batches of a chunk. Not thread safe; those that nobody took are given back.</summary>
    internal sealed class Batches : IDisposable
    {
        private readonly Queue<RecordBatch> _batches = new();

        internal long Rows { get; private set; }

        /// <inheritdoc />
        public void Dispose()
        {
            while (_batches.TryDequeue(out var batch))
            {
                batch.Dispose();
            }
        }

        internal void Add(RecordBatch batch)
        {
            Rows = checked(Rows + batch.RowCount);
            _batches.Enqueue(batch);
        }

        internal bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RecordBatch? batch) => _batches.TryDequeue(out batch);
    }

    // The newest link to each chunk.
    private sealed class Links
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<int, ChunkLink> _links = [];
        private readonly TimeProvider _clock;

        internal Links(StatementAnswer answer, TimeProvider clock)
        {
            _clock = clock;
            Add(answer.Links);
        }

        internal void Add(ImmutableArray<ChunkLink> links)
        {
            lock (_gate)
            {
                foreach (var link in links)
                {
                    _links[link.Chunk] = link;
                }
            }
        }

        internal long? BytesOf(int chunk)
        {
            lock (_gate)
            {
                return _links.GetValueOrDefault(chunk)?.Bytes;
            }
        }

        internal ChunkLink? Find(int chunk, TimeSpan margin)
        {
            lock (_gate)
            {
                return _links.GetValueOrDefault(chunk) is { } link && _clock.GetUtcNow() + margin < link.Expires ? link : null;
            }
        }
    }
}
