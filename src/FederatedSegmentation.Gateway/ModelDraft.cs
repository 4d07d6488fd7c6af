using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FederatedSegmentation.Connectors;

namespace FederatedSegmentation.Gateway;

/// <summary>Writes what a source offers as a draft of a model, for its owner to name and correct.</summary>
internal static class ModelDraft
{
    internal static string Of(string source, ImmutableArray<DiscoveredTable> tables)
    {
        var names = new Dictionary<DiscoveredTable, string>(ReferenceEqualityComparer.Instance as IEqualityComparer<DiscoveredTable>);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var table in tables)
        {
            names[table] = Unique(Logical(table.Table[^1].Split('/')[0]), taken);
        }

        var text = new StringBuilder("model: draft\nentities:\n");
        foreach (var table in tables)
        {
            Entity(text, source, names[table], table);
        }

        text.Append("relationships:");
        var relationships = new StringBuilder();
        foreach (var table in tables)
        {
            foreach (var key in table.ForeignKeys)
            {
                var target = tables.FirstOrDefault(candidate => candidate.Table.SequenceEqual(key.ReferencedTable, StringComparer.Ordinal));
                if (target is not null)
                {
                    var pairs = key.Columns.Zip(key.ReferencedColumns, (near, far) => $"{Logical(near)}: {Logical(far)}");
                    relationships.Append(CultureInfo.InvariantCulture, $"\n  - {{name: {Logical(string.Join('_', key.Columns))}_ref, from: {names[table]}, to: {names[target]}, on: {{{string.Join(", ", pairs)}}}, cardinality: many_to_one}}");
                }
            }
        }

        return text.Append(relationships.Length == 0 ? " []" : relationships).Append('\n').ToString();
    }

    private static void Entity(StringBuilder text, string source, string name, DiscoveredTable table)
    {
        text.Append(CultureInfo.InvariantCulture, $"  {name}:");
        text.Append(table.Rows is { } rows ? string.Create(CultureInfo.InvariantCulture, $" # about {rows:N0} rows\n") : "\n");
        text.Append(CultureInfo.InvariantCulture, $"    source: {source}\n    table: [{string.Join(", ", table.Table.Select(Quoted))}]\n");
        if (!table.PrimaryKey.IsEmpty)
        {
            text.Append(CultureInfo.InvariantCulture, $"    key: [{string.Join(", ", table.PrimaryKey.Select(Logical))}]\n");
        }

        text.Append("    columns:\n");
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var column in table.Columns)
        {
            text.Append(column.SuggestedType is { } type
                ? $"      {Unique(Logical(column.Name), taken)}: {{type: {Quoted(type)}, column: {Quoted(column.Name)}}}\n"
                : $"      # {Quoted(column.Name)} is {column.NativeType}, which no column can have\n");
        }
    }

    private static string Unique(string name, HashSet<string> taken)
    {
        var unique = name;
        for (var i = 2; !taken.Add(unique); i++)
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}_{i}");
        }

        return unique;
    }

    private static string Logical(string name)
    {
        var text = string.Concat(Path.GetFileName(name).Split('.')[0].ToLowerInvariant().Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_')).Trim('_');
        return text.Length == 0 || char.IsAsciiDigit(text[0]) ? "t_" + text : text;
    }

    private static string Quoted(string text) => JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping) is var encoded ? $"\"{encoded}\"" : text;
}
