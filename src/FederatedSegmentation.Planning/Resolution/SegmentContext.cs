using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Entities;
using FederatedSegmentation.Model.Resolved;
using FederatedSegmentation.Planning.Time;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>What all readers of one segment share: its surroundings, what it is over which limit, and what it needs.</summary>
/// <param name="environment">The surroundings.</param>
/// <param name="file">The segment's file.</param>
/// <param name="problems">Where defects go.</param>
/// <param name="calendar">The run's instant in the segment's local time.</param>
/// <param name="parameters">The segment's parameters.</param>
internal sealed class SegmentContext(ResolutionEnvironment environment, SegmentFile file, DefinitionProblems problems, RunCalendar calendar, SegmentParameters parameters)
{
    private const int MostNodes = 2_000;
    private const int MostLevels = 20;
    private const int MostLiterals = 10_000;
    private readonly List<(string Segment, DocumentPlace Place)> _needs = [];
    private int _nodes;
    private int _literals;
    private bool _isTooDeep;

    /// <summary>The surroundings.</summary>
    public ResolutionEnvironment Environment => environment;

    /// <summary>The model.</summary>
    public DataModel Model => environment.Model;

    /// <summary>The segment's file.</summary>
    public SegmentFile File => file;

    /// <summary>Where defects go.</summary>
    public DefinitionProblems Problems => problems;

    /// <summary>The run's instant in the segment's local time.</summary>
    public RunCalendar Calendar => calendar;

    /// <summary>The segment's parameters.</summary>
    public SegmentParameters Parameters => parameters;

    /// <summary>The segments that this one names, in the order of the text.</summary>
    public IReadOnlyList<(string Segment, DocumentPlace Place)> Needs => _needs;

    /// <summary>Notes that this segment needs another one.</summary>
    public void Need(string segment, DocumentPlace place) => _needs.Add((segment, place));

    /// <summary>Where a predicate stands.</summary>
    public PredicateOrigin Origin(DocumentNode node) => new(file.Id ?? string.Empty, node.Place.Pointer, OriginText.Of(node));

    /// <summary>Counts a predicate or set expression. False, after one report, when the definition is over a limit.</summary>
    public bool Enter(DocumentNode node, int depth)
    {
        if (++_nodes == MostNodes + 1)
        {
            problems.Add("SDL015", node.Place, $"The definition has more than {MostNodes:N0} predicates.", "Split it into segments, and name them with in_segment.");
        }

        if (depth > MostLevels && !_isTooDeep)
        {
            _isTooDeep = true;
            problems.Add("SDL015", node.Place, $"Predicates are nested more than {MostLevels} levels deep.", "Flatten them, or split the definition into segments.");
        }

        return _nodes <= MostNodes && depth <= MostLevels;
    }

    /// <summary>Counts literals. False, after one report, when the definition has too many.</summary>
    public bool CountLiterals(int count, DocumentNode node)
    {
        var before = _literals;
        _literals = (int)Math.Min((long)_literals + count, int.MaxValue);
        if (before <= MostLiterals && _literals > MostLiterals)
        {
            problems.Add("SDL015", node.Place, $"The definition has more than {MostLiterals:N0} literals.", "Put long lists of keys into a CSV file: {ids: {file: keys.csv}}.");
        }

        return _literals <= MostLiterals;
    }

    /// <summary>Reports a construct that the language has, but this version not yet.</summary>
    public void LaterLevel(DocumentPlace place, string construct, int level) => problems.Add(
        "SDL006",
        place,
        $"'{construct}' belongs to level {level} of the segment language, which this version does not read.",
        "Use the constructs of levels 1 and 2.");
}

/// <summary>A row that predicates speak of, and the rows around it.</summary>
/// <param name="Entity">Its entity; null where the definition names one that does not exist, so that the rest can still be checked.</param>
/// <param name="Outer">The row that the enclosing <c>has</c> starts from, or null for the outermost.</param>
internal sealed record RowScope(Entity? Entity, RowScope? Outer);
