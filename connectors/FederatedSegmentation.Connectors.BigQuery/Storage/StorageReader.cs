using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Arrow.Ipc;
using FederatedSegmentation.Connectors.BigQuery.Catalog;
using FederatedSegmentation.Connectors.BigQuery.Storage.Messages;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;
using ArrowSchema = FederatedSegmentation.Arrow.ArrowSchema;

namespace FederatedSegmentation.Connectors.BigQuery.Storage;

/// <summary>Reads a table by several streams side by side; batches are given as they come, in no order. What is received and not taken is at most two batches a stream.</summary>
internal sealed class StorageReader(StorageApi api, ReadSession session, ArrowSchema schema, ImmutableArray<StorageType> storages, string what)
{
    private readonly DecimalColumns _decimals = new(schema, storages);

    /// <summary>Per column, how many numbers had more digits than its type.</summary>
    internal IReadOnlyList<long> Misfits => _decimals.Misfits;

    /// <summary>Rows read so far.</summary>
    internal long Rows { get; private set; }

    /// <summary>The batches.</summary>
    internal async IAsyncEnumerable<RecordBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (session.Streams.Count == 0)
        {
            yield break;
        }

        var serialized = session.ArrowSchema?.SerializedSchema.Memory ?? throw api.Malformed(what);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<RecordBatch>(new BoundedChannelOptions(session.Streams.Count) { SingleReader = true });
        var reading = session.Streams.Select(stream => ReadStreamAsync(stream.Name, serialized, channel.Writer, stop)).ToArray();
        var ending = EndAsync(reading, channel.Writer);
        try
        {
            while (await channel.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (channel.Reader.TryRead(out var batch))
                {
                    Rows += batch.RowCount;
                    yield return Convert(batch);
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ending.ConfigureAwait(false);
            while (channel.Reader.TryRead(out var unread))
            {
                unread.Dispose();
            }
        }
    }

    private RecordBatch Convert(RecordBatch batch)
    {
        try
        {
            return _decimals.Convert(batch);
        }
        catch (FormatException malformed)
        {
            throw api.Malformed(what, malformed);
        }
    }

    private static async Task EndAsync(Task[] reading, ChannelWriter<RecordBatch> writer)
    {
        await Task.WhenAll(reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // What failed first has stopped the others, which therefore are cancelled.
        var failure = reading.Where(task => task.IsFaulted).Select(task => task.Exception!.InnerException).FirstOrDefault();
        writer.Complete(failure);
    }

    private async Task ReadStreamAsync(string stream, ReadOnlyMemory<byte> serialized, ChannelWriter<RecordBatch> writer, CancellationTokenSource stop)
    {
        try
        {
            var reply = await api.ReadRowsAsync(stream, what, stop.Token).ConfigureAwait(false);
            await using (reply.ConfigureAwait(false))
            {
                var rows = new RowStream(serialized, await reply.OpenBodyAsync(stop.Token).ConfigureAwait(false));
                await using (rows.ConfigureAwait(false))
                {
                    using var reader = new ArrowStreamReader(rows);
                    var read = await ReadBatchesAsync(reader, writer, stop.Token).ConfigureAwait(false);
                    api.ThrowIfFailed(reply, what);
                    if (read != rows.DeclaredRows)
                    {
                        throw api.Malformed(what);
                    }
                }
            }
        }
        catch (ArrowFormatException malformed)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw api.Malformed(what, malformed);
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<long> ReadBatchesAsync(ArrowStreamReader reader, ChannelWriter<RecordBatch> writer, CancellationToken cancellationToken)
    {
        var arriving = await reader.ReadSchemaAsync(cancellationToken).ConfigureAwait(false);
        if (!arriving.Fields.Select(field => field.Type).SequenceEqual(storages.Select(DecimalColumns.ArrivingType)))
        {
            throw new ArrowFormatException("The columns have not the types of the statement.");
        }

        long rows = 0;
        while (await reader.ReadBatchAsync(cancellationToken).ConfigureAwait(false) is { } batch)
        {
            rows += batch.RowCount;
            try
            {
                await writer.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                batch.Dispose();
                throw;
            }
        }

        return rows;
    }
}
