using System.Buffers.Text;
using System.Text.Json;
using FederatedSegmentation.Arrow;
using FederatedSegmentation.Connectors.Http;

namespace FederatedSegmentation.Connectors.BigQuery.Rest;

/// <summary>One answer of <c>jobs.getQueryResults</c>: its head, then its rows, read out of the bytes as they came.</summary>
internal sealed class ResultPage : IDisposable
{
    private readonly PooledBytes _bytes;
    private int _rowsAt = -1;

    private ResultPage(PooledBytes bytes) => _bytes = bytes;

    /// <summary>Whether the job is done.</summary>
    internal bool IsComplete { get; private set; }

    /// <summary>How many rows the whole result has, as declared; null where nothing is declared.</summary>
    internal long? TotalRows { get; private set; }

    /// <summary>The place of the next page, or null for none.</summary>
    internal string? NextPage { get; private set; }

    /// <summary>Names and types of the columns, as the API spells them: <c>id INTEGER NULLABLE</c>; empty where the page has none.</summary>
    internal List<(string Type, string Mode)> Columns { get; } = [];

    /// <summary>Reads the head.</summary>
    /// <exception cref="JsonException">It is no JSON, or not what the API promises; the page is disposed of.</exception>
    internal static ResultPage Open(PooledBytes bytes)
    {
        var page = new ResultPage(bytes);
        try
        {
            page.ReadHead();
            return page;
        }
        catch (Exception malformed) when (malformed is InvalidOperationException or FormatException)
        {
            page.Dispose();
            throw new JsonException("The page is not what the API promises.", malformed);
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    /// <summary>Reads rows into the builder from a place on.</summary>
    /// <param name="state">Where to go on; the default value for the first row.</param>
    /// <param name="columns">Decodes the values.</param>
    /// <param name="builder">Takes the rows.</param>
    /// <param name="mostRows">The most rows of the builder.</param>
    /// <param name="mostBytes">The most bytes of the builder, about.</param>
    /// <returns>Whether there may be more rows.</returns>
    /// <exception cref="JsonException">The rows are no JSON.</exception>
    /// <exception cref="FormatException">A value is none of its column's type, or a row has not the columns.</exception>
    internal bool ReadRows(ref PagePlace state, RestColumns columns, RecordBatchBuilder builder, int mostRows, int mostBytes)
    {
        if (_rowsAt < 0)
        {
            return false;
        }

        var span = _bytes.Span[(_rowsAt + state.Offset)..];
        var reader = new Utf8JsonReader(span, isFinalBlock: true, state.Reader);
        if (state.Offset == 0)
        {
            Expect(ref reader, JsonTokenType.StartArray);
        }

        while (true)
        {
            if (builder.RowCount >= mostRows || builder.ByteSize >= mostBytes)
            {
                state = new PagePlace(state.Offset + (int)reader.BytesConsumed, reader.CurrentState);
                return true;
            }

            Read(ref reader);
            if (reader.TokenType == JsonTokenType.EndArray)
            {
                return false;
            }

            ReadRow(ref reader, columns, builder);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _bytes.Dispose();

    private static void ReadRow(ref Utf8JsonReader reader, RestColumns columns, RecordBatchBuilder builder)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("a row is no row");
        }

        Expect(ref reader, JsonTokenType.PropertyName);
        if (!reader.ValueTextEquals("f"u8))
        {
            throw new FormatException("a row has no fields");
        }

        Expect(ref reader, JsonTokenType.StartArray);
        for (var i = 0; i < builder.Columns.Length; i++)
        {
            Expect(ref reader, JsonTokenType.StartObject);
            Expect(ref reader, JsonTokenType.PropertyName);
            if (!reader.ValueTextEquals("v"u8))
            {
                throw new FormatException("a field has no value");
            }

            Read(ref reader);
            columns.Append(i, ref reader, builder.Columns[i]);
            Expect(ref reader, JsonTokenType.EndObject);
        }

        Expect(ref reader, JsonTokenType.EndArray);
        Expect(ref reader, JsonTokenType.EndObject);
    }

    private void ReadHead()
    {
        var reader = new Utf8JsonReader(_bytes.Span);
        Expect(ref reader, JsonTokenType.StartObject);
        while (true)
        {
            Read(ref reader);
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                return;
            }

            if (reader.ValueTextEquals("jobComplete"u8))
            {
                Read(ref reader);
                IsComplete = reader.GetBoolean();
            }
            else if (reader.ValueTextEquals("totalRows"u8))
            {
                Read(ref reader);
                TotalRows = Utf8Parser.TryParse(reader.ValueSpan, out long rows, out var used) && used == reader.ValueSpan.Length && rows >= 0 ? rows : throw new FormatException("The number of rows is none.");
            }
            else if (reader.ValueTextEquals("pageToken"u8))
            {
                Read(ref reader);
                NextPage = reader.GetString();
            }
            else if (reader.ValueTextEquals("schema"u8))
            {
                Read(ref reader);
                using var schema = JsonDocument.ParseValue(ref reader);
                foreach (var field in schema.RootElement.TryGetProperty("fields", out var fields) ? fields.EnumerateArray() : default)
                {
                    Columns.Add((field.GetProperty("type").GetString() ?? "", field.TryGetProperty("mode", out var mode) ? mode.GetString() ?? "" : "NULLABLE"));
                }
            }
            else if (reader.ValueTextEquals("rows"u8))
            {
                _rowsAt = (int)reader.BytesConsumed;
                // The colon stands between the name and the array.
                _rowsAt += _bytes.Span[_rowsAt..].IndexOf((byte)'[');
                Read(ref reader);
                reader.Skip();
            }
            else
            {
                Read(ref reader);
                reader.Skip();
            }
        }
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        Read(ref reader);
        if (reader.TokenType != type)
        {
            throw new FormatException("the answer has not the expected form");
        }
    }

    private static void Read(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            throw new FormatException("the answer ends early");
        }
    }
}

/// <summary>Where the reading of a page's rows goes on.</summary>
/// <param name="Offset">Bytes behind the start of the rows.</param>
/// <param name="Reader">The state of the reader there.</param>
internal readonly record struct PagePlace(int Offset, JsonReaderState Reader);
