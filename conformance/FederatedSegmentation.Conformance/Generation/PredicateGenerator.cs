using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle;
using FederatedSegmentation.Conformance.Oracle.Evaluation;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Time;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>A path as a definition spells it, the entity at its end, and the depth beside it.</summary>
internal sealed record RelatedPath(string Text, Entity End, int? Depth = null)
{
    /// <summary>Writes the path under a key, and its depth.</summary>
    public JsonObject Write(string key, JsonObject node)
    {
        node[key] = Text;
        if (Depth is { } depth)
        {
            node["depth"] = depth;
        }

        return node;
    }
}

/// <summary>Generates predicate trees and set expressions of bounded depth.</summary>
internal sealed class PredicateGenerator
{
    private readonly SegmentContext _context;
    private readonly string _segment;
    private readonly SeededRandom _random;
    private readonly LeafGenerator _leaves;
    private readonly AggregateGenerator _aggregates;
    private readonly BehaviourGenerator _behaviour;
    private int _files;

    public PredicateGenerator(SegmentContext context, string segment)
    {
        (_context, _segment, _random) = (context, segment, context.Random);
        _leaves = new LeafGenerator(context);
        _aggregates = new AggregateGenerator(context);
        _behaviour = new BehaviourGenerator(context, this);
    }

    /// <param name="chain">The entities around the predicate, the root first, its own last.</param>
    /// <param name="depth">How many levels may still nest.</param>
    public JsonNode Generate(ImmutableArray<Entity> chain, int depth)
    {
        var own = chain[^1];
        var hasKey = own.Key.Count > 0;
        var nested = depth > 0 ? 1.0 : 0;
        var related = depth > 0 && _context.Model.StepsFrom(own).Any() ? 1.0 : 0;
        return _random.Weighted(
            (depth > 1 ? 0.9 : 2.4, (Func<JsonNode>)(() => _leaves.Generate(chain))),
            (1.6 * nested, () => List("all", chain, depth)),
            (1.6 * nested, () => List("any", chain, depth)),
            (0.7 * nested, () => new JsonObject { ["not"] = Generate(chain, depth - 1) }),
            (2.4 * related, () => Has(chain, depth)),
            (0.9 * related, () => None(chain, depth)),
            (0.9 * related, () => Every(chain, depth)),
            (hasKey && HelpersOf(own).Any() ? 0.7 : 0, () => new JsonObject { ["in_segment"] = _random.Pick(HelpersOf(own).ToList()).Name }),
            (_context.Options.Has(Level2.Seq) ? 2.2 * related : 0, () => _behaviour.Sequence(chain, depth - 1) ?? _leaves.Generate(chain)),
            (_context.Options.Has(Level2.Regular) ? 1.8 * related : 0, () => _behaviour.Regular(chain, depth - 1) ?? _leaves.Generate(chain)),
            (0.6 * related, () => InSegmentVia(chain) ?? _leaves.Generate(chain)),
            (hasKey && !HasBinaryKey(own) ? 0.35 : 0, () => Ids(own)),
            (0.06, () => JsonValue.Create(_random.Chance(0.5))))();
    }

    /// <summary>A set expression over the entity of the segment.</summary>
    public JsonObject Set(Entity of, int depth)
    {
        JsonNode Operand()
        {
            var isSet = depth > 1 && _random.Chance(0.25);
            if (isSet)
            {
                return Set(of, depth - 1);
            }

            return _random.Weighted(
                (2.0, (Func<JsonNode>)(() => new JsonObject { ["where"] = Generate([of], depth - 1) })),
                (HelpersOf(of).Any() ? 1.5 : 0, () => new JsonObject { ["in_segment"] = _random.Pick(HelpersOf(of).ToList()).Name }),
                (HasBinaryKey(of) ? 0 : 0.6, () => Ids(of)))();
        }

        var op = _random.Pick(["union", "intersect", "minus"]);
        return new JsonObject { [op] = new JsonArray([.. Enumerable.Range(0, _random.Between(2, 3)).Select(_ => Operand())]) };
    }

    private JsonObject List(string kind, ImmutableArray<Entity> chain, int depth)
    {
        var count = _random.Chance(0.03) ? 0 : _random.Between(2, 3);
        return new JsonObject { [kind] = new JsonArray([.. Enumerable.Range(0, count).Select(_ => Generate(chain, depth - 1))]) };
    }

    private JsonObject Has(ImmutableArray<Entity> chain, int depth)
    {
        var path = Path(chain[^1]);
        var has = path.Write("has", new JsonObject());
        if (_random.Chance(0.6))
        {
            has["where"] = Generate(chain.Add(path.End), depth - 1);
        }

        if (_context.Options.Has(Level2.Pick) && _random.Chance(0.5))
        {
            has["agg"] = _behaviour.Pick(chain, path.End, depth - 1);
        }
        else if (_random.Chance(0.55))
        {
            has["agg"] = _aggregates.Generate(chain, path.End);
        }

        return has;
    }

