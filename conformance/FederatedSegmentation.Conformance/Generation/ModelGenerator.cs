using System.Text.Json.Nodes;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>Generates data models: entities with odd keys, linked as trees, by several parents (link entities), to themselves, and many to many.</summary>
internal sealed class ModelGenerator(SeededRandom random, GeneratorOptions options)
{
    private static readonly string[] KeyKinds =
        ["int64", "int64", "string", "string", "decimal", "date", "timestamp", "datetime", "int64+string", "string+date", "int64+int64", "decimal+string", "binary", "int64+boolean"];

    private readonly NamePool _names = new(random);
    private readonly List<EntityDraft> _entities = [];
    private readonly JsonArray _relationships = [];

    public JsonNode Generate()
    {
        var names = random.Shuffled(NamePool.Entities);
        var count = random.Between(options.MinEntities, options.MaxEntities);
        for (var i = 0; i < count; i++)
        {
            // The first two have keys, so that there is always something to select and something to relate to.
            var entity = new EntityDraft(names[i]);
            _entities.Add(entity);
            if (i < 2 || random.Chance(0.85))
            {
                AddKey(entity);
            }

            if (i > 0)
            {
                LinkToParent(entity, PickParent(i));
                if (i > 1 && random.Chance(0.45))
                {
                    LinkToParent(entity, PickParent(i));
                }
            }

            AddAttributes(entity);
            if (options.Has(Level2.Pick | Level2.Seq | Level2.Regular) && random.Chance(0.8))
            {
                var type = random.Pick(["timestamp", "timestamp", "datetime", "datetime", "date"]);
                entity.Time = AddColumn(entity, "happened_at", type, type == "datetime" && random.Chance(0.6) ? random.Pick(Zones.Stored) : null).Name;
            }

            if (options.Has(Level2.Hierarchies) ? entity.Key.Count > 0 && random.Chance(0.7) : entity.Key.Count == 1 && random.Chance(0.25))
            {
                LinkToItself(entity);
            }
        }

        for (var i = random.Below(3); i > 0; i--)
        {
            LinkManyToMany();
        }

        foreach (var entity in _entities)
        {
            Finish(entity);
        }

        var entities = new JsonObject();
        foreach (var entity in _entities)
        {
            entities.Add(entity.Name, entity.ToJson());
        }

        return new JsonObject { ["model"] = "generated", ["entities"] = entities, ["relationships"] = _relationships };
    }

    private EntityDraft PickParent(int below)
    {
        var keyed = _entities.Take(below).Where(entity => entity.Key.Count > 0).ToList();
        return random.Pick(keyed);
    }

    private void AddKey(EntityDraft entity)
    {
        var kind = random.Pick(KeyKinds);
        if (kind == "binary" && !options.Binary)
        {
            kind = "string";
        }

        foreach (var part in kind.Split('+'))
        {
            var type = part == "decimal" ? random.Pick(["decimal(10,2)", "decimal(12,0)", "decimal(9,3)"]) : part;
            var zone = part == "datetime" && random.Chance(0.5) ? "Europe/Berlin" : null;
            entity.Key.Add(AddColumn(entity, entity.Key.Count == 0 ? random.Pick(["id", "code", "key", "no"]) : random.Pick(["part", "line", "seq"]), type, zone).Name);
        }
    }

    private void LinkToParent(EntityDraft child, EntityDraft parent)
    {
        var on = new List<(string Child, string Parent)>();
        foreach (var key in parent.Key)
        {
            var target = parent.Columns.First(column => column.Name == key);
            // An int64 also matches a decimal and a string in decimal form.
            var type = target.Type switch
            {
                "int64" when random.Chance(0.25) => random.Pick(["string", "decimal(20,2)", "decimal(18,0)"]),
                "string" when random.Chance(0.12) => "int64",
                var same => same,
            };
            on.Add((AddColumn(child, $"{parent.Name}_{key}", type, target.Zone).Name, key));
        }

        var toParent = _names.Unique(child.Name, random.Pick([parent.Name, "its_" + parent.Name, "owner"]));
        var toChildren = _names.Unique(parent.Name, random.Pick([child.Name + "s", "list_of_" + child.Name]));
        if (random.Chance(0.6))
        {
            AddRelationship(toParent, child, parent, on.Select(pair => (pair.Child, pair.Parent)), random.Chance(0.15) ? "one_to_one" : "many_to_one", toChildren);
        }
        else
        {
            AddRelationship(toChildren, parent, child, on.Select(pair => (pair.Parent, pair.Child)), random.Chance(0.15) ? "one_to_one" : "one_to_many", toParent);
        }
    }

