using System.Text.Json;

namespace FederatedSegmentation.Connectors.Snowflake.Protocol;

/// <summary>Reads the members of an answer in whatever order they stand; the rows are found, not read.</summary>
internal static class AnswerReader
{
    /// <summary>The members of an answer, and where its rows begin.</summary>
    /// <param name="json">The whole body.</param>
    /// <returns>The head, and the position of the bracket that opens the rows, or -1.</returns>
    /// <exception cref="JsonException">It is not what an answer should be.</exception>
    internal static (AnswerHead Head, int Rows) Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("The answer is not an object.");
        }

        string? code = null;
        string? state = null;
        string? handle = null;
        ResultHead? result = null;
        var rows = -1;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartArray)
                {
                    rows = (int)reader.TokenStartIndex;
                }

                reader.Skip();
            }
            else if (reader.ValueTextEquals("resultSetMetaData"u8))
            {
                reader.Read();
                result = JsonSerializer.Deserialize(ref reader, ProtocolJson.Default.ResultHead);
            }
            else if (reader.ValueTextEquals("code"u8))
            {
                code = Text(ref reader);
            }
            else if (reader.ValueTextEquals("sqlState"u8))
            {
                state = Text(ref reader);
            }
            else if (reader.ValueTextEquals("statementHandle"u8))
            {
                handle = Text(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return (new AnswerHead(code, state, handle, result), rows);
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }

        reader.Skip();
        return null;
    }
}
