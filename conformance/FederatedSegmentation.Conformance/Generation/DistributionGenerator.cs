using System.Globalization;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Schema;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>Generates rank, tiers and split of a segment.</summary>
internal sealed class DistributionGenerator(SegmentContext context, PredicateGenerator predicates)
{
    private static readonly string[] Salts = ["holiday26", "s", "a:b", "été 2026", "😀", "0"];

    private readonly SeededRandom _random = context.Random;
    private readonly AggregateGenerator _aggregates = new(context);

    /// <param name="segment">The tree of the segment, to which the parts are added.</param>
    /// <param name="of">Its entity.</param>
    /// <param name="often">How often each part is added.</param>
    public void AddTo(JsonObject segment, Entity of, double often)
    {
        if (context.Options.Has(Level2.Rank) && _random.Chance(often))
        {
            segment["rank"] = new JsonArray([.. Enumerable.Range(0, _random.Weighted((0.7, 1), (0.3, 2))).Select(_ => Layer(of))]);
        }

        if (context.Options.Has(Level2.Tiers) && _random.Chance(often))
        {
            segment["tiers"] = Tiers(of);
        }

        if (context.Options.Has(Level2.Split) && _random.Chance(often))
        {
            segment["split"] = Split();
        }
    }

    private JsonObject Layer(Entity of)
    {
        var layer = new JsonObject();
        var groups = _random.Weighted((0.45, 0), (0.4, 1), (0.15, 2));
        if (groups > 0 || _random.Chance(0.1))
        {
            layer["per"] = new JsonArray([.. Enumerable.Range(0, groups).Select(_ => (JsonNode)Field(of))]);
        }

        var by = By(of, _random.Weighted((0.08, 0), (0.6, 1), (0.25, 2), (0.07, 3)));
        if (by.Count > 0)
        {
            layer["by"] = by;
        }

        layer["take"] = _random.Chance(0.55)
            ? groups > 0 ? _random.Between(1, 3) : _random.Between(1, Math.Max(1, context.Database.Rows(of).Count / 2))
            : _random.Pick(["10%", "25%", "50%", "33.3%", "66.67%", "0.5%", "100%", "7.123456%", "90%"]);
        if (by.Count > 0 && _random.Chance(0.5))
        {
            layer["ties"] = _random.Pick(["include", "include", "break"]);
        }

        return layer;
    }

    private JsonArray Tiers(Entity of)
    {
        var tiers = new JsonArray();
        var count = _random.Between(1, 3);
        for (var i = 0; i < count; i++)
        {
            var tier = new JsonObject { ["name"] = $"tier {i + 1}", ["where"] = predicates.Generate([of], _random.Below(2)) };
            Limit(tier, of, 0.6);
            tiers.Add(tier);
        }

        if (_random.Chance(0.6))
        {
            var rest = new JsonObject { ["name"] = "rest", ["rest"] = true };
            Limit(rest, of, 0.3);
            tiers.Insert(_random.Chance(0.85) ? tiers.Count : _random.Below(tiers.Count), rest);
        }

        return tiers;
    }

    private void Limit(JsonObject tier, Entity of, double often)
    {
        if (!_random.Chance(often))
        {
            return;
        }

        tier["cap"] = _random.Between(1, Math.Max(1, context.Database.Rows(of).Count / 3));
        var by = By(of, _random.Weighted((0.2, 0), (0.6, 1), (0.2, 2)));
        if (by.Count > 0)
        {
            tier["by"] = by;
        }
    }

    private JsonObject Split()
    {
        var left = 10_000;
        var holdout = _random.Chance(0.5) ? _random.Pick([0, 500, 1_000, 3_333, _random.Between(1, 5_000)]) : 0;
        left -= holdout;
        var parts = new JsonArray();
        for (var i = _random.Between(0, 3); i > 0; i--)
        {
            var buckets = _random.Chance(0.1) ? 0 : _random.Between(0, left);
            parts.Add(new JsonObject { ["name"] = $"arm {parts.Count + 1}", ["pct"] = Percent(buckets) });
            left -= buckets;
        }

        parts.Add(new JsonObject { ["name"] = "last", ["pct"] = Percent(left) });
        var split = new JsonObject { ["salt"] = _random.Pick(Salts), ["parts"] = parts };
        if (holdout > 0 || _random.Chance(0.2))
        {
            split["holdout"] = Percent(holdout);
        }

        return split;
    }

    private static JsonNode Percent(int buckets) => JsonNode.Parse((buckets / 100m).ToString("0.##", CultureInfo.InvariantCulture))!;

    private JsonArray By(Entity of, int count)
    {
        var by = new JsonArray();
        for (var i = 0; i < count; i++)
        {
            var key = context.Model.StepsFrom(of).Any() && _random.Chance(0.35) ? Aggregate(of) : new JsonObject { ["field"] = Field(of) };
            if (_random.Chance(0.7))
            {
                key["dir"] = _random.Pick(["asc", "desc"]);
            }

            by.Add(key);
        }

        return by;
    }

    private JsonObject Aggregate(Entity of)
    {
        var path = predicates.Path(of);
        var key = path.Write("has", new JsonObject());
        if (_random.Chance(0.4))
        {
            key["where"] = predicates.Generate([of, path.End], 0);
        }

        key["agg"] = _aggregates.Function(path.End);
        return key;
    }

    private string Field(Entity of)
    {
        var steps = _random.Chance(0.3) ? context.Walk(of, _random.Between(1, 2), toOne: true, keepingPromises: !_random.Chance(context.Options.DataErrors)) : [];
        return SegmentContext.Spell(steps, _random.Pick((steps.Count == 0 ? of : steps[^1].Target).Columns));
    }
}