    private void LinkToItself(EntityDraft entity)
    {
        var on = entity.Key.Select(name => entity.Columns.First(column => column.Name == name))
            .ToList()
            .Select(key => (AddColumn(entity, "parent_" + key.Name, key.Type, key.Zone).Name, key.Name))
            .ToList();
        AddRelationship(
            _names.Unique(entity.Name, "above"),
            entity,
            entity,
            on,
            "many_to_one",
            _names.Unique(entity.Name, "below"));
    }

    /// <summary>A direct relationship over columns that are no keys: both sides repeat their values.</summary>
    private void LinkManyToMany()
    {
        var (from, to) = (random.Pick(_entities), random.Pick(_entities));
        var type = random.Pick(["string", "int64", "date"]);
        var left = AddColumn(from, "shared", type, null);
        var right = AddColumn(to, "common", type == "int64" && random.Chance(0.3) ? "string" : type, null);
        AddRelationship(
            _names.Unique(from.Name, "like_" + to.Name),
            from,
            to,
            [(left.Name, right.Name)],
            "many_to_many",
            _names.Unique(to.Name, "liked_by_" + from.Name));
    }

    private void AddAttributes(EntityDraft entity)
    {
        for (var i = random.Between(4, 8); i > 0; i--)
        {
            var type = random.Weighted(
                (2, "int64"), (2, "decimal"), (1.5, "float64"), (3, "string"), (1.2, "boolean"), (1.8, "date"), (2.5, "timestamp"), (2.5, "datetime"),
                (options.Binary ? 0.5 : 0, "binary"));
            if (type == "decimal")
            {
                type = random.Pick(["decimal(12,2)", "decimal(5,2)", "decimal(18,4)", "decimal(38,10)", "decimal(38,0)", "decimal(9,3)"]);
            }

            AddColumn(entity, null, type, type == "datetime" && random.Chance(0.6) ? random.Pick(Zones.Stored) : null);
        }
    }

    private void Finish(EntityDraft entity)
    {
        var instants = entity.Columns.Where(column => column.Type is "timestamp" or "datetime" or "date").ToList();
        if (entity.Time is null && instants.Count > 0 && random.Chance(0.3))
        {
            entity.Time = random.Pick(instants).Name;
        }

        if (entity.Key.Count > 0 && random.Chance(0.2))
        {
            var candidates = random.Shuffled(entity.Columns.Where(column => column.Type != "binary" && !entity.Key.Contains(column.Name)));
            entity.Dedupe = candidates.Take(random.Between(1, 2)).Select(column => column.Name + random.Pick(["", " asc", " desc"])).ToList();
        }
    }

    private ColumnDraft AddColumn(EntityDraft entity, string? name, string type, string? zone)
    {
        var logical = name is null ? _names.Attribute(entity.Name) : _names.Unique(entity.Name, name);
        var column = new ColumnDraft(logical, type, _names.Stored(entity.Name, logical, options.OddStoredNames), zone);
        entity.Columns.Add(column);
        return column;
    }

    private void AddRelationship(
        string name, EntityDraft from, EntityDraft to, IEnumerable<(string From, string To)> on, string cardinality, string inverse)
    {
        var pairs = new JsonObject();
        foreach (var (left, right) in on)
        {
            pairs.Add(left, right);
        }

        _relationships.Add(new JsonObject
        {
            ["name"] = name, ["from"] = from.Name, ["to"] = to.Name, ["on"] = pairs, ["cardinality"] = cardinality, ["inverse"] = inverse,
        });
    }

    private sealed record ColumnDraft(string Name, string Type, string Stored, string? Zone);

    private sealed class EntityDraft(string name)
    {
        public string Name { get; } = name;

        public List<ColumnDraft> Columns { get; } = [];

        public List<string> Key { get; } = [];

        public string? Time { get; set; }

        public List<string>? Dedupe { get; set; }

        public JsonObject ToJson()
        {
            var columns = new JsonObject();
            foreach (var column in Columns)
            {
                if (column.Stored == column.Name && column.Zone is null)
                {
                    columns.Add(column.Name, column.Type);
                    continue;
                }

                var details = new JsonObject { ["type"] = column.Type };
                if (column.Stored != column.Name)
                {
                    details["column"] = column.Stored;
                }

                if (column.Zone is not null)
                {
                    details["zone"] = column.Zone;
                }

                columns.Add(column.Name, details);
            }

            var entity = new JsonObject { ["source"] = "data", ["table"] = new JsonArray(Name) };
            if (Key.Count > 0)
            {
                entity["key"] = new JsonArray([.. Key.Select(part => (JsonNode)part)]);
            }

            if (Time is not null)
            {
                entity["time"] = Time;
            }

            entity["columns"] = columns;
            if (Dedupe is not null)
            {
                entity["dedupe"] = new JsonArray([.. Dedupe.Select(order => (JsonNode)order)]);
            }

            return entity;
        }
    }
}
