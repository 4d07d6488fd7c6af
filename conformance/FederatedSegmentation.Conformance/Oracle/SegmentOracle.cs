using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Definitions;
using FederatedSegmentation.Conformance.Oracle.Evaluation;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Oracle;

/// <summary>The rows of one entity; <paramref name="Columns"/> are logical names, in the order of the values of each row.</summary>
public sealed record OracleTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<Value>> Rows);

/// <summary>All that an evaluation needs.</summary>
/// <param name="Model">The tree of the model file.</param>
/// <param name="Tables">A table for every entity, by its name.</param>
/// <param name="Segments">The trees of all segment files.</param>
/// <param name="Segment">The id of the one to evaluate.</param>
/// <param name="AsOf">The instant of the run, in microseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Files">The contents of the key files that <c>ids</c> name, by the name there.</param>
public sealed record OracleInput(
    JsonNode Model,
    IReadOnlyDictionary<string, OracleTable> Tables,
    IReadOnlyList<JsonNode> Segments,
    string Segment,
    long AsOf,
    IReadOnlyDictionary<string, string> Files)
{
    /// <summary>The values of parameters that the run was given, as text, by name.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = ImmutableDictionary<string, string>.Empty;
}

/// <summary>A member: its key, in values and in canonical text (parts joined by <c>|</c>).</summary>
public sealed record Member(ImmutableArray<Value> Key, string Text)
{
    /// <summary>The name of its tier, if the segment has tiers.</summary>
    public string? Tier { get; init; }

    /// <summary>The name of its arm, if the segment is split.</summary>
    public string? Arm { get; init; }

    /// <summary>Its bucket from 0 to 9,999, if the segment is split.</summary>
    public int? Bucket { get; init; }

    public IEnumerable<string> Parts => Key.Select(CanonicalText.Of);

    /// <summary>What a line of output holds: the parts of the key, then tier, arm and bucket if the segment has them.</summary>
    public IEnumerable<string> Fields => Parts.Concat(new[] { Tier, Arm, Bucket?.ToString(CultureInfo.InvariantCulture) }.OfType<string>());
}

/// <summary>What a segment means over the given rows.</summary>
/// <param name="Members">In key order; empty if <paramref name="DataError"/> is set.</param>
/// <param name="DataError">Why no plan can give members: the data break a promise where the answer hangs on it.</param>
/// <param name="PossibleDataErrors">Broken promises that the answer does not hang on: a plan that reads them may fail instead of giving the members.</param>
/// <param name="Unspecified">Outcomes that the language leaves open and that were met: the members may rightly differ.</param>
public sealed record OracleOutcome(
    ImmutableArray<Member> Members, string? DataError, ImmutableArray<string> PossibleDataErrors, ImmutableArray<string> Unspecified)
{
    /// <summary>Every right answer has exactly these members.</summary>
    public bool IsExact => DataError is null && PossibleDataErrors.IsEmpty && Unspecified.IsEmpty;
}

/// <summary>
/// The naive, row-at-a-time interpreter of segment definitions: what every plan is compared with. It assumes a valid definition
/// (<see cref="InvalidDefinitionException"/> otherwise) and is safe to call from several threads.
/// </summary>
public static class SegmentOracle
{
    public static OracleOutcome Evaluate(OracleInput input)
    {
        var declared = SegmentReferences.ParametersOfRun(input.Segments, input.Segment);
        if (input.Parameters.Keys.FirstOrDefault(name => !declared.Contains(name)) is { } unknown)
        {
            throw new InvalidDefinitionException($"No segment of the run declares the parameter '{unknown}'.");
        }

        var findings = new Findings();
        var model = ModelReader.Read(input.Model);
        var run = new Run(input, model, new Database(model, input.Tables, findings), findings);
        return run.Outcome(input.Segment);
    }

    private sealed class Run
    {
        private readonly OracleInput _input;
        private readonly ModelSchema _model;
        private readonly Database _database;
        private readonly Findings _findings;
        private readonly PredicateEvaluator _predicates;
        private readonly DistributionEvaluator _distribution;
        private readonly Dictionary<string, EvaluatedSegment> _evaluated = [];
        private readonly HashSet<string> _underWay = [];

        public Run(OracleInput input, ModelSchema model, Database database, Findings findings)
        {
            (_input, _model, _database, _findings) = (input, model, database, findings);
            _predicates = new PredicateEvaluator(database, findings, MembersOf);
            _distribution = new DistributionEvaluator(database, _predicates, _predicates.Aggregates, findings);
        }

        public OracleOutcome Outcome(string segment)
        {
            var (definition, truths, tiers) = Evaluated(segment);
            NotePromisesOfOthers(segment);
            var error = truths.Values.Contains(Truth.DataError) ? string.Join(" ", _findings.DataErrors) : null;
            var members = error is not null
                ? []
                : _database.Rows(definition.Of)
                    .Select(row => (Row: row, Key: PredicateEvaluator.KeyText(row)))
                    .Where(pair => pair.Key is not null && truths[pair.Key] == Truth.True)
                    .DistinctBy(pair => pair.Key)
                    .Select(pair => pair.Row.Key.ToImmutableArray())
                    .Order(Comparer<ImmutableArray<Value>>.Create((left, right) => ValueOrder.CompareKeys(left, right)))
                    .Select(key => MemberOf(definition, key, tiers.GetValueOrDefault(ValueOrder.MatchText(key))))
                    .ToImmutableArray();
            return new OracleOutcome(members, error, [.. _findings.DataErrors], [.. _findings.Unspecified]);
        }

