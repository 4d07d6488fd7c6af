using System.Collections.Immutable;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Schema;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>Generates behaviour over time: sequences, regular behaviour, and the row to pick.</summary>
internal sealed class BehaviourGenerator(SegmentContext context, PredicateGenerator predicates)
{
    private const int PathAttempts = 8;

    private readonly SeededRandom _random = context.Random;

    /// <summary>Which row of <paramref name="related"/> to pick and what it must satisfy; nothing if there is no column to pick by.</summary>
    public JsonObject? Pick(ImmutableArray<Entity> chain, Entity related, int depth)
    {
        var pick = new JsonObject { ["pick"] = _random.Pick(["first", "last"]) };
        if (related.Time is null || _random.Chance(0.5))
        {
            var steps = _random.Chance(0.25) ? context.Walk(related, 1, toOne: true, keepingPromises: !_random.Chance(context.Options.DataErrors)) : [];
            pick["by"] = SegmentContext.Spell(steps, _random.Pick((steps.Count == 0 ? related : steps[^1].Target).Columns));
        }

        pick["must"] = predicates.Generate(chain.Add(related), depth);
        return pick;
    }

    /// <summary>A sequence; nothing if no path to an entity with a time was found.</summary>
    public JsonObject? Sequence(ImmutableArray<Entity> chain, int depth)
    {
        if (TimedPath(chain[^1]) is not { } path)
        {
            return null;
        }

        var time = path.End.Time!;
        var count = _random.Weighted((0.55, 2), (0.3, 3), (0.1, 4), (0.05, 5));
        var hasAbsent = _random.Chance(0.4);
        var steps = new JsonArray();
        for (var i = 0; i < count; i++)
        {
            var step = new JsonObject();
            var isAbsent = hasAbsent && i == count - 1;
            if (_random.Chance(count > 3 ? 0.4 : 0.7))
            {
                step["where"] = predicates.Generate(chain.Add(path.End), _random.Chance(0.3) ? Math.Min(1, depth) : 0);
            }

            if (isAbsent || (i > 0 && _random.Chance(0.6)))
            {
                step["within"] = Duration(time, longer: true);
            }

            if (i > 0 && !isAbsent && _random.Chance(0.3))
            {
                step["gap_min"] = Duration(time, longer: false);
            }

            if (isAbsent)
            {
                step["absent"] = true;
                if (_random.Chance(0.6))
                {
                    step["pending"] = _random.Pick(["exclude", "include", "include"]);
                }
            }
            else if (_random.Chance(0.05))
            {
                step["absent"] = false;
            }

            steps.Add(step);
        }

        var sequence = path.Write("seq", new JsonObject());
        if (_random.Chance(0.35))
        {
            var columns = _random.Shuffled(path.End.Columns.Where(column => column != time)).Take(_random.Weighted((0.8, 1), (0.2, 2)));
            sequence["same"] = new JsonArray([.. columns.Select(column => (JsonNode)column.Name)]);
        }

        sequence["steps"] = steps;
        return sequence;
    }

    /// <summary>Regular behaviour; nothing if no path to an entity with a time was found.</summary>
    public JsonObject? Regular(ImmutableArray<Entity> chain, int depth)
    {
        if (TimedPath(chain[^1]) is not { } path)
        {
            return null;
        }

        var regular = path.Write("regular", new JsonObject());
        if (_random.Chance(0.4))
        {
            regular["where"] = predicates.Generate(chain.Add(path.End), Math.Min(1, depth));
        }

        if (_random.Chance(0.6))
        {
            regular["at_least"] = _random.Weighted((0.6, 1), (0.3, 2), (0.1, 3));
        }

        var windows = _random.Between(1, 6);
        regular["per"] = new JsonObject
        {
            ["n"] = _random.Weighted((0.6, 1), (0.4, _random.Between(2, 4))),
            ["unit"] = path.End.Time!.Type.Kind != TypeKind.Date && _random.Chance(0.15)
                ? _random.Pick(["hour", "minute"])
                : _random.Pick(["day", "week", "week", "month", "month", "quarter", "year"]),
        };
        regular["in"] = _random.Chance(0.7) ? _random.Between(1, Math.Max(1, windows / 2)) : _random.Between(1, windows);
        regular["of_last"] = windows;
        return regular;
    }

    private RelatedPath? TimedPath(Entity start)
    {
        for (var attempt = 0; attempt < PathAttempts; attempt++)
        {
            var path = predicates.Path(start);
            if (path.End.Time is not null)
            {
                return path;
            }
        }

        return null;
    }

    private JsonObject Duration(Column time, bool longer)
    {
        var unit = time.Type.Kind != TypeKind.Date && _random.Chance(longer ? 0.3 : 0.7)
            ? _random.Pick(["minute", "hour", "hour", "hour"])
            : _random.Pick(["day", "day", "day", "week", "month", "month", "quarter", "year"]);
        var count = unit switch
        {
            "minute" => _random.Pick([1, 30, 60, 1440]),
            "hour" => _random.Pick([1, 2, 23, 24, 25, 72]),
            "day" => longer ? _random.Pick([1, 2, 3, 7, 28, 30, 31, 90]) : _random.Pick([1, 2, 3]),
            _ => _random.Between(1, longer ? 4 : 1),
        };
        return new JsonObject { ["n"] = count, ["unit"] = unit };
    }
}
