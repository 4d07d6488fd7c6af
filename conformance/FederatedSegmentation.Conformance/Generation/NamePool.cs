namespace FederatedSegmentation.Conformance.Generation;

/// <summary>Names for generated models: logical ones within what paths allow, stored ones as odd as sources allow.</summary>
internal sealed class NamePool(SeededRandom random)
{
    public static readonly string[] Entities =
        ["customer", "order", "item", "product", "account", "household", "event", "visit", "group", "user", "ticket", "store", "table", "score", "device", "campaign"];

    private static readonly string[] Attributes =
        ["region", "country", "status", "name", "email", "points", "amount", "balance", "quantity", "price", "active", "open", "born", "created_at",
         "updated_at", "placed_at", "seen_at", "select", "from", "where", "end", "desc", "limit", "value", "level", "rank", "interval", "timestamp", "all", "case",
         "row", "offset", "primary", "note", "tag", "grade", "weight", "rate", "flag", "day", "month", "current_date", "default", "key_hash"];

    private static readonly string[] OddStored =
        ["order", "select", "Group By", "q\"uote", "dot.ted", "two  spaces", "ümlaut", "日本", "semi;colon", "per%cent", "back\\slash", "it's", "a,b", "col[0]",
         "{brace}", "-- dash", "/*c*/", "$1", "@p0", ":name", "?", "UPPER", "MiXed", "1st", "tab_\u00e9\u0301", "emoji😀", "null", "true", "`tick`", "#hash"];

    private readonly Dictionary<string, HashSet<string>> _taken = [];

    /// <summary>A column name that the entity does not have yet.</summary>
    public string Attribute(string entity) => Unique(entity, random.Pick(Attributes));

    /// <summary>The name itself, or with a number if the entity has it already (case does not tell names apart everywhere).</summary>
    public string Unique(string entity, string name)
    {
        if (!_taken.TryGetValue(entity, out var taken))
        {
            _taken.Add(entity, taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        }

        var candidate = name;
        for (var number = 2; !taken.Add(candidate); number++)
        {
            candidate = $"{name}{number}";
        }

        return candidate;
    }

    /// <summary>The name in the source: often another one than the logical name.</summary>
    public string Stored(string entity, string logical, bool odd)
    {
        var space = "stored " + entity;
        return random.Weighted((0.45, 0), (0.25, 1), (odd ? 0.3 : 0, 2)) switch
        {
            0 => Unique(space, logical),
            1 => Unique(space, logical.ToUpperInvariant() + "_COL"),
            _ => Unique(space, random.Pick(OddStored)),
        };
    }
}
