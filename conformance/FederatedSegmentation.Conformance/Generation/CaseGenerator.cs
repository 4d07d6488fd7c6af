using System.Collections.Immutable;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle;
using FederatedSegmentation.Conformance.Oracle.Evaluation;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Time;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>Makes whole cases from seeds: the same seed and options give the same case.</summary>
public static class CaseGenerator
{
    private const int SegmentAttempts = 12;
    private const int ModelAttempts = 6;

    /// <summary>
    /// A case whose outcome the language specifies, and which as a rule selects between 5 % and 95 % of the keys.
    /// </summary>
    public static GeneratedCase Generate(int seed, GeneratorOptions? options = null)
    {
        var random = new SeededRandom(seed);
        var chosen = options ?? GeneratorOptions.Default;
        GeneratedCase? fallback = null;
        for (var attempt = 0; attempt < ModelAttempts; attempt++)
        {
            var data = new GeneratedData(seed, new SeededRandom(random.NextSeed()), chosen);
            for (var segments = 0; segments < SegmentAttempts; segments++)
            {
                var candidate = data.WithSegments();
                if (IsWanted(candidate, data, random, chosen, ref fallback))
                {
                    return candidate;
                }
            }
        }

        return fallback ?? throw new InvalidOperationException($"Seed {seed} gives no case whose outcome is specified.");
    }

    /// <summary>Several cases over one model and the same rows: at least one, and <paramref name="count"/> at most.</summary>
    public static ImmutableArray<GeneratedCase> GenerateSeveral(int seed, int count, GeneratorOptions options)
    {
        var random = new SeededRandom(seed);
        GeneratedCase? fallback = null;
        for (var attempt = 0; attempt < ModelAttempts; attempt++)
        {
            var data = new GeneratedData(seed, new SeededRandom(random.NextSeed()), options);
            var found = ImmutableArray.CreateBuilder<GeneratedCase>(count);
            for (var segments = 0; segments < SegmentAttempts * count && found.Count < count; segments++)
            {
                var candidate = data.WithSegments();
                if (IsWanted(candidate, data, random, options, ref fallback))
                {
                    found.Add(candidate);
                }
            }

            if (found.Count > 0)
            {
                return found.ToImmutable();
            }
        }

        return [fallback ?? throw new InvalidOperationException($"Seed {seed} gives no case whose outcome is specified.")];
    }

    private static bool IsWanted(GeneratedCase candidate, GeneratedData data, SeededRandom random, GeneratorOptions options, ref GeneratedCase? fallback)
    {
        var outcome = candidate.Evaluate();
        if (outcome.Unspecified.IsEmpty && !outcome.PossibleDataErrors.IsEmpty && random.Chance(options.DataErrors))
        {
            return true;
        }

        if (!outcome.IsExact || (options.Level2 != Level2.None && !random.Chance(0.05) && !Constructs.HasLevel2(candidate)))
        {
            return false;
        }

        // Few of many is what a rank is for.
        var keys = data.KeyCount(candidate);
        if (outcome.Members.Length > 0 && outcome.Members.Length <= 0.95 * keys && (candidate.MainSegment["rank"] ?? candidate.MainSegment["tiers"]) is not null)
        {
            return true;
        }

        if (keys > 0 && outcome.Members.Length >= 0.05 * keys && outcome.Members.Length <= 0.95 * keys)
        {
            return true;
        }

        // Empty and whole results are cases too, but rare ones.
        fallback ??= candidate;
        return random.Chance(0.015);
    }

    /// <summary>A model with rows, over which segments are made one after the other.</summary>
    private sealed class GeneratedData
    {
        private static readonly string[] HelperNames = ["helper_a", "helper_b", "helper_c"];

        private readonly int _seed;
        private readonly SeededRandom _random;
        private readonly GeneratorOptions _options;
        private readonly long _asOf;
        private readonly JsonNode _tree;
        private readonly ModelSchema _model;
        private readonly ValueGenerator _values;
        private readonly ImmutableArray<GeneratedTable> _tables;
        private readonly Database _database;

