using System.Collections.Immutable;
using System.Text.Json.Nodes;
using FederatedSegmentation.Conformance.Oracle.Evaluation;
using FederatedSegmentation.Conformance.Oracle.Schema;
using FederatedSegmentation.Conformance.Oracle.Time;
using FederatedSegmentation.Conformance.Oracle.Values;

namespace FederatedSegmentation.Conformance.Generation;

/// <summary>A segment that others may name.</summary>
internal sealed record Helper(string Name, Entity Of);

/// <summary>What the parts of a segment under construction share: the data to take operands from, the zone, the helpers, the key files.</summary>
internal sealed class SegmentContext(
    ModelSchema model,
    Database database,
    SeededRandom random,
    GeneratorOptions options,
    ValueGenerator values,
    ZoneRules zone,
    IReadOnlyList<Helper> helpers,
    ParameterRegistry parameters)
{
    private const double ParameterShare = 0.3;

    private readonly Dictionary<Step, bool> _keepsPromise = [];

    public ModelSchema Model { get; } = model;

    public Database Database { get; } = database;

    public SeededRandom Random { get; } = random;

    public GeneratorOptions Options { get; } = options;

    public LiteralWriter Literals { get; } = new(random, zone);

    public IReadOnlyList<Helper> Helpers { get; } = helpers;

    /// <summary>The parameters of this segment.</summary>
    public ParameterGenerator Parameters { get; } = new(random, new LiteralWriter(random, zone), zone, parameters);

    /// <summary>Key files of this segment, by name.</summary>
    public Dictionary<string, string> KeyFiles { get; } = [];

    /// <summary>A value that the column holds, or sometimes one that it may not hold. Never one without a literal.</summary>
    public Value Sample(Column column, Entity entity)
    {
        var rows = Database.Rows(entity);
        for (var attempt = 0; rows.Count > 0 && attempt < 8 && !Random.Chance(0.06); attempt++)
        {
            var value = Random.Pick(rows)[column];
            if (HasLiteral(value))
            {
                return value;
            }
        }

        Value fresh;
        do
        {
            fresh = values.Fresh(column);
        }
        while (!HasLiteral(fresh));
        return fresh;
    }

    /// <summary>Infinities and NaN have no literal, and times at the ends of the calendar have none in every zone.</summary>
    private static bool HasLiteral(Value value)
    {
        var day = value switch
        {
            Value.Date date => date.Days,
            Value.Timestamp timestamp => CivilCalendar.DayOf(timestamp.Micros),
            Value.WallClock wallClock => CivilCalendar.DayOf(wallClock.Micros),
            _ => 0,
        };
        return !value.IsNullOrNaN
            && !(value is Value.Float number && double.IsInfinity(number.Number))
            && day > CivilCalendar.Days(ZoneRules.FirstExactYear, 1, 1)
            && day < CivilCalendar.Days(2100, 1, 1);
    }

    /// <summary>A parameter to compare the column with, sometimes and only if they are asked for.</summary>
    public JsonObject? Parameter(Column column, Entity entity) =>
        Options.Has(Level2.Parameters) && Random.Chance(ParameterShare) ? Parameters.Declare(column, Sample(column, entity)) : null;

    /// <summary>A parameter for a whole number, such as a count or a part of a date.</summary>
    public JsonObject? Parameter(long number) =>
        Options.Has(Level2.Parameters) && Random.Chance(ParameterShare)
            ? Parameters.Declare(new Column("", new DataType(TypeKind.Int64), "", null, 0), Value.Of(number))
            : null;

    public JsonNode Literal(Column column, Entity entity) => Literals.Write(Sample(column, entity), column);

    /// <summary>A walk over relationships, to-one steps only if asked; empty if there is none.</summary>
    public IReadOnlyList<Step> Walk(Entity start, int length, bool toOne, bool keepingPromises = false)
    {
        var steps = new List<Step>();
        var current = start;
        while (steps.Count < length)
        {
            var choices = Model.StepsFrom(current)
                .Where(step => (!toOne || step.IsToOne) && (!keepingPromises || KeepsPromise(step)))
                .ToList();
            if (choices.Count == 0)
            {
                break;
            }

            steps.Add(Random.Pick(choices));
            current = steps[^1].Target;
        }

        return steps;
    }

    public static string Spell(IEnumerable<Step> steps) => string.Join('.', steps.Select(step => step.Name));

    public static string Spell(IEnumerable<Step> steps, Column column) => string.Join('.', steps.Select(step => step.Name).Append(column.Name));

    /// <summary>A column that a path of this entity or around it leads to and that compares with the given one, spelled as a ref.</summary>
    /// <param name="chain">The entities around the predicate, the root first.</param>
    /// <param name="fits">Which columns compare.</param>
    public JsonObject? Reference(ImmutableArray<Entity> chain, Func<Column, bool> fits)
    {
        var level = Random.Below(Math.Min(3, chain.Length));
        var isRoot = chain.Length > 1 && Random.Chance(0.2);
        var start = isRoot ? chain[0] : chain[^(level + 1)];
        var steps = Random.Chance(0.3) ? Walk(start, Random.Between(1, 2), toOne: true, keepingPromises: !Random.Chance(Options.DataErrors)) : [];
        var end = steps.Count == 0 ? start : steps[^1].Target;
        var columns = end.Columns.Where(fits).ToList();
        if (columns.Count == 0)
        {
            return null;
        }

        var prefix = isRoot ? "root." : level == 0 ? "" : new string('^', level) + ".";
        return new JsonObject { ["ref"] = prefix + Spell(steps, Random.Pick(columns)) };
    }

    /// <summary>Both sides have the same type (datetimes the same zone), or both are numeric.</summary>
    public static bool Compares(Column left, Column right) =>
        (left.Type.IsNumeric && right.Type.IsNumeric) || (left.Type.Kind == right.Type.Kind && left.Zone == right.Zone);

    /// <summary>Whether the data keep the to-one promise of a step on every row.</summary>
    private bool KeepsPromise(Step step)
    {
        if (!_keepsPromise.TryGetValue(step, out var keeps))
        {
            var path = new EntityPath(step.Source, [step]);
            keeps = !Database.Rows(step.Source).Any(row => Database.HasBrokenStep(row, path));
            _keepsPromise.Add(step, keeps);
        }

        return keeps;
    }
}
