using System.Collections.Immutable;
using System.Text.Json;
using FederatedSegmentation.Model.Types;
using FederatedSegmentation.Sql;

namespace FederatedSegmentation.Connectors.BigQuery.Rest;

/// <summary>Keys as a parameter of a query: an array of values, or of structures where a key has several parts.</summary>
internal static class KeyParameter
{
    /// <summary>Writes the members of a query's configuration.</summary>
    internal static void Write(Utf8JsonWriter writer, SentKeys keys)
    {
        writer.WriteString("parameterMode", "NAMED");
        writer.WriteStartArray("queryParameters");
        writer.WriteStartObject();
        writer.WriteString("name", keys.Name);
        writer.WriteStartObject("parameterType");
        writer.WriteString("type", "ARRAY");
        writer.WriteStartObject("arrayType");
        WriteType(writer, keys.Storages);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartObject("parameterValue");
        writer.WriteStartArray("arrayValues");
        foreach (var key in keys.Keys)
        {
            WriteKey(writer, key);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteType(Utf8JsonWriter writer, ImmutableArray<StorageType> storages)
    {
        if (storages is [var only])
        {
            writer.WriteString("type", BigQueryDialect.BareTypeName(only));
            return;
        }

        writer.WriteString("type", "STRUCT");
        writer.WriteStartArray("structTypes");
        for (var i = 0; i < storages.Length; i++)
        {
            writer.WriteStartObject();
            writer.WriteString("name", FormattableString.Invariant($"c{i}"));
            writer.WriteStartObject("type");
            writer.WriteString("type", BigQueryDialect.BareTypeName(storages[i]));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteKey(Utf8JsonWriter writer, ImmutableArray<Literal> key)
    {
        writer.WriteStartObject();
        if (key is [var only])
        {
            writer.WriteString("value", SentKeys.TextOf(only));
        }
        else
        {
            writer.WriteStartObject("structValues");
            for (var i = 0; i < key.Length; i++)
            {
                writer.WriteStartObject(FormattableString.Invariant($"c{i}"));
                writer.WriteString("value", SentKeys.TextOf(key[i]));
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
