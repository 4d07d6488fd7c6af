using System.Text.Json;
using FederatedSegmentation.Connectors.AdoNet;
using FederatedSegmentation.Connectors.Http;
using FederatedSegmentation.Connectors.Snowflake.Protocol;
using FederatedSegmentation.Model.Errors;

namespace FederatedSegmentation.Connectors.Snowflake.Catalog;

/// <summary>Runs statements on the catalogue, whose results are small, and gives their rows as text. Safe for concurrent use.</summary>
internal interface ICatalogReader
{
    /// <summary>All rows of a statement.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="stage">The stage that errors name.</param>
    /// <param name="what">What it is for, to be read inside a sentence.</param>
    /// <param name="cancellationToken">Cancels it at the source.</param>
    /// <returns>The names of the columns, and the rows.</returns>
    Task<(string[] Names, List<string?[]> Rows)> ReadAsync(string sql, Stage stage, string what, CancellationToken cancellationToken);
}

/// <summary>The catalogue through a driver that the user supplies.</summary>
internal sealed class DriverCatalogReader(DriverTransport transport) : ICatalogReader
{
    /// <inheritdoc />
    public Task<(string[] Names, List<string?[]> Rows)> ReadAsync(string sql, Stage stage, string what, CancellationToken cancellationToken) => transport.ReadTextAsync(sql, stage, what, cancellationToken);
}

/// <summary>The catalogue over the SQL API.</summary>
internal sealed class CatalogReader(SnowflakeClient client) : ICatalogReader
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(60);

    /// <inheritdoc />
    public async Task<(string[] Names, List<string?[]> Rows)> ReadAsync(string sql, Stage stage, string what, CancellationToken cancellationToken)
    {
        var handle = await client.SubmitAsync(sql, keys: null, "fedseg catalogue", Time, what, stage, cancellationToken).ConfigureAwait(false);
        try
        {
            var (body, answer, start) = await client.WaitAsync(handle, what, stage, cancellationToken).ConfigureAwait(false);
            var rows = new List<string?[]>();
            var head = answer.ResultSetMetaData;
            using (body)
            {
                if (head?.RowType is null || head.PartitionInfo is null || start < 0)
                {
                    throw Malformed(what, stage);
                }

                Add(rows, body, start, head.RowType.Count, what, stage);
            }

            for (var i = 1; i < head.PartitionInfo.Count; i++)
            {
                var (part, first) = await client.PartitionAsync(handle, i, head.PartitionInfo[i].UncompressedSize, what, cancellationToken).ConfigureAwait(false);
                using (part)
                {
                    Add(rows, part, first, head.RowType.Count, what, stage);
                }
            }

            return rows.Count == head.NumRows ? ([.. head.RowType.Select(column => column.Name)], rows) : throw Malformed(what, stage);
        }
        catch (OperationCanceledException)
        {
            await client.CancelAsync(handle, what).ConfigureAwait(false);
            throw;
        }
    }

    private void Add(List<string?[]> rows, PooledBytes body, int start, int columns, string what, Stage stage)
    {
        try
        {
            var reader = new Utf8JsonReader(body.Span[start..], isFinalBlock: false, default);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
            {
                var row = new string?[columns];
                for (var i = 0; i < columns; i++)
                {
                    reader.Read();
                    row[i] = reader.GetString();
                }

                reader.Read();
                if (reader.TokenType != JsonTokenType.EndArray)
                {
                    throw Malformed(what, stage);
                }

                rows.Add(row);
            }
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            throw Malformed(what, stage);
        }
    }

    private SourceException Malformed(string what, Stage stage) => client.Errors.Make(
        SourceErrorCodes.Incomplete, stage, $"The answer of {client.Errors.Server} to {what} is incomplete or malformed.", "Run it again; look for a proxy in between if it happens again.", isTransient: true);
}