        public GeneratedData(int seed, SeededRandom random, GeneratorOptions options)
        {
            (_seed, _random, _options) = (seed, random, options);
            _asOf = ValueGenerator.PickAsOf(random);
            _tree = new ModelGenerator(random, options).Generate();
            _model = ModelReader.Read(_tree);
            _values = new ValueGenerator(random, options, _asOf);
            _tables = new DataGenerator(_model, random, options, _values).Generate();
            _database = new Database(_model, Case([], "", []).ToOracleInput().Tables, new Findings());
        }

        public GeneratedCase WithSegments()
        {
            var segments = new List<JsonNode>();
            var helpers = new List<Helper>();
            var parameters = new ParameterRegistry();
            var files = ImmutableDictionary.CreateBuilder<string, string>();
            var keyed = _model.Entities.Values.Where(entity => entity.Key.Count > 0).ToList();
            var of = _random.Pick(keyed);
            foreach (var name in HelperNames.Take(_random.Weighted((0.35, 0), (0.3, 1), (0.2, 2), (0.15, 3))))
            {
                var helper = new Helper(name, _random.Chance(0.6) ? of : _random.Pick(keyed));
                segments.Add(Segment(helper, helpers, files, parameters, Math.Min(2, _options.MaxDepth)));
                helpers.Add(helper);
            }

            const string Main = "main";
            segments.Add(Segment(new Helper(Main, of), helpers, files, parameters, _random.Between(Math.Min(2, _options.MaxDepth), _options.MaxDepth)));
            var made = Case([.. segments], Main, files.ToImmutable());
            return (made with { Parameters = parameters.Given.ToImmutableDictionary(pair => pair.Key, pair => pair.Value.Text) }).WithoutUnknownParameters();
        }

        public int KeyCount(GeneratedCase generated) => _database
            .Rows(_model.Entity((string)generated.MainSegment["of"]!))
            .Select(PredicateEvaluator.KeyText)
            .OfType<string>()
            .Distinct()
            .Count();

        private GeneratedCase Case(ImmutableArray<JsonNode> segments, string main, IEnumerable<KeyValuePair<string, string>> files) =>
            new(_seed, _tree, _tables, segments, main, ImmutableDictionary.CreateRange(files), _asOf);

        private JsonObject Segment(
            Helper segment, List<Helper> helpers, ImmutableDictionary<string, string>.Builder files, ParameterRegistry parameters, int depth)
        {
            var zone = _random.Chance(0.25) ? "UTC" : _random.Pick(Zones.OfSegments);
            var context = new SegmentContext(_model, _database, _random, _options, _values, ZoneRules.Of(zone), [.. helpers], parameters);
            var predicates = new PredicateGenerator(context, segment.Name);
            var tree = new JsonObject { ["segment"] = segment.Name, ["of"] = segment.Of.Name };
            var time = new JsonObject();
            if (zone != "UTC" || _random.Chance(0.2))
            {
                time["zone"] = zone;
            }

            if (_random.Chance(0.4))
            {
                time["week_start"] = _random.Pick(["mon", "sun", "sun"]);
            }

            if (time.Count > 0)
            {
                tree["time"] = time;
            }

            if (_random.Chance(0.2))
            {
                tree["set"] = predicates.Set(segment.Of, depth);
            }
            else
            {
                tree["where"] = predicates.Generate([segment.Of], depth);
            }

            if (_random.Chance(0.25))
            {
                var excludable = helpers.Where(helper => helper.Of == segment.Of).Select(helper => (JsonNode)new JsonObject { ["in_segment"] = helper.Name }).ToArray();
                tree["except"] = excludable.Length > 0 && _random.Chance(0.5) ? new JsonArray(excludable) : predicates.Generate([segment.Of], Math.Min(1, depth));
            }

            new DistributionGenerator(context, predicates).AddTo(tree, segment.Of, segment.Name.StartsWith("helper", StringComparison.Ordinal) ? 0.3 : 0.55);
            if (context.Parameters.Declarations.Count > 0)
            {
                tree["params"] = context.Parameters.Declarations;
            }

            if (_random.Chance(0.1))
            {
                tree["x-note"] = "Made by a generator.";
            }

            foreach (var (name, content) in context.KeyFiles)
            {
                files.Add(name, content);
            }

            return tree;
        }
    }
}