        private static Member MemberOf(SegmentDefinition definition, ImmutableArray<Value> key, string? tier)
        {
            var member = new Member(key, CanonicalText.OfKey(key)) { Tier = tier };
            if (definition.Distribution?.Split is not { } split)
            {
                return member;
            }

            var (arm, bucket) = DistributionEvaluator.Place(split, member.Text);
            return member with { Arm = arm, Bucket = bucket };
        }

        /// <summary>No row asked for the members of these, but a plan may compute them all the same.</summary>
        private void NotePromisesOfOthers(string segment)
        {
            foreach (var tree in SegmentReferences.OfRun(_input.Segments, segment).Where(tree => !_evaluated.ContainsKey((string)tree["segment"]!)))
            {
                SegmentReader.Read(tree, _model, _input, _findings);
                CheckPromises();
            }
        }

        /// <summary>A plan may read a path on more rows than the answer hangs on, so every broken promise along it is noted.</summary>
        private void CheckPromises()
        {
            foreach (var path in _findings.TakePromises())
            {
                if (_database.Rows(path.Start).Any(row => _database.HasBrokenStep(row, path)))
                {
                    _findings.AddDataError("A to-one promise is broken on the path of a ref or an aggregate.");
                }
            }
        }

        private IReadOnlyDictionary<string, Truth> MembersOf(string segment, Entity entity)
        {
            var (definition, members, _) = Evaluated(segment);
            return ReferenceEquals(definition.Of, entity)
                ? members
                : throw new InvalidDefinitionException($"Segment '{segment}' is of '{definition.Of.Name}', not of '{entity.Name}'.");
        }

        private EvaluatedSegment Evaluated(string segment)
        {
            if (_evaluated.TryGetValue(segment, out var known))
            {
                return known;
            }

            if (!_underWay.Add(segment))
            {
                throw new InvalidDefinitionException($"Segment '{segment}' contains itself.");
            }

            var tree = _input.Segments.FirstOrDefault(node => (string?)node["segment"] == segment)
                ?? throw new InvalidDefinitionException($"There is no segment '{segment}'.");
            var definition = SegmentReader.Read(tree, _model, _input, _findings);
            CheckPromises();
            IReadOnlyDictionary<string, Truth> members = Members(definition);
            IReadOnlyDictionary<string, string> tiers = ImmutableDictionary<string, string>.Empty;
            if (definition.Distribution is { } distribution)
            {
                (members, tiers) = _distribution.Apply(definition.Of, distribution, members);
            }

            var result = new EvaluatedSegment(definition, members, tiers);
            _evaluated.Add(segment, result);
            return result;
        }

        /// <summary>The truth of every key of the entity that has no NULL part: whether some row of that key makes it a member.</summary>
        private Dictionary<string, Truth> Members(SegmentDefinition definition)
        {
            var set = definition.Where is null ? Evaluate(definition.Members, definition.Of) : null;
            return ByKey(definition.Of, row =>
            {
                var scope = new Scope(row, null);
                var inside = set is null ? _predicates.Holds(definition.Where!, scope) : set[PredicateEvaluator.KeyText(row)!];
                var excepted = definition.Except is null ? Truth.False : _predicates.Holds(definition.Except, scope);
                return inside.And(excepted.Not());
            });
        }

        private Dictionary<string, Truth> Evaluate(SetExpression expression, Entity of)
        {
            Dictionary<string, Truth> Combine(IReadOnlyList<SetExpression> parts, Func<Truth, Truth, Truth> combine) =>
                parts.Select(part => Evaluate(part, of))
                    .Aggregate((total, next) => total.ToDictionary(pair => pair.Key, pair => combine(pair.Value, next[pair.Key])));
            return expression switch
            {
                RowSet rows => ByKey(of, row => _predicates.Holds(rows.Where, new Scope(row, null))),
                UnionSet union => Combine(union.Parts, TruthTables.Or),
                IntersectSet intersect => Combine(intersect.Parts, TruthTables.And),
                MinusSet minus => Combine(minus.Parts, (left, right) => left.And(right.Not())),
                _ => throw new InvalidOperationException($"{expression.GetType().Name} is not a set expression."),
            };
        }

        /// <param name="Definition">The segment.</param>
        /// <param name="Members">The truth of every key, by its match text, after rank and tiers.</param>
        /// <param name="Tiers">The tiers of the members, by the match text of the key.</param>
        private sealed record EvaluatedSegment(
            SegmentDefinition Definition, IReadOnlyDictionary<string, Truth> Members, IReadOnlyDictionary<string, string> Tiers);

        private Dictionary<string, Truth> ByKey(Entity entity, Func<Row, Truth> holds)
        {
            var truths = new Dictionary<string, Truth>();
            foreach (var row in _database.Rows(entity))
            {
                if (PredicateEvaluator.KeyText(row) is { } key)
                {
                    truths[key] = truths.GetValueOrDefault(key, Truth.False).Or(holds(row));
                }
            }

            return truths;
        }
    }
}
