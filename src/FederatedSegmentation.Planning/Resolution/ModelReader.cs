using System.Collections.Immutable;
using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Errors;
using FederatedSegmentation.Model.Types;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Makes a data model out of its document. Takes time linear in the size of the document.</summary>
public sealed class ModelReader
{
    private static readonly string[] ModelKeys = ["model", "entities", "relationships"];
    private static readonly string[] EntityKeys = ["source", "table", "key", "time", "columns", "dedupe", "csv"];
    private static readonly string[] CsvKeys = ["delimiter"];
    private readonly DefinitionProblems _problems;
    private readonly IReadOnlyCollection<string> _sources;
    private readonly HashSet<string> _sourceNames;

    private ModelReader(string file, IReadOnlyCollection<string> sources)
    {
        _problems = new DefinitionProblems(file);
        _sources = sources;
        _sourceNames = sources.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Reads a model.</summary>
    /// <param name="root">The root of the document.</param>
    /// <param name="file">The file as the user named it, for messages.</param>
    /// <param name="sources">The names of the data sources in the settings.</param>
    /// <exception cref="FederatedSegmentationException">SDL002, SDL003, SDL006, SDL007, SDL013, SDL014: every defect of the file.</exception>
    public static DataModel Read(DocumentNode root, string file, IReadOnlyCollection<string> sources)
    {
        var reader = new ModelReader(file, sources);
        var model = reader.ReadModel(root);
        reader._problems.ThrowIfAny();
        return model ?? throw new InvalidOperationException("A model without problems was not made.");
    }

    private DataModel? ReadModel(DocumentNode root)
    {
        if (NodeShapes.Mapping(root, _problems, "a model") is not { } mapping)
        {
            return null;
        }

        NodeShapes.CheckKeys(mapping, _problems, "a model", ModelKeys);
        var id = NodeShapes.Required(mapping, "model", _problems, "a model") is { } idNode ? NodeShapes.Text(idNode, _problems, "the id of a model") : null;
        var entities = ReadEntities(mapping, out var failed);
        var relationships = mapping.Find("relationships") switch
        {
            null or ScalarNode { Kind: ScalarKind.Null } => [],
            var list => new RelationshipReader(entities, failed, _problems).Read(list),
        };
        return id is null || !_problems.IsEmpty ? null : new DataModel(id, [.. entities.Values], relationships);
    }

    /// <summary>All entities that could be read, in the order of the file, and the names of those that could not.</summary>
    private OrderedDictionary<string, Entity> ReadEntities(MappingNode model, out HashSet<string> failed)
    {
        var entities = new OrderedDictionary<string, Entity>(StringComparer.Ordinal);
        failed = new HashSet<string>(StringComparer.Ordinal);
        if (NodeShapes.Required(model, "entities", _problems, "a model") is not { } node || NodeShapes.Mapping(node, _problems, "'entities'") is not { } mapping)
        {
            return entities;
        }

        foreach (var entry in mapping.Entries.Where(entry => !NodeShapes.IsAnnotation(entry.Key)))
        {
            CheckName(entry.Key, entry.Value.Place, _problems, "an entity");
            if (ReadEntity(entry.Key, entry.Value) is { } entity)
            {
                entities.Add(entity.Name, entity);
            }
            else
            {
                failed.Add(entry.Key);
            }
        }

        return entities;
    }

    /// <summary>Reports a name that paths could not spell.</summary>
    internal static void CheckName(string name, DocumentPlace place, DefinitionProblems problems, string what)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAny('.', '*', '^'))
        {
            problems.Add("SDL014", place, $"'{name}' cannot be the name of {what}.", "A name is not empty and holds no '.', '*' or '^', which have a meaning in paths.");
        }
    }

    private Entity? ReadEntity(string name, DocumentNode node)
    {
        if (NodeShapes.Mapping(node, _problems, $"entity '{name}'") is not { } mapping)
        {
            return null;
        }

        NodeShapes.CheckKeys(mapping, _problems, "an entity", EntityKeys);
        var source = ReadSource(mapping, name);
        var table = ReadTable(mapping, name);
        var columns = ReadColumns(mapping, name);
        if (columns is null)
        {
            return null;
        }

        var key = ReadKey(mapping, name, columns);
        return new Entity
        {
            Name = name,
            Source = source ?? string.Empty,
            Table = table,
            Columns = [.. columns.Values],
            Key = key,
            Time = ReadTime(mapping, name, columns),
            Dedupe = ReadDedupe(mapping, name, columns, key),
            CsvDelimiter = ReadDelimiter(mapping),
        };
    }

    private string? ReadSource(MappingNode entity, string name)
    {
        if (NodeShapes.Required(entity, "source", _problems, $"entity '{name}'") is not { } node || NodeShapes.Text(node, _problems, "the name of a source") is not { } source)
        {
            return null;
        }

        if (!_sourceNames.Contains(source))
        {
            _problems.Add(
                "SDL014",
                node.Place,
                $"The settings have no source '{source}'.",
                _problems.Suggest(source, _sources, _sources.Count == 0 ? "Add it under Sources." : "Add it under Sources, or name one that is there."));
        }

        return source;
    }

    private ImmutableArray<string> ReadTable(MappingNode entity, string name)
    {
        if (NodeShapes.Required(entity, "table", _problems, $"entity '{name}'") is not { } node || NodeShapes.Sequence(node, _problems, "'table'") is not { } list)
        {
            return [];
        }

        if (list.Items.IsEmpty)
        {
            _problems.Add("SDL014", list.Place, "'table' has no name parts.", "Write the name parts as the source spells them: [schema, table].");
        }

        return [.. list.Items.Select(item => NodeShapes.Text(item, _problems, "a part of a table's name")).OfType<string>()];
    }

    private OrderedDictionary<string, Column>? ReadColumns(MappingNode entity, string name)
    {
        if (NodeShapes.Required(entity, "columns", _problems, $"entity '{name}'") is not { } node || NodeShapes.Mapping(node, _problems, "'columns'") is not { } mapping)
        {
            return null;
        }

        var columns = new OrderedDictionary<string, Column>(StringComparer.Ordinal);
        var isComplete = true;
        foreach (var entry in mapping.Entries.Where(entry => !NodeShapes.IsAnnotation(entry.Key)))
        {
            CheckName(entry.Key, entry.Value.Place, _problems, "a column");
            if (ColumnTypeReader.Read(entry.Key, entry.Value, _problems) is { } column)
            {
                columns.Add(column.Name, column);
            }
            else
            {
                isComplete = false;
            }
        }

        if (isComplete && columns.Count == 0)
        {
            _problems.Add("SDL014", mapping.Place, $"Entity '{name}' has no columns.", "Declare the columns that segments may use.");
        }

        // What refers to a column that could not be read would only be reported a second time.
        return isComplete ? columns : null;
    }

    private Column? FindColumn(DocumentNode node, string entity, OrderedDictionary<string, Column> columns, string what)
    {
        if (NodeShapes.Text(node, _problems, what) is not { } name)
        {
            return null;
        }

        if (columns.TryGetValue(name, out var column))
        {
            return column;
        }

        ReportUnknownColumn(name, entity, columns.Keys, node.Place);
        return null;
    }

    private void ReportUnknownColumn(string name, string entity, IEnumerable<string> columns, DocumentPlace place) => _problems.Add(
        "SDL002",
        place,
        $"Entity '{entity}' has no column '{name}'.",
        _problems.Suggest(name, columns, "Name one of its columns."));

    private ImmutableArray<Column> ReadKey(MappingNode entity, string name, OrderedDictionary<string, Column> columns)
    {
        if (entity.Find("key") is not { } node || node is ScalarNode { Kind: ScalarKind.Null } || NodeShapes.Sequence(node, _problems, "'key'") is not { } list)
        {
            return [];
        }

        var key = ImmutableArray.CreateBuilder<Column>();
        foreach (var item in list.Items)
        {
            if (FindColumn(item, name, columns, "a key column") is not { } column)
            {
                continue;
            }

            if (column.Type is Float64Type)
            {
                _problems.Add("SDL014", item.Place, $"Column '{column}' is a float64 and cannot be part of a key.", "Declare it as decimal(p,s), int64 or string.");
            }

            if (key.Contains(column))
            {
                _problems.Add("SDL014", item.Place, $"Column '{column}' stands twice in the key.", "Name it once.");
            }

            key.Add(column);
        }

        return key.ToImmutable();
    }

    private Column? ReadTime(MappingNode entity, string name, OrderedDictionary<string, Column> columns)
    {
        if (entity.Find("time") is not { } node || node is ScalarNode { Kind: ScalarKind.Null } || FindColumn(node, name, columns, "'time'") is not { } column)
        {
            return null;
        }

        if (!column.Type.IsTemporal)
        {
            _problems.Add("SDL014", node.Place, $"The event time '{column}' is a {column.Type}.", "Name a date, timestamp or datetime column.");
        }

        return column;
    }

    private ImmutableArray<SortColumn>? ReadDedupe(MappingNode entity, string name, OrderedDictionary<string, Column> columns, ImmutableArray<Column> key)
    {
        if (entity.Find("dedupe") is not { } node || node is ScalarNode { Kind: ScalarKind.Null } || NodeShapes.Sequence(node, _problems, "'dedupe'") is not { } list)
        {
            return null;
        }

        if (key.IsEmpty && entity.Find("key") is not SequenceNode { Items.IsEmpty: false })
        {
            _problems.Add("SDL013", list.Place, $"Entity '{name}' has no key, so its rows cannot be deduped.", "Declare its key, or remove 'dedupe'.");
        }

        var order = ImmutableArray.CreateBuilder<SortColumn>();
        foreach (var item in list.Items)
        {
            if (NodeShapes.Text(item, _problems, "a column to order by") is not { } text)
            {
                continue;
            }

            var space = text.LastIndexOf(' ');
            var direction = space < 0 ? string.Empty : text[(space + 1)..];
            var column = direction is "asc" or "desc" ? text[..space].Trim() : text;
            if (columns.TryGetValue(column, out var found))
            {
                order.Add(new SortColumn(found, direction == "desc"));
            }
            else
            {
                ReportUnknownColumn(column, name, columns.Keys, item.Place);
            }
        }

        return order.ToImmutable();
    }

    private char? ReadDelimiter(MappingNode entity)
    {
        if (entity.Find("csv") is not { } node || node is ScalarNode { Kind: ScalarKind.Null } || NodeShapes.Mapping(node, _problems, "'csv'") is not { } csv)
        {
            return null;
        }

        NodeShapes.CheckKeys(csv, _problems, "'csv'", CsvKeys);
        switch (csv.Find("delimiter"))
        {
            case null:
                return null;
            case ScalarNode { Kind: ScalarKind.String, Text: "," or ";" or "\t" or "|" } delimiter:
                return delimiter.Text[0];
            case var other:
                _problems.Add("SDL014", other.Place, "The delimiter is not one that CSV files may have.", "Write \",\", \";\", \"\\t\" or \"|\", in quotes.");
                return null;
        }
    }
}
