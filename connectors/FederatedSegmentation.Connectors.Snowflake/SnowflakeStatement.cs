using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Connectors.Snowflake.Decoding;
using FederatedSegmentation.Connectors.Snowflake.Protocol;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Connectors.Snowflake;

/// <summary>A statement that Snowflake has accepted: polled until it ends, its partitions fetched side by side and decoded where they arrive.</summary>
internal sealed class SnowflakeStatement(
    SnowflakeClient client,
    SnowflakeOptions options,
    SemaphoreSlim slots,
    ByteBudget budget,
    CompiledFragment fragment,
    string handle,
    ArrowSchema schema,
    Func<SourceException, string, SourceException> translate) : ISourceStatement
{
    // The text of a partition and the columns made of it are in memory together.
    private const int CopiesInMemory = 2;

    private int _fetched;
    private int _closed;
    private bool _ended;

    /// <inheritdoc />
    public ArrowSchema Schema => schema;

    private string What => $"fragment {fragment.Fragment}";

    /// <inheritdoc />
    public IAsyncEnumerable<RecordBatch> FetchAsync(CancellationToken cancellationToken) => Interlocked.Exchange(ref _fetched, 1) == 0
        ? ReadAsync(cancellationToken)
        : throw new InvalidOperationException("A result can be read once.");

    /// <summary>Cancels the statement where it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        try
        {
            if (!_ended)
            {
                await client.CancelAsync(handle, What).ConfigureAwait(false);
            }
        }
        finally
        {
            slots.Release();
        }
    }

    private async IAsyncEnumerable<RecordBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            var (first, decoder, head) = await FirstAsync(cancellationToken).ConfigureAwait(false);
            var misfits = new long[fragment.Columns.Length];
            // The statement's slot is for those that run; this one has ended.
            await DisposeAsync().ConfigureAwait(false);
            using (first)
            {
                Add(misfits, first.Misfits);
                foreach (var batch in Taken(first, misfits))
                {
                    yield return batch;
                }
            }

            var parts = head.PartitionInfo!.Skip(1).Select((part, i) => new ResultPart(i + 1, checked(part.UncompressedSize * CopiesInMemory), part.RowCount)).ToArray();
            var fetching = ParallelParts.FetchAsync(
                parts,
                (part, stop) => PartitionAsync(part, head.PartitionInfo![part.Number].UncompressedSize, decoder, stop),
                budget,
                options.ParallelPartitions,
                inOrder: false,
                wrong => Incomplete(string.Create(CultureInfo.InvariantCulture, $"has {wrong.Rows:N0} rows in partition {wrong.Part.Number}, declared as {wrong.Part.Rows:N0}")),
                cancellationToken);
            await foreach (var fetched in fetching.ConfigureAwait(false))
            {
                using var partition = fetched.Value;
                Add(misfits, partition.Misfits);
                foreach (var batch in Taken(partition, misfits))
                {
                    yield return batch;
                }
            }

            Check(misfits, decoder.WhyNot);
        }
        finally
        {
            await DisposeAsync().ConfigureAwait(false);
        }
    }

    // Batches beside values that do not fit are of no use: what follows is only counted.
    private static IEnumerable<RecordBatch> Taken(DecodedPartition partition, long[] misfits)
    {
        while (partition.Batches.Count > 0 && !misfits.Any(count => count > 0))
        {
            var batch = partition.Batches[0];
            partition.Batches.RemoveAt(0);
            yield return batch;
        }
    }

    private static void Add(long[] sums, long[] counts)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] += counts[i];
        }
    }

    private async Task<(DecodedPartition First, PartitionDecoder Decoder, ResultHead Head)> FirstAsync(CancellationToken cancellationToken)
    {
        PooledBytes body;
        AnswerHead answer;
        int rows;
        try
        {
            (body, answer, rows) = await client.WaitAsync(handle, What, Stage.Execute, cancellationToken).ConfigureAwait(false);
        }
        catch (SourceException failure)
        {
            // It has ended by itself, unless nobody knows.
            _ended = failure.NativeCode is not null && !failure.Problems[0].IsTransient;
            throw translate(failure, What);
        }

        using (body)
        {
            _ended = true;
            var head = answer.ResultSetMetaData;
            if (rows < 0 || head?.RowType is not { } columns || head.PartitionInfo is not { Count: > 0 } partitions)
            {
                throw Incomplete("does not say what it consists of");
            }

            if (partitions.Any(part => part.RowCount < 0 || part.UncompressedSize < 0) || partitions.Sum(part => (decimal)part.RowCount) != head.NumRows)
            {
                throw Incomplete("says two numbers of rows that differ");
            }

            var decoder = new PartitionDecoder(schema, DecodersOf(columns));
            var first = Decode(decoder, body, rows, 0);
            if (first.Rows != partitions[0].RowCount)
            {
                var received = first.Rows;
                first.Dispose();
                throw Incomplete(string.Create(CultureInfo.InvariantCulture, $"has {received:N0} rows in partition 0, declared as {partitions[0].RowCount:N0}"));
            }

            return (first, decoder, head);
        }
    }

    private async Task<FetchedPart<DecodedPartition>> PartitionAsync(ResultPart part, long declaredBytes, PartitionDecoder decoder, CancellationToken cancellationToken)
    {
        var (body, rows) = await client.PartitionAsync(handle, part.Number, declaredBytes, What, cancellationToken).ConfigureAwait(false);
        using (body)
        {
            var decoded = Decode(decoder, body, rows, part.Number);
            return new FetchedPart<DecodedPartition>(part, decoded.Rows, decoded);
        }
    }

    private DecodedPartition Decode(PartitionDecoder decoder, PooledBytes body, int rows, int number)
    {
        try
        {
            return decoder.Decode(body.Span[rows..]);
        }
        catch (MalformedCellException malformed)
        {
            throw Incomplete(string.Create(CultureInfo.InvariantCulture, $"is malformed: partition {number} {malformed.Message}"));
        }
    }

    private ImmutableArray<CellDecoder> DecodersOf(IReadOnlyList<ResultColumn> columns)
    {
        if (columns.Count != fragment.Columns.Length)
        {
            throw Mismatch("has not as many columns as planned");
        }

        return
        [
            .. fragment.Columns.Select((column, i) => CellDecoders.Find(columns[i], column.Storage)
                ?? throw Mismatch($"yields {NameOf(columns[i].Type)} for column '{column.Name}', planned as {column.Storage.GetType().Name}")),
        ];
    }

    // A type's name comes from outside.
    private static string NameOf(string type) => type.Length <= 32 && type.All(character => char.IsAsciiLetterOrDigit(character) || character == '_') ? type : "an unknown type";

    private void Check(long[] misfits, ImmutableArray<string> whyNot)
    {
        for (var i = 0; i < misfits.Length; i++)
        {
            if (misfits[i] is var count and > 0)
            {
                throw client.Errors.Make(
                    SourceErrorCodes.ValueDoesNotFit,
                    Stage.Execute,
                    string.Create(CultureInfo.InvariantCulture, $"Column '{fragment.Columns[i].Name}' of {What} has {count:N0} {(count == 1 ? "value" : "values")} that {whyNot[i]}."),
                    "Correct the data, or exclude such rows by a view.",
                    submission: SubmissionState.Submitted);
            }
        }
    }

    private SourceException Mismatch(string what) => client.Errors.Make(
        "INT003",
        Stage.Execute,
        $"Fragment {fragment.Fragment} {what}.",
        "If its table was not altered while the run was planned, this is a defect of the gateway; please report it with the output of explain.",
        submission: SubmissionState.Submitted);

    private SourceException Incomplete(string how) => client.Errors.Make(
        SourceErrorCodes.Incomplete,
        Stage.Execute,
        $"The result of {What} {how}.",
        "Run it again; if it happens again, look for a proxy between the gateway and the server.",
        isTransient: true,
        submission: SubmissionState.Submitted);
}
