using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FederatedSegmentation.Connectors;

namespace FederatedSegmentation.Gateway;

/// <summary>Writes what a source offers as a draft of a model, for its owner to name and correct. The draft passes <c>fedseg check</c> as it is.</summary>
internal static class ModelDraft
{
    private const int LongestName = 60;

    internal static string Of(string source, ImmutableArray<DiscoveredTable> tables)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var entities = tables.Select(table => new DraftEntity(table, Unique(Logical(TableName(table)), taken))).ToList();
        var text = new StringBuilder("model: draft\nentities:");
        foreach (var entity in entities)
        {
            Append(text, source, entity);
        }

        text.Append(entities.Exists(entity => entity.IsUsable) ? "\n" : " {}\n").Append("relationships:");
        var relationships = new StringBuilder();
        foreach (var entity in entities.Where(entity => entity.IsUsable))
        {
            foreach (var key in entity.Table.ForeignKeys)
            {
                Append(relationships, entity, key, entities);
            }
        }

        return text.Append(relationships.Length == 0 ? " []" : relationships).Append('\n').ToString();
    }

    private static void Append(StringBuilder text, string source, DraftEntity entity)
    {
        var table = string.Join(", ", entity.Table.Table.Select(Quoted));
        if (!entity.IsUsable)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  # [{table}] has no column that a model can have");
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"\n  {entity.Name}:").Append(entity.Table.Rows is { } rows ? string.Create(CultureInfo.InvariantCulture, $" # about {rows:N0} rows") : string.Empty)
            .Append(CultureInfo.InvariantCulture, $"\n    source: {Quoted(source)}\n    table: [{table}]");
        if (entity.Table.CsvDelimiter is { } delimiter)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n    csv: {{delimiter: {Quoted(delimiter.ToString())}}}");
        }

        if (!entity.Key.IsEmpty)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n    key: [{string.Join(", ", entity.Key)}]");
        }

        text.Append("\n    columns:");
        foreach (var column in entity.Table.Columns)
        {
            text.Append(entity.NameOf(column.Name) is { } name
                ? $"\n      {name}: {{type: {Quoted(column.SuggestedType!)}, column: {Quoted(column.Name)}}}"
                : $"\n      # {Quoted(column.Name)} is {column.NativeType}, which no column can have");
        }
    }

    private static void Append(StringBuilder text, DraftEntity from, DiscoveredForeignKey key, List<DraftEntity> entities)
    {
        var to = entities.Find(candidate => candidate.IsUsable && candidate.Table.Table.SequenceEqual(key.ReferencedTable, StringComparer.Ordinal));
        if (to is null || !key.Columns.All(column => from.NameOf(column) is not null) || !key.ReferencedColumns.All(column => to.NameOf(column) is not null))
        {
            return;
        }

        var pairs = key.Columns.Zip(key.ReferencedColumns, (near, far) => $"{from.NameOf(near)}: {to.NameOf(far)}");
        var isSameType = key.Columns.Zip(key.ReferencedColumns).All(pair => from.TypeOf(pair.First) == to.TypeOf(pair.Second));
        // Types that differ need a decision of the owner; as a comment the draft stays valid.
        text.Append(CultureInfo.InvariantCulture, $"\n  {(isSameType ? "- " : "# types differ: - ")}{{name: {from.UniqueName(Logical(string.Join('_', key.Columns) + "_ref"))}, from: {from.Name}, to: {to.Name}, on: {{{string.Join(", ", pairs)}}}, cardinality: many_to_one}}");
    }

    // The name of a file without its endings, or the folder of a glob.
    private static string TableName(DiscoveredTable table)
    {
        var parts = table.Table[^1].Split('/');
        return parts[^1].Contains('*', StringComparison.Ordinal) && parts.Length > 1 ? string.Join('_', parts[..^1]) : Path.GetFileName(table.Table[^1]).Split('.')[0];
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
        var text = string.Concat(name.ToLowerInvariant().Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_')).Trim('_');
        text = text.Length == 0 || char.IsAsciiDigit(text[0]) ? "t_" + text : text;
        return text.Length > LongestName ? text[..LongestName] : text;
    }

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    /// <summary>A table with the names that the draft gives to it and to its columns.</summary>
    private sealed class DraftEntity
    {
        private readonly Dictionary<string, (string Name, string Type)> _columns = new(StringComparer.Ordinal);
        private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

        internal DraftEntity(DiscoveredTable table, string name)
        {
            Table = table;
            Name = name;
            foreach (var column in table.Columns)
            {
                if (column.SuggestedType is { } type)
                {
                    _columns[column.Name] = (UniqueName(Logical(column.Name)), type);
                }
            }
        }

        internal DiscoveredTable Table { get; }

        internal string Name { get; }

        internal bool IsUsable => _columns.Count > 0;

        /// <summary>The key, where every part of it can be one.</summary>
        internal ImmutableArray<string> Key => Table.PrimaryKey.All(column => TypeOf(column) is not (null or "float64")) ? [.. Table.PrimaryKey.Select(column => _columns[column].Name)] : [];

        internal string? NameOf(string column) => _columns.TryGetValue(column, out var known) ? known.Name : null;

        internal string? TypeOf(string column) => _columns.TryGetValue(column, out var known) ? known.Type : null;

        internal string UniqueName(string name) => Unique(name, _taken);
    }
}