    private JsonObject None(ImmutableArray<Entity> chain, int depth)
    {
        var path = Path(chain[^1]);
        var none = path.Write("none", new JsonObject());
        if (_random.Chance(0.85))
        {
            none["where"] = Generate(chain.Add(path.End), depth - 1);
        }

        return none;
    }

    private JsonObject Every(ImmutableArray<Entity> chain, int depth)
    {
        var path = Path(chain[^1]);
        var every = path.Write("every", new JsonObject());
        if (_random.Chance(0.6))
        {
            every["where"] = Generate(chain.Add(path.End), depth - 1);
        }

        every["must"] = Generate(chain.Add(path.End), depth - 1);
        if (_random.Chance(0.5))
        {
            every["empty"] = _random.Pick(["pass", "pass", "fail"]);
        }

        return every;
    }

    private JsonObject? InSegmentVia(ImmutableArray<Entity> chain)
    {
        for (var attempt = 0; attempt < 6 && _context.Helpers.Count > 0; attempt++)
        {
            var path = Path(chain[^1]);
            if (HelpersOf(path.End).FirstOrDefault() is { } helper)
            {
                return path.Write("via", new JsonObject { ["in_segment"] = helper.Name });
            }
        }

        return null;
    }

    /// <summary>A path over one to three relationships, and over repeated ones where they are asked for.</summary>
    public RelatedPath Path(Entity start)
    {
        var steps = _context.Walk(start, _random.Weighted((0.6, 1), (0.3, 2), (0.1, 3)), toOne: false);
        if (!_context.Options.Has(Level2.Hierarchies))
        {
            return new RelatedPath(SegmentContext.Spell(steps), steps[^1].Target);
        }

        var all = steps.Select(step => IsLoop(step) && _random.Chance(0.7) ? step.Repeated(ModelSchema.DefaultDepth) : step).ToList();
        foreach (var isFirst in new[] { true, false })
        {
            var loops = _context.Model.StepsFrom(isFirst ? start : all[^1].Target).Where(IsLoop).ToList();
            if (loops.Count > 0 && _random.Chance(0.4))
            {
                all.Insert(isFirst ? 0 : all.Count, _random.Pick(loops).Repeated(ModelSchema.DefaultDepth));
            }
        }

        // The way to the other entity may be left out: then the path stays among the rows of one hierarchy.
        if (all.Count > 1 && all[0].Depth is not null && _random.Chance(0.4))
        {
            all = [all[0]];
        }

        int? depth = all.Any(step => step.Depth is not null) && _random.Chance(0.5) ? _random.Weighted((0.8, _random.Between(1, 4)), (0.2, _random.Between(5, 20))) : null;
        return new RelatedPath(SegmentContext.Spell(all), all[^1].Target, depth);
    }

    private static bool IsLoop(Step step) => step.Source == step.Target && step.Source.Key.Count > 0;

    private IEnumerable<Helper> HelpersOf(Entity entity) => _context.Helpers.Where(helper => helper.Of == entity);

    private JsonObject Ids(Entity entity)
    {
        var keys = _context.Database.Rows(entity)
            .Where(row => PredicateEvaluator.KeyText(row) is not null && _random.Chance(0.4))
            .Select(row => row.Key.ToList())
            .Append(entity.Key.Select(column => _context.Sample(column, entity)).ToList())
            .ToList();
        if (_random.Chance(0.4) || keys.Any(key => key.Any(IsBeforeExactYears)))
        {
            var name = $"{_segment}_keys{++_files}.csv";
            var text = new StringBuilder();
            var columns = _random.Shuffled(Enumerable.Range(0, entity.Key.Count));
            CsvText.AppendRecord(text, columns.Select(i => entity.Key[i].Name));
            foreach (var key in keys)
            {
                CsvText.AppendRecord(text, columns.Select(i => CanonicalText.Of(key[i])));
            }

            _context.KeyFiles.Add(name, text.ToString());
            return new JsonObject { ["ids"] = new JsonObject { ["file"] = name } };
        }

        JsonNode Part(List<Value> key, int i) => _context.Literals.Write(key[i], entity.Key[i]);
        var items = keys.Take(25).Select(key => entity.Key.Count == 1 ? Part(key, 0) : new JsonArray([.. key.Select((_, i) => Part(key, i))]));
        return new JsonObject { ["ids"] = new JsonArray([.. items]) };
    }

    /// <summary>Whether the oracle is not exact when such a literal is converted between zones; stored text is not converted.</summary>
    private static bool IsBeforeExactYears(Value value) => value switch
    {
        Value.Timestamp timestamp => CivilCalendar.Date(CivilCalendar.DayOf(timestamp.Micros)).Year < ZoneRules.FirstExactYear,
        Value.WallClock wallClock => CivilCalendar.Date(CivilCalendar.DayOf(wallClock.Micros)).Year < ZoneRules.FirstExactYear,
        _ => false,
    };

    /// <summary>The language does not say how a binary literal is spelled.</summary>
    private static bool HasBinaryKey(Entity entity) => entity.Key.Any(column => column.Type.Kind == TypeKind.Binary);
}
