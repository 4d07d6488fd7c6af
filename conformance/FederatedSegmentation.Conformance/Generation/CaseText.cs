using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>
/// A case as one JSON text that a person can read and edit: the trees of the definitions as they are, and each row on a line of its own, its values in
/// canonical text. What is written reads back as an equal case.
/// </summary>
public static class CaseText
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(GeneratedCase generated)
    {
        var text = new StringBuilder();
        text.Append("{\n");
        text.Append(CultureInfo.InvariantCulture, $"\"seed\": {generated.Seed},\n");
        text.Append(CultureInfo.InvariantCulture, $"\"asOf\": {Spell(generated.AsOfText)},\n");
        text.Append(CultureInfo.InvariantCulture, $"\"segment\": {Spell(generated.Segment)},\n");
        text.Append(CultureInfo.InvariantCulture, $"\"model\": {generated.Model.ToJsonString(Readable)},\n");
        text.Append(CultureInfo.InvariantCulture, $"\"segments\": {new JsonArray([.. generated.Segments.Select(segment => segment.DeepClone())]).ToJsonString(Readable)},\n");
        var files = new JsonObject();
        foreach (var (name, content) in generated.KeyFiles.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            files.Add(name, content);
        }

        text.Append(CultureInfo.InvariantCulture, $"\"keyFiles\": {files.ToJsonString(Readable)},\n");
        if (!generated.Parameters.IsEmpty)
        {
            text.Append(CultureInfo.InvariantCulture, $"\"parameters\": {generated.ParametersAsJson().ToJsonString(Readable)},\n");
        }

        text.Append("\"tables\": {\n");
        text.AppendJoin(",\n", generated.Tables.Select(table =>
            $"  {Spell(table.EntityName)}: [\n{string.Join(",\n", table.Rows.Select(row => "    " + Spell(row)))}\n  ]"));
        text.Append("\n}\n}\n");
        return text.ToString();
    }

    public static GeneratedCase Read(string text)
    {
        var tree = JsonNode.Parse(text)!.AsObject();
        var model = tree["model"]!.DeepClone();
        var tables = ModelReader.Read(model).Entities.Values.Select(entity => new GeneratedTable(
            entity.Name,
            [.. entity.Columns.Select(column => new GeneratedColumn(column.Name, column.StoredName, column.Type.ToString(), column.Zone))],
            [.. tree["tables"]![entity.Name]!.AsArray().Select(row => ReadRow(row!.AsArray(), entity))]));
        return new GeneratedCase(
            (int)tree["seed"]!,
            model,
            [.. tables],
            [.. tree["segments"]!.AsArray().Select(segment => segment!.DeepClone())],
            (string)tree["segment"]!,
            tree["keyFiles"]!.AsObject().ToImmutableDictionary(file => file.Key, file => (string)file.Value!),
            ((Value.Timestamp)StoredText.Read((string)tree["asOf"]!, new DataType(TypeKind.Timestamp))).Micros)
        {
            Parameters = (tree["parameters"]?.AsObject() ?? []).ToImmutableDictionary(parameter => parameter.Key, parameter => (string)parameter.Value!),
        };
    }

    private static ImmutableArray<Value> ReadRow(JsonArray row, Entity entity) =>
        [.. entity.Columns.Select((column, i) => StoredText.Read((string?)row[i], column.Type))];

    private static string Spell(string text) => JsonValue.Create(text).ToJsonString(OneLine);

    private static string Spell(ImmutableArray<Value> row) =>
        new JsonArray([.. row.Select(value => value.IsNull ? null : (JsonNode)CanonicalText.Of(value))]).ToJsonString(OneLine);
}
